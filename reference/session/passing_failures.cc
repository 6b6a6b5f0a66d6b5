#include "reference/session/passing_failures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "reference/answer/observed.h"
#include "reference/findings/groups.h"
#include "reference/session/driver.h"
#include "reference/target/patience.h"
#include "reference/wire/transport_failure.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::size_t kMostTexts = 20, kMostEvidence = 8;
// So many are no accident, however few requests there are.
constexpr std::uint64_t kFewestForViolation = 3;

Rule RuleOf(PassingFailure kind) {
  switch (kind) {
    case PassingFailure::kServerError:
      return "error.internal_error.unprovoked"_rule;
    case PassingFailure::kCut:
      return "encoding.http.complete"_rule;
    case PassingFailure::kTimeout:
      return "encoding.http.in_time"_rule;
  }
  return "encoding.http.complete"_rule;
}

const char* ExpectedOf(PassingFailure kind) {
  return kind == PassingFailure::kServerError ? "no 5xx, however rarely"
         : kind == PassingFailure::kCut       ? "a complete HTTP answer each time"
                                              : "an answer in time each time";
}

// 8,060
std::string NameOfAnswer(const Response& response) {
  AnswerReader reader;  // outlives the text
  const std::string_view code = reader.Read(response).code.text;
  return code.empty() ? std::to_string(response.status)
                      : fmt::format("{} {}", response.status, Excerpt(code, 60));
}

}  // namespace

Result<std::pair<PassingFailure, double>> ParseTolerance(std::string_view text) {
  const std::size_t equals = text.find('=');
  std::string value(equals == std::string_view::npos ? "" : text.substr(equals + 1));
  const bool percent = value.ends_with('%');
  if (percent) value.pop_back();
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  const double share = percent ? number / 100 : number;
  const auto kind = Named<PassingFailure>(text.substr(0, equals));
  if (kind && !value.empty() && *end == '\0' && share >= 0 && share <= 1) {
    return std::pair(*kind, share);
  }
  return Error{"--tolerate", fmt::format("`{}` is not a share of failures; write 5xx=1%, cut=0.1% "
                                         "or timeout=1%",
                                         text)};
}

std::optional<PassingFailures::Failure> PassingFailures::Of(const Result<Response>& response) {
  if (response) {
    if (response->status < 500 || IsThrottled(*response)) return std::nullopt;
    return Failure{PassingFailure::kServerError, NameOfAnswer(*response)};
  }
  const auto failure = FailureOf(response.error());
  if (!failure) return std::nullopt;
  if (IsBrokenAnswer(response.error())) {
    return Failure{PassingFailure::kCut, std::string(Beginning(*failure))};
  }
  if (failure != TransportFailure::kTimeout) return std::nullopt;
  return Failure{PassingFailure::kTimeout, "not there in time"};
}

void PassingFailures::Add(const Failure& failure, std::uint64_t exchange, const Request& request) {
  Tally& tally = tallies_[failure.kind];
  ++failed_;
  if (++tally.count == 1) tally.request = request;
  if (tally.texts.contains(failure.what) || tally.texts.size() < kMostTexts) {
    ++tally.texts[failure.what];
  }
  if (tally.evidence.size() < kMostEvidence) tally.evidence.push_back(exchange);
}

Finding PassingFailures::Write(PassingFailure kind, const Tally& tally, std::uint64_t exchanges,
                               const Tolerance& tolerance) const {
  const std::uint64_t answers = exchanges + failed_;
  const auto given = tolerance.find(kind);
  const double share = given == tolerance.end() ? kToleratedShare : given->second;
  Difference difference{RuleOf(kind), ExpectedOf(kind), "", "passing"};
  const bool is_rare = tally.count < kFewestForViolation ||
                       static_cast<double>(tally.count) <= share * static_cast<double>(answers);
  const auto& [text, times] =
      *std::ranges::max_element(tally.texts, {}, [](const auto& entry) { return entry.second; });
  Finding finding = SightingOf(difference, tally.request, tally.evidence);
  finding.id = SymptomId(difference);  // whichever request showed it first
  if (is_rare) finding.kind = FindingKind::kWarning;
  finding.stability = Stability::kIntermittent;
  finding.repeated = {static_cast<int>(tally.count), static_cast<int>(answers)};
  finding.occurrences = tally.count;
  finding.actual =
      fmt::format("{} of {} {} {}{}, {} when asked again", Thousands(tally.count),
                  CountText(answers, "answer"), tally.count == 1 ? "was" : "were", text,
                  times < tally.count ? " or alike" : "", tally.count == 1 ? "right" : "all right");
  return finding;
}

std::vector<Finding> PassingFailures::Findings(std::uint64_t exchanges,
                                               const Tolerance& tolerance) const {
  std::vector<Finding> out;
  for (const auto& [kind, tally] : tallies_) {
    out.push_back(Write(kind, tally, exchanges, tolerance));
  }
  return out;
}

}  // namespace assay
