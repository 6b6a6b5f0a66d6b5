#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "spec/catalogue/catalogue.h"

namespace assay {

// What of an answer is wrong.
enum class Aspect : std::uint8_t {
  kForm,     // how something is written: encoding, names, types, texts, values of single fields
  kList,     // which snapshots are listed, how many, in which order, cut in which pages
  kOutcome,  // whether it is a list or a refusal, and which
};

// A disagreement between an answer and a rule.
struct Difference {
  Rule rule = kNoRule;
  std::string expected;
  std::string actual;
  std::string shape;  // what groups it with its like: no ids, no counts; "" = the rule alone
  Aspect aspect = Aspect::kForm;
  bool doubtful = false;        // not a finding if the state moved about the time of the answer
  std::string belongs_to = {};  // another request, whose answer this seems to be; "" mostly
};
Difference FormDifference(Rule rule, std::string expected, std::string actual,
                          std::string shape = "");
Difference ListDifference(Rule rule, std::string expected, std::string actual,
                          std::string shape = "");
Difference OutcomeDifference(Rule rule, std::string expected, std::string actual,
                             std::string shape = "");

// "no snapshot", "1 snapshot", "12 snapshots".
std::string CountOfSnapshots(std::size_t count);

// True if the rule is a `must`: a violation. Otherwise it is a warning.
bool IsMust(const Difference& difference);
// True if the rule speaks of two answers that do not go together.
bool IsAboutTwoAnswers(Rule rule);
// True if both are the same, whichever answers show them.
bool IsSame(const Difference& a, const Difference& b);

}  // namespace assay
