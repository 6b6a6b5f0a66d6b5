#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/record/level.h"
#include "spec/record/request.h"
#include "spec/text/enum_names.h"
#include "spec/text/result.h"

namespace assay {

// What was said of one exchange.
// `unforeseen`: within the bounds, though no option of a question describes it.
enum class ExchangeVerdict {
  kConforms,
  kViolation,
  kWarning,
  kNotJudged,
  kUnanswered,
  kUnforeseen
};
template <>
inline constexpr std::array<std::string_view, 6> kNamesOf<ExchangeVerdict> = {
    "conforms", "violation", "warning", "not judged", "unanswered", "unforeseen"};

// One judged exchange as the journal keeps it. Its request holds no secret and no
// signature.
struct ExchangeRecord {
  std::uint64_t id = 0;  // 1, 2, … in the order of judging
  std::string suite;     // "rules", "combinations", "walks", "properties", "fuzz"
  std::string test;      // the rule id, block or property that sent it
  Request request;
  int status = 0;  // 0 if there was no answer
  std::string content_type;
  std::string request_id;  // the header x-acs-request-id, "" if absent
  std::string next_token;  // that the answer gave, "" for none
  std::string body;        // as received; the journal writes bytes that are not UTF-8 in base64
  std::int64_t latency_us = 0;
  std::uint64_t answer = 0;  // equal if status, code, ids and counts are; not in the journal
  ExchangeVerdict verdict = ExchangeVerdict::kNotJudged;
  std::vector<std::string> rules;  // ids of the broken rules, or the reason under "not judged"
};

// The most important ones first.
enum class FindingKind { kViolation, kWarning, kKnown, kInconclusive };
template <>
inline constexpr std::array<std::string_view, 4> kNamesOf<FindingKind> = {"violation", "warning",
                                                                          "known", "inconclusive"};

enum class Stability { kDeterministic, kIntermittent };
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<Stability> = {"deterministic",
                                                                        "intermittent"};

// How often a finding showed when its requests were sent again.
struct Repeats {
  int failed = 0;
  int tried = 0;
};

// An answer, to be shown to a reader.
struct ShownAnswer {
  int status = 0;  // 0: there is none to show
  std::string content_type;
  std::string body;
};

// A group of failing exchanges with one cause, as the reports show it (design, section 4).
struct Finding {
  std::string id;  // the same from run to run: rule, shape of the difference, kind of request
  std::string rule;
  FindingKind kind = FindingKind::kViolation;
  Stability stability = Stability::kDeterministic;
  Repeats repeated;     // one after the other
  Repeats overlapping;  // several at once; only if it is intermittent
  std::uint64_t occurrences = 0;
  std::string statement;  // the rule's own words
  std::string source;     // where the rule comes from
  Request request;        // the smallest that fails
  // Sent before it, in order, if it needs them; `$token.N` is the token of the answer to the N-th.
  std::vector<Request> before;
  std::string expected;
  std::string actual;
  std::vector<std::uint64_t> evidence;  // exchange ids
  std::vector<std::string> diagnosis;   // fault ids, most specific first
  bool variant = false;           // not these faults, but the first of them in another measure
  bool diagnosed = false;         // whether the faults of the catalogue were tried
  std::string cause;              // what the first of them does, in words; "" for none
  ShownAnswer answer;             // to the smallest request, as it was seen last
  ShownAnswer example;            // one that would be right, under the reading as learned
  std::vector<std::string> also;  // ids of findings with the same cause, which are part of it
};

// What one run did with one rule.
struct RuleTally {
  std::string id;
  Level level = Level::kMust;
  std::uint64_t exercised = 0;  // exchanges whose judgement used the rule
  std::uint64_t violations = 0;
};

// What was learned about one open question.
struct LearnedAnswer {
  std::string question;
  std::vector<std::string> possible;  // options not eliminated
  bool settled = false;
  std::uint64_t asked = 0;  // judgements that asked it
  std::vector<std::uint64_t> evidence;
  std::string why_open;  // why it is not settled, in words; "" if it is
};

// Answers that no option of an open question describes, though nothing is wrong with them.
struct UnforeseenAnswer {
  std::string request;   // of the first one, as Request::Text() writes it
  std::string foreseen;  // what the nearest option asks for
  std::string answer;    // "400 InvalidParameter", "200 and a list of 3"
  std::uint64_t count = 0;
};

// What one parameter did to the answers.
struct ParameterTally {
  std::string name;             // "Status"; "Tag" for all of Tag.N
  std::uint64_t given = 0;      // requests with it
  std::uint64_t compared = 0;   // of those, with an equal request without it beside them
  std::uint64_t effective = 0;  // of those, answered otherwise
};

// Flags and values, as they were given to a command; never a secret.
using GivenOptions = std::vector<std::pair<std::string, std::string>>;

struct RunHeader {
  std::string assay;      // version
  std::string spec_hash;  // SHA-256 (hex) of the embedded spec
  std::string target;
  std::string dataset;  // file name, or "built in"
  std::uint64_t seed = 0;
  std::string started;  // yyyy-MM-ddTHH:mm:ssZ
  GivenOptions options;
};

// How far a fuzzing campaign was at one time. All are counted from its beginning.
struct CampaignSample {
  double seconds = 0;
  std::uint64_t inputs = 0;
  std::uint64_t requests = 0;
  std::uint64_t features = 0;  // different ones that answers showed
  std::uint64_t findings = 0;  // different symptoms, before they are confirmed and grouped
  std::uint64_t corpus = 0;    // inputs that are kept
};

// A fuzzing campaign as a whole.
struct CampaignTally {
  std::string ended;  // why: "after 60 s (--max-time)"
  int workers = 1;
  std::uint64_t shown_once = 0;         // features that exactly one input showed
  std::uint64_t shown_twice = 0;        // exactly two
  std::vector<CampaignSample> samples;  // by time; the last one is of its end
};

enum class RunVerdict { kConforms, kViolations, kInconclusive };
template <>
inline constexpr std::array<std::string_view, 3> kNamesOf<RunVerdict> = {"conforms", "violations",
                                                                         "inconclusive"};
// What a run that ends with this code says.
constexpr RunVerdict VerdictOf(ExitCode code) {
  return code == ExitCode::kConforms     ? RunVerdict::kConforms
         : code == ExitCode::kViolations ? RunVerdict::kViolations
                                         : RunVerdict::kInconclusive;
}

struct RunTrailer {
  RunVerdict verdict = RunVerdict::kInconclusive;
  int exit_code = 0;
  double seconds = 0;
  std::uint64_t exchanges = 0;
  std::uint64_t judged = 0;
  std::uint64_t throttled = 0;  // answers that asked for patience; the requests were sent again
  std::string reason;           // why the verdict is inconclusive, "" otherwise
  std::vector<RuleTally> rules;
  std::vector<LearnedAnswer> reading;
  std::vector<std::string> not_exercised;  // "rule id: why"
  std::vector<ParameterTally> parameters;
  std::vector<UnforeseenAnswer> unforeseen;  // groups of equal ones; the most frequent first
  std::optional<CampaignTally> campaign = std::nullopt;  // of `assay fuzz`
};

// Receives what a run produces, in order; the journal implements it.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void Begin(const RunHeader& header) = 0;
  virtual void Add(const ExchangeRecord& exchange) = 0;
  virtual void Add(const Finding& finding) = 0;
  // What was just seen and will be part of a finding, in case the run does not come to its end.
  virtual void AddSighting(const Finding&) {}
  virtual void End(const RunTrailer& trailer) = 0;
};

}  // namespace assay
