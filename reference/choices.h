#pragma once

#include <array>
#include <bitset>
#include <string>

#include "spec/catalogue.h"

namespace assay {

// An error that applies to a request. Where several apply, any one of them is a right answer.
struct Refusal {
  Rule rule;                         // the rule, or the topic's rule for an open question
  const ErrorInfo* error = nullptr;  // what is documented, or (any_code) what recordings show
  bool any_code = false;             // an open question: any 4xx that is not reserved will do
  std::string subject;  // the parameter, for texts such as `The specified parameter "X" …`
};

// Answers the questions that the document leaves open, while the model runs once.
class Choices {
 public:
  virtual ~Choices() = default;

  // The option that holds on this run; the same for every call with one question.
  virtual Option Pick(Question question) = 0;

  // Told of every refusal that applies. True: the caller has seen enough, the model may return.
  virtual bool Refuse(const Refusal&) { return false; }

  // Notes that the answer depends on the rule.
  void Mark(Rule rule) { marks_.set(Index(rule)); }
  const std::bitset<kRuleCount>& marks() const { return marks_; }
  void ClearMarks() { marks_.reset(); }

 private:
  std::bitset<kRuleCount> marks_;
};

// One fixed reading: what the reference server runs under. Unpinned questions have their first
// option.
class FixedReading : public Choices {
 public:
  FixedReading() : FixedReading(Reading{}) {}
  explicit FixedReading(const Reading& reading);
  Option Pick(Question question) override {
    asked_.set(Index(question));
    return options_[Index(question)];
  }
  // Every question that was asked so far.
  const std::bitset<kQuestionCount>& asked() const { return asked_; }

 private:
  std::array<Option, kQuestionCount> options_;
  std::bitset<kQuestionCount> asked_;
};

}  // namespace assay
