#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

// One judged exchange as the journal keeps it. `parameters` hold no secret and no signature.
struct ExchangeRecord {
  std::uint64_t id = 0;              // 1, 2, … in the order of judging
  std::string suite;                 // "rules", "combinations", "walks", "properties", "fuzz"
  std::string test;                  // the rule id, block or property that sent it
  std::string method;                // "GET"
  std::string placement;             // "query", "form", "split"
  std::string encoding = "percent";  // or "plus": a blank travels as "+"
  std::string forgery = "none";      // what is wrong with the signature on purpose: "time", …
  std::vector<std::pair<std::string, std::string>> parameters;
  int status = 0;  // 0 where there was no answer
  std::string content_type;
  std::string request_id;  // the header x-acs-request-id, where it is not the body's; otherwise ""
  std::string next_token;  // that the answer gave, "" for none
  std::string body;        // as received; the journal writes bytes that are not UTF-8 in base64
  std::int64_t latency_us = 0;
  std::uint64_t answer = 0;  // equal where status, code, ids and counts are; not in the journal
  std::string verdict;       // "conforms", "violation", "warning", "not judged", "unanswered"
  std::vector<std::string> rules;  // ids of the broken rules, or the reason under "not judged"
};

// A request as it was sent.
struct RequestRecord {
  std::string method;
  std::string placement;
  std::string encoding = "percent";
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Stands for the NextToken that an earlier answer gives: "<NextToken of answer 2>" of the second.
inline constexpr std::string_view kTokenOfAnswer = "<NextToken of answer ";
inline std::string TokenOfAnswer(std::size_t answer) {
  return std::string(kTokenOfAnswer) + std::to_string(answer) + ">";
}

// How often a finding showed when its requests were sent again.
struct Repeats {
  int failed = 0;
  int tried = 0;
};

// A group of failing exchanges with one cause, as the reports show it (design, section 4).
struct Finding {
  std::string id;  // the same from run to run: rule + shape of the difference
  std::string rule;
  std::string kind;                         // "violation", "warning", "known", "inconclusive"
  std::string stability = "deterministic";  // or "intermittent"
  Repeats repeated;                         // one after the other
  Repeats overlapping;                      // several at once; only where it is intermittent
  std::uint64_t occurrences = 0;
  std::string statement;  // the rule's own words
  std::string source;     // where the rule comes from
  std::string method;
  std::string placement;
  std::string encoding = "percent";
  std::string forgery = "none";
  std::vector<std::pair<std::string, std::string>> parameters;  // of the smallest failing request
  // Sent before it, in order, where it needs them; TokenOfAnswer counts them from 1.
  std::vector<RequestRecord> before;
  std::string expected;
  std::string actual;
  std::vector<std::uint64_t> evidence;  // exchange ids
  std::vector<std::string> diagnosis;   // fault ids, most specific first
  bool diagnosed = false;               // whether the faults of the catalogue were tried
  std::vector<std::string> also;        // ids of findings with the same cause, which are part of it
};

// What one run did with one rule.
struct RuleTally {
  std::string id;
  std::string level;            // "must", "should"
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
  std::string why_open;  // why it is not settled, in words; "" where it is
};

// What one parameter did to the answers.
struct ParameterTally {
  std::string name;             // "Status"; "Tag" for all of Tag.N
  std::uint64_t given = 0;      // requests with it
  std::uint64_t compared = 0;   // of those, with an equal request without it beside them
  std::uint64_t effective = 0;  // of those, answered otherwise
};

struct RunHeader {
  std::string assay;      // version
  std::string spec_hash;  // SHA-256 (hex) of the embedded spec
  std::string target;
  std::string dataset;  // file name, or "built in"
  std::uint64_t seed = 0;
  std::string started;                                       // yyyy-MM-ddTHH:mm:ssZ
  std::vector<std::pair<std::string, std::string>> options;  // flag, value; never a secret
};

struct RunTrailer {
  std::string verdict;  // "conforms", "violations", "inconclusive"
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
};

// Receives what a run produces, in order; the journal implements it.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void Begin(const RunHeader& header) = 0;
  virtual void Add(const ExchangeRecord& exchange) = 0;
  virtual void Add(const Finding& finding) = 0;
  virtual void End(const RunTrailer& trailer) = 0;
};

}  // namespace assay
