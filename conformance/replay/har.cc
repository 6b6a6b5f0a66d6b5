#include "conformance/replay/har.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "reference/answer/observed.h"
#include "reference/session/gateway.h"
#include "reports/journal/har_entries.h"
#include "spec/text/count.h"

namespace assay {
namespace {

// A body as it came over the wire, which no tool should keep: HAR has it decoded.
bool IsGzip(std::string_view body) { return body.starts_with("\x1F\x8B"); }

// Keeps what can be judged of one file, and counts the rest.
class JudgeableEntries {
 public:
  explicit JudgeableEntries(HarEntries file) : file_(std::move(file)) {}

  Recording Take(const std::string& path) {
    out_.path = path;
    out_.foreign = true;
    out_.accepts_json = file_.accepts_json;
    for (HarEntry& entry : file_.entries) Keep(entry);
    KeepOneTarget();
    WriteNotes();
    return std::move(out_);
  }

 private:
  void Keep(HarEntry& entry) {
    ExchangeRecord& exchange = entry.recorded.exchange;
    if (exchange.status == 0) {
      ++unanswered_;
    } else if (!IsWhole(entry.recorded)) {
      ++bodiless_;
    } else if (IsGzip(exchange.body)) {
      ++packed_;
    } else if (exchange.request.method == "OPTIONS") {
      ++preflights_;
    } else if (SaysNothing(exchange)) {
      ++gateway_;
    } else {
      exchange.next_token = NextTokenOf({.status = exchange.status, .body = exchange.body});
      out_.exchanges.push_back(std::move(entry.recorded));
      targets_.push_back(std::move(entry.target));
    }
  }

  bool SaysNothing(const ExchangeRecord& exchange) {
    const ObservedAnswer& answer = reader_.Read(
        {.status = exchange.status, .content_type = exchange.content_type, .body = exchange.body});
    return !WhySaysNothing(exchange.status, answer.IsError() ? answer.code.text : "").empty();
  }

  // One reading is to explain all answers, so they have to be those of one target.
  void KeepOneTarget() {
    std::map<std::string, std::size_t> counts;
    for (const std::string& target : targets_) ++counts[target];
    if (counts.size() < 2) return;
    const auto most =
        std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
    std::vector<RecordedExchange> kept;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (targets_[i] == most->first) kept.push_back(std::move(out_.exchanges[i]));
    }
    elsewhere_ = out_.exchanges.size() - kept.size();
    out_.exchanges = std::move(kept);
    out_.notes.push_back(fmt::format(
        "the file holds answers of {} hosts; those of {} are judged, since they are the "
        "most: for another one export its entries alone",
        counts.size(), most->first));
  }

  void WriteNotes() {
    std::string left_out;
    const auto add = [&](std::size_t count, const char* what) {
      if (count == 0) return;
      left_out += fmt::format("{}{} {}", left_out.empty() ? "" : ", ", count, what);
    };
    add(file_.others, "that ask for something else");
    add(unanswered_, "without an answer");
    add(bodiless_, "whose answer was not kept");
    add(packed_, "whose answer is still compressed");
    add(preflights_, "by which a browser asks for permission");
    add(gateway_, "that a gateway or a cache answered");
    add(elsewhere_, "of other hosts");
    out_.notes.push_back(
        fmt::format("{} of {} answers to DescribeSnapshots{}", out_.exchanges.size(),
                    CountText(file_.entries.size() + file_.others, "entry is", "entries are"),
                    left_out.empty() ? "" : "; left out: " + left_out));
  }

  HarEntries file_;
  Recording out_;
  std::vector<std::string> targets_;  // of each exchange
  std::size_t unanswered_ = 0, bodiless_ = 0, packed_ = 0, elsewhere_ = 0;
  std::size_t preflights_ = 0, gateway_ = 0;
  AnswerReader reader_;
};

}  // namespace

Result<Recording> ParseHar(std::string_view text, const std::string& name) {
  Result<HarEntries> entries = ParseHarEntries(text, name);
  if (!entries) return entries.error();
  return JudgeableEntries(std::move(*entries)).Take(name);
}

Result<Recording> LoadHar(const std::string& path) {
  Result<HarEntries> entries = LoadHarEntries(path);
  if (!entries) return entries.error();
  return JudgeableEntries(std::move(*entries)).Take(path);
}

}  // namespace assay
