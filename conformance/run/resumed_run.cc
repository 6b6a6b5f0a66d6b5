#include "conformance/run/resumed_run.h"

#include <charconv>
#include <filesystem>
#include <functional>
#include <map>
#include <utility>

#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

constexpr int kTries = 3;  // of a request that is answered 5xx, each answered alike

bool IsWhole(const RecordedExchange& recorded) {
  const ExchangeRecord& exchange = recorded.exchange;
  return exchange.status != 0 && !recorded.body_cut &&
         (!exchange.body.empty() || recorded.body_bytes == 0);
}

// Gives a target only what no recorded answer fits.
class Unanswered : public RequestSource {
 public:
  Unanswered(RequestSource& source, RecordedAnswers& recorded)
      : source_(source), recorded_(recorded) {}

  const Request* Next() override {
    while (const Request* request = source_.Next()) {
      Response response;
      if (!recorded_.Take(*request, &response)) return request;
      Result<Response> answer = std::move(response);
      source_.Answered(request, answer);
    }
    return nullptr;
  }
  std::chrono::steady_clock::time_point NotBefore() const override { return source_.NotBefore(); }
  void Answered(const Request* request, Result<Response>& response) override {
    source_.Answered(request, response);
  }

 private:
  RequestSource& source_;
  RecordedAnswers& recorded_;
};

}  // namespace

Result<RecordedAnswers> RecordedAnswers::Read(const std::string& journal) {
  RecordedAnswers out;
  const auto take = [&](RecordedExchange& recorded) { out.Add(recorded); };
  if (const auto read = ReadJournal(journal, take); !read) return read.error();
  return out;
}

void RecordedAnswers::Add(const RecordedExchange& recorded) {
  if (!IsWhole(recorded)) return;
  const ExchangeRecord& exchange = recorded.exchange;
  SplitBody split = Split(exchange.body);
  const std::string digest = ShortDigest(split.common);
  bodies_.Put(digest, split.common);
  auto& queue = answers_[RequestDigest(exchange.request)];
  for (int i = 0; i < (exchange.status >= 500 ? kTries : 1); ++i) {
    queue.push_back({exchange.status, exchange.content_type, exchange.request_id,
                     exchange.latency_us, digest, split.own});
  }
  ++size_;
}

bool RecordedAnswers::Take(const Request& request, Response* response) {
  const auto at = answers_.find(RequestDigest(request));
  if (at == answers_.end() || at->second.empty()) return false;
  Answer answer = std::move(at->second.front());
  at->second.pop_front();
  SplitBody split{.common = "", .own = std::move(answer.own)};
  if (!bodies_.Get(answer.digest, &split.common) || !Join(split, &response->body)) return false;
  response->status = answer.status;
  response->content_type = std::move(answer.content_type);
  response->request_id = std::move(answer.request_id);
  response->latency_us = answer.latency_us;
  return true;
}

void ResumedTarget::Run(RequestSource& source) {
  Unanswered rest(source, recorded_);
  live_.Run(rest);
}

namespace {

template <typename Number>
void ParseInto(const std::string& text, Number* number) {
  std::from_chars(text.data(), text.data() + text.size(), *number);
}

// Where the value of each recorded flag belongs.
std::map<std::string, std::function<void(const std::string&)>> TakersOf(RunOptions& options) {
  const auto text = [](std::string& into) {
    return [&into](const std::string& value) { into = value; };
  };
  return {{"--target", text(options.target)},
          {"--dataset", text(options.dataset)},
          {"--region", text(options.region)},
          {"--format", text(options.format)},
          {"--reading", text(options.reading)},
          {"--signature", text(options.connection.signature)},
          {"--shard", text(options.shard)},
          {"--proxy", text(options.connection.proxy)},
          {"--ca-file", text(options.connection.ca_file)},
          {"--client-cert", text(options.connection.client_cert)},
          {"--client-key", text(options.connection.client_key)},
          {"--known", text(options.known)},
          {"--label", text(options.label)},
          {"--keep", text(options.keep)},
          {"--fail-on", text(options.fail_on)},
          {"--max-violations",
           [&](const std::string& value) { ParseInto(value, &options.max_violations); }},
          {"--only", [&](const std::string& value) { options.only = {value}; }},
          {"--skip", [&](const std::string& value) { options.skip = {value}; }},
          {"--strict", [&](const std::string&) { options.strict = true; }},
          {"--discover", [&](const std::string&) { options.discover = true; }},
          {"--strength", [&](const std::string& value) { ParseInto(value, &options.strength); }},
          {"--max-requests",
           [&](const std::string& value) { ParseInto(value, &options.max_requests); }}};
}

}  // namespace

Result<RunOptions> ResumedOptions(RunOptions options) {
  const std::string journal = (std::filesystem::path(options.resume) / kJournalName).string();
  const Result<RecordedRun> run = ReadJournal(journal);
  if (!run) return Error{"--resume", run.error().Text(), run.error().exit};
  if (run->header.assay != ASSAY_VERSION || run->header.spec_hash != SpecHash()) {
    return Error{"--resume", "the run in " + options.resume +
                                 " was made by another version, under other rules; start it anew"};
  }
  const std::string target = options.target, proxy = options.connection.proxy;
  const auto takers = TakersOf(options);
  for (const auto& [flag, value] : run->header.options) {
    if (const auto taker = takers.find(flag); taker != takers.end()) taker->second(value);
  }
  if (!target.empty()) options.target = target;
  if (!proxy.empty()) options.connection.proxy = proxy;
  if (options.connection.proxy.find("***") != std::string::npos) {
    return Error{"--proxy", "the journal does not hold the password; give the URL again"};
  }
  if (options.target.find("***") != std::string::npos) {
    return Error{"--target", "the journal does not hold the password; give the URL again"};
  }
  options.seed = run->header.seed;
  options.out = options.resume;
  return options;
}

}  // namespace assay
