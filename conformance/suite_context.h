#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conformance/values.h"
#include "reference/session.h"
#include "reference/target_test.h"

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
  // Something of the rule could not be sent; the first reason of each kind is kept.
  void NotExercised(Rule rule, const std::string& why);

  const std::map<std::string, int>& left_out() const { return left_out_; }  // tests of each suite
  std::uint64_t checked(Rule rule) const { return checked_[Index(rule)]; }
  std::uint64_t violated(Rule rule) const { return violated_[Index(rule)]; }
  const std::vector<std::string>& reasons(Rule rule) const { return reasons_[Index(rule)]; }
  bool probed(Question question) const { return probed_[Index(question)]; }

 private:
  std::vector<std::uint64_t> checked_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::uint64_t> violated_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::vector<std::string>> reasons_ =
      std::vector<std::vector<std::string>>(kRuleCount);
  std::map<std::string, int> left_out_;
  std::vector<bool> probed_ = std::vector<bool>(kQuestionCount);
};

enum class SuiteFormat { kBoth, kJson, kXml };

struct SuiteOptions {
  std::string region;  // "" for the dataset's first region with snapshots
  int strength = 2;
  std::uint64_t seed = 1;
  SuiteFormat format = SuiteFormat::kBoth;
  bool signs = false;         // requests are signed, so forged ones are worth a try
  bool combinations = true;   // false saves their computation where none would run
  bool few_requests = false;  // what tells most of so many requests comes first
};

// What the tests of a run share. All of it outlives them.
struct SuiteContext {
  Session& session;
  const Dataset& dataset;
  SuiteOptions options;
  SuiteNotes& notes;
  Values values;  // of the run's region

  SuiteContext(Session& the_session, const Dataset& the_dataset, const SuiteOptions& the_options,
               SuiteNotes& the_notes);
  // The value of Format where a request is free to choose.
  std::string format() const { return options.format == SuiteFormat::kXml ? "XML" : "JSON"; }
};

// Adds a failure for each violation that the judge saw.
void AddViolations(const ScriptResult& result, TestOutcome& outcome);

// True where the judge found something that makes a second complaint needless: a violation, or a
// warning of that very rule.
bool IsComplainedOf(const JudgedExchange& exchange, Rule rule);

// Hands to the session what a suite found, and adds a failure where the rule is a `must`.
void ReportDifference(SuiteContext& context, const Origin& origin, const JudgedExchange& exchange,
                      Difference difference, TestOutcome& outcome,
                      std::vector<std::uint64_t> evidence = {});

// The first region with snapshots, or the first at all.
std::string HomeRegion(const Dataset& dataset);

// Runs requests that do not depend on each other.
std::vector<ScriptResult> SendAll(SuiteContext& context, const Origin& origin,
                                  std::vector<Request> requests);

}  // namespace assay
