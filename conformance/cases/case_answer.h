#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"
#include "spec/catalogue/rule_case.h"

namespace assay {

// What the answer to a case shows.
struct CaseAnswer {
  Request request;
  int status = 0;
  std::string code;      // of an error envelope, "" without one
  bool is_list = false;  // status 200 and a list
  std::optional<std::int64_t> total, page_number, page_size;
  std::string next_token;
  std::vector<std::string> ids;  // SnapshotIds, in order
  // By snapshot: the text of the fields asked for, in their order.
  std::vector<std::vector<std::string>> fields;
};

// Takes from the answer what a case may expect and, of each snapshot listed, the fields of these
// names.
CaseAnswer CaseAnswerOf(const Request& request, const ObservedAnswer& answer,
                        const std::vector<std::string>& fields);

// The answers to earlier cases of the rule, by name; those that were not sent are missing.
using AnswersByCase = std::map<std::string, CaseAnswer>;

// What an answer must show: the case's expectation with its values made concrete.
struct ConcreteExpectation {
  const Expectation& expect;
  const std::vector<std::pair<std::string, std::string>>& every;
};

// The first thing that the answer shows otherwise than the case expects (spec/cases.md), or
// nothing. The difference's shape is the key of the expectation.
std::optional<Difference> CheckExpectation(Rule rule, const ConcreteExpectation& expectation,
                                           const CaseAnswer& answer, const AnswersByCase& earlier,
                                           const Dataset& dataset);

}  // namespace assay
