#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "reference/judge/verdict.h"
#include "spec/record/record.h"

namespace assay {

// How often rules were used and broken, and questions asked.
class Tallies {
 public:
  // Counts an exchange, unless it was not judged; `used` are the rules that its judgement rests on,
  // besides those of its violations.
  void Count(const Verdict& verdict, std::bitset<kRuleCount> used);
  // Counts that an exchange asked the question; `too_many` at once to learn from it.
  void CountAsked(Question question, bool too_many = false);

  std::uint64_t judged() const { return judged_; }
  std::uint64_t exercised(Rule rule) const { return exercised_[Index(rule)]; }
  std::uint64_t violations(Rule rule) const { return violations_[Index(rule)]; }
  std::uint64_t asked(Question question) const { return asked_[Index(question)]; }
  std::uint64_t unexplored(Question question) const { return unexplored_[Index(question)]; }
  // One row for each rule, in the order of ids.
  std::vector<RuleTally> Rows() const;

  // Makes final the violations counted up to now; Unlearn() forgets those after it.
  void Secure() { secured_ = violations_; }
  void Unlearn() { violations_ = secured_; }

 private:
  std::uint64_t judged_ = 0;
  std::vector<std::uint64_t> exercised_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::uint64_t> violations_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::uint64_t> secured_ = std::vector<std::uint64_t>(kRuleCount);
  std::vector<std::uint64_t> asked_ = std::vector<std::uint64_t>(kQuestionCount);
  std::vector<std::uint64_t> unexplored_ = std::vector<std::uint64_t>(kQuestionCount);
};

}  // namespace assay
