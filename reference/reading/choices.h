#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/reading.h"
#include "spec/record/request.h"

namespace assay {

// An error that applies to a request. If several apply, any one of them is a right answer.
struct Refusal {
  Rule rule;                         // the rule, or the topic's rule for an open question
  const ErrorInfo* error = nullptr;  // what is documented, or (any_code) what recordings show
  bool any_code = false;             // an open question: any 4xx that is not reserved will do
  std::string subject = {};  // the parameter, for texts such as `The specified parameter "X" …`
  Rule code_rule = "error.code.known"_rule;  // (any_code) warns of a code that nobody knows for it
};

// Answers the questions that the document leaves open, while the model runs once.
class Choices {
 public:
  virtual ~Choices() = default;

  // The option that holds on this run; the same for every call with one question.
  virtual Option Pick(Question question) = 0;

  // Called for each refusal that applies. Returns true to stop the model early.
  virtual bool Refuse(const Refusal&) { return false; }

  // Notes that the answer depends on the rule.
  void Mark(Rule rule) { marks_.set(Index(rule)); }
  const std::bitset<kRuleCount>& marks() const { return marks_; }
  void ClearMarks() { marks_.reset(); }

 private:
  std::bitset<kRuleCount> marks_;
};

// One fixed reading: what the reference server runs under. Unpinned questions have their first
// option, or one that depends on the situation: on up to three features of the request. What the
// value of a filter means, and the order of a list, never depend on it.
class FixedReading : public Choices {
 public:
  FixedReading() : FixedReading(Reading{}) {}
  explicit FixedReading(const Reading& reading);
  // Takes the request that is to be answered: if the reading answers by situation, its options are
  // those of the request's situation from now on.
  void Enter(const Request& request);
  Option Pick(Question question) override {
    asked_.set(Index(question));
    return options_[Index(question)];
  }
  // Every question that was asked so far.
  const std::bitset<kQuestionCount>& asked() const { return asked_; }

 private:
  std::array<Option, kQuestionCount> options_;
  std::bitset<kQuestionCount> by_situation_;
  std::uint64_t seed_ = 0;
  std::bitset<kQuestionCount> asked_;
};

}  // namespace assay
