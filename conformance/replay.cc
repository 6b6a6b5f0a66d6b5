#include "conformance/replay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "reference/finding_groups.h"
#include "reports/journal.h"
#include "reports/text.h"

namespace assay {
namespace {

// One exchange of the record, answered.
struct Replayed {
  std::uint64_t id = 0;
  Request request;
  Response response;
};

// Puts the tokens of today in place of the recorded ones, so that walks can be sent again.
class TokenTranslation {
 public:
  void Apply(Request& request) const {
    for (Parameter& parameter : request.parameters) {
      const auto known = today_.find(parameter.value);
      if (parameter.name == "NextToken" && known != today_.end()) parameter.value = known->second;
    }
  }
  void Learn(const std::string& recorded_body, const Response& response) {
    const std::string recorded = NextTokenOf({.status = 200, .body = recorded_body});
    const std::string token = NextTokenOf(response);
    if (!recorded.empty() && !token.empty()) today_[recorded] = token;
  }

 private:
  std::map<std::string, std::string> today_;
};

Result<std::vector<Replayed>> AnswerAgain(std::vector<RecordedExchange>& recorded, Target* target) {
  std::vector<Replayed> out;
  TokenTranslation tokens;
  for (RecordedExchange& exchange : recorded) {
    ExchangeRecord& record = exchange.exchange;
    Replayed replayed{.id = record.id, .request = RequestOf(record)};
    if (target) {
      tokens.Apply(replayed.request);
      const Result<Response> response = Send(*target, replayed.request);
      if (!response) return response.error();
      tokens.Learn(record.body, *response);
      replayed.response = *response;
    } else {
      // Without its whole body an answer cannot be judged.
      if (record.status == 0 || exchange.body_cut) continue;
      if (record.body.empty() && exchange.body_bytes > 0) continue;
      replayed.response = {.status = record.status,
                           .content_type = record.content_type,
                           .body = std::move(record.body),
                           .request_id = std::move(record.request_id)};
    }
    out.push_back(std::move(replayed));
  }
  return out;
}

using Failures = std::map<std::string, Difference>;  // by finding id

Failures JudgeAll(const Dataset& dataset, const std::vector<Replayed>& exchanges,
                  const JudgeOptions& options) {
  Judge judge(dataset, {}, options);
  Failures failures;
  for (const Replayed& exchange : exchanges) {
    const Verdict verdict = judge.Examine(exchange.id, exchange.request, exchange.response);
    for (const Difference& d : verdict.violations) failures.emplace(FindingId(d), d);
    for (const Difference& d : verdict.warnings) failures.emplace(FindingId(d), d);
  }
  return failures;
}

bool IsMust(const Difference& difference) {
  return Catalogue::Get()[difference.rule].level == Level::kMust;
}

// A line for each finding of the record, then for each that it does not have.
ExitCode Tell(const std::vector<Finding>& findings, Failures failures, std::ostream& output) {
  bool violated = false;
  for (const Finding& finding : findings) {
    const auto same = failures.find(finding.id);
    if (same != failures.end()) {
      output << fmt::format("SAME     {}: {}\n", finding.id, TerminalText(same->second.actual));
      violated |= IsMust(same->second);
      failures.erase(same);
      continue;
    }
    const auto other = std::ranges::find_if(
        failures, [&](const auto& entry) { return Id(entry.second.rule) == finding.rule; });
    if (other == failures.end()) {
      output << fmt::format("FIXED    {}\n", finding.id);
      continue;
    }
    output << fmt::format("CHANGED  {}: now {}\n", finding.id, TerminalText(other->second.actual));
    violated |= IsMust(other->second);
    failures.erase(other);
  }
  for (const auto& [id, difference] : failures) {
    output << fmt::format("NEW      {}: expected {}, actual {}\n", id,
                          TerminalText(difference.expected), TerminalText(difference.actual));
    violated |= IsMust(difference);
  }
  return violated ? ExitCode::kViolations : ExitCode::kConforms;
}

Result<Dataset> OpenDataset(const std::string& given, const RecordedRun& run) {
  const std::string& name = given.empty() ? run.header.dataset : given;
  if (name.empty() || name == "built in") return BuiltInDataset();
  return LoadDataset(name);
}

bool WasSignedInHeaders(const RecordedRun& run) {
  const auto& options = run.header.options;
  return std::ranges::find(options, std::pair<std::string, std::string>("--signature", "v3")) !=
         options.end();
}

}  // namespace

Request RequestOf(const ExchangeRecord& record) {
  Request request{.method = record.method};
  request.placement = PlacementNamed(record.placement);
  request.encoding = FormEncodingNamed(record.encoding);
  request.forgery = ForgeryNamed(record.forgery);
  for (const auto& [name, value] : record.parameters) request.parameters.push_back({name, value});
  return request;
}

Result<ExitCode> Replay(const ReplayOptions& options, std::ostream& output) {
  const Result<RecordedRun> run = LoadRun(options.journal);
  if (!run) return run.error();
  std::vector<RecordedExchange> recorded;
  const auto keep = [&](RecordedExchange& exchange) { recorded.push_back(std::move(exchange)); };
  if (const auto read = ReadJournal(run->path, keep); !read) return read.error();
  const Result<Dataset> dataset = OpenDataset(options.dataset, *run);
  if (!dataset) return dataset.error();
  std::unique_ptr<HttpTarget> target;
  if (!options.target.empty()) {
    auto opened = OpenEndpoint(options.target, options.connection);
    if (!opened) return opened.error();
    target = std::move(*opened);
  }
  const auto replayed = AnswerAgain(recorded, target.get());
  if (!replayed) return replayed.error();
  if (replayed->empty()) {
    return Error{run->path,
                 "holds no exchange that can be judged again; give --target to send the "
                 "requests again",
                 ExitCode::kCouldNotJudge};
  }
  output << fmt::format("{} of {} exchanges {}\n", replayed->size(), recorded.size(),
                        target ? "sent and judged again" : "judged again, as recorded");
  const JudgeOptions judged{.accepts_json = target ? options.connection.accepts_json()
                                                   : WasSignedInHeaders(*run)};
  return Tell(run->findings, JudgeAll(*dataset, *replayed, judged), output);
}

void AddReplayCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* replay =
      app.add_subcommand("replay", "Judge recorded exchanges again, or send their requests again");
  replay->add_option("FILE", options->journal, "a run's folder, its journal, or a repro/*.ndjson")
      ->required();
  replay->add_option("--target", options->target, "URL to send the requests to again");
  AddConnectionOptions(*replay, options->connection);
  replay->add_option("--dataset", options->dataset,
                     "the state; without it, what the journal names");
  replay->callback([=]() {
    const Result<ExitCode> code = Replay(*options, std::cout);
    if (!code) std::cerr << "assay replay: " << TerminalText(code.error().Text()) << '\n';
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
  });
}

}  // namespace assay
