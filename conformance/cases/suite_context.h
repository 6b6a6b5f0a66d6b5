#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/cases/case_maker.h"
#include "reference/session/session.h"
#include "reference/session/test.h"

namespace assay {

// What the suites found out beside the judge, for the run's tallies.
class SuiteNotes {
 public:
  // A suite checked an exchange, or a whole walk, against the rule.
  void Checked(Rule rule) { ++checked_[Index(rule)]; }
  // A test was left out since no request may be sent any more.
  void LeftOut(const std::string& suite) { ++left_out_[suite]; }
  void Violated(Rule rule) { ++violated_[Index(rule)]; }
  // The requests that ask the question were sent.
  void Probed(Question question) { probed_[Index(question)] = true; }
  // A case of the rule could not be sent.
  void NotExercised(Rule rule, Skip skip, const std::string& name, const std::string& why);

  const std::map<std::string, int>& left_out() const { return left_out_; }  // tests of each suite
  std::uint64_t checked(Rule rule) const { return checked_[Index(rule)]; }
  std::uint64_t violated(Rule rule) const { return violated_[Index(rule)]; }
  // Why cases of a rule could not be sent, and which.
  struct Reason {
    std::string why;
    std::vector<std::string> cases;
  };
  const std::vector<Reason>& reasons(Rule rule) const { return reasons_[Index(rule)]; }
  // The same in words; the cases are named only if there are several reasons.
  std::string ReasonsText(Rule rule) const;
  // An option of the run is the only reason why something of the rule was not sent.
  bool IsLeftOut(Rule rule) const { return !reasons(rule).empty() && !lacks_value_[Index(rule)]; }
  bool probed(Question question) const { return probed_[Index(question)]; }

 private:
  std::vector<std::uint64_t> checked_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::uint64_t> violated_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::vector<Reason>> reasons_ = std::vector<std::vector<Reason>>(kRuleCount);
  std::vector<bool> lacks_value_ = std::vector<bool>(kRuleCount);
  std::map<std::string, int> left_out_;
  std::vector<bool> probed_ = std::vector<bool>(kQuestionCount);
};

enum class SuiteFormat { kBoth, kJson, kXml };

struct SuiteOptions {
  std::string region;  // "" for the dataset's first region with snapshots
  int strength = 2;
  std::uint64_t seed = 1;
  SuiteFormat format = SuiteFormat::kBoth;
  bool signs = false;         // requests are signed, so forged ones are worth a try …
  bool signs_headers = true;  // … also those that only a signature in headers allows
  bool signs_both = false;    // … and signatures in parameters beside those in headers
  bool combinations = true;   // false saves their computation if none would run
  bool few_requests = false;  // what tells most of so many requests comes first
  bool thorough = true;       // requests are cheap, so more of them are worth their time
  // Until then requests are drawn at random after all others. Nothing: a fixed number of them.
  std::optional<std::chrono::steady_clock::time_point> draw_until = std::nullopt;

  // The value of Format if a request is free to choose.
  std::string FreeFormat() const { return format == SuiteFormat::kXml ? "XML" : "JSON"; }
};

class FilterChoices;

// What the tests of a run share. All of it outlives them.
struct SuiteContext {
  Session& session;
  const Dataset& dataset;
  SuiteOptions options;
  SuiteNotes& notes;
  CaseMaker values;                              // of the run's region
  std::shared_ptr<const FilterChoices> choices;  // null until ChoicesOf() is asked for them

  SuiteContext(Session& the_session, const Dataset& the_dataset, const SuiteOptions& the_options,
               SuiteNotes& the_notes);
  std::string format() const { return options.FreeFormat(); }
};

using SuiteTest = BasicTest<SuiteContext>;

// Adds a failure for each violation that the judge saw.
void AddViolations(const ScriptResult& result, TestOutcome& outcome);

// True if the judge found something that makes a second complaint needless: a violation, or a
// warning of that very rule.
bool IsComplainedOf(const JudgedExchange& exchange, Rule rule);

// Hands to the session what a suite found, and adds a failure if the rule is a `must`.
void ReportDifference(SuiteContext& context, const Origin& origin, const JudgedExchange& exchange,
                      Difference difference, TestOutcome& outcome,
                      std::vector<std::uint64_t> evidence = {});

// Runs requests that do not depend on each other.
std::vector<ScriptResult> SendAll(SuiteContext& context, const Origin& origin,
                                  std::vector<Request> requests);

}  // namespace assay
