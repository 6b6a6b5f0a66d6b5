#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/reading/reading_space.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

// What one check of an answer found: what is wrong, which open questions the answer settles, and
// which rules were used.
struct CheckResult {
  std::vector<Difference> differences;
  std::vector<Restriction> answers;  // forms, read off directly; a question may occur twice
  std::bitset<kRuleCount> used;

  void Use(Rule rule) { used.set(Index(rule)); }
  void Add(Rule rule, std::string expected, std::string actual, std::string shape = "");
  // Notes that the answer shows this option.
  void Show(Question question, Option option);
};

// The answer's form and its fields against the state, whatever was asked: types, values, envelope.
void CheckForm(const ObservedAnswer& answer, const Response& response, CheckResult& result);
void CheckFields(const ObservedAnswer& answer, const Dataset& dataset, CheckResult& result);
void CheckErrorEnvelope(const ObservedAnswer& answer, CheckResult& result);
// The fields of a list whose state is not known: types and enumerated values only.
void CheckFieldForms(const ObservedAnswer& answer, CheckResult& result);

// True if the document lets the field have that text: enumerated values (those of its samples
// included), times, percentages; any text for the other fields.
bool IsDocumentedValue(Field field, std::string_view text);

// True if the text holds what stack traces of common languages hold, and texts for people do not.
bool LooksLikeATrace(std::string_view text);

// Positions in the dataset of the snapshots listed, in order; unknown ones are left out.
std::vector<std::uint32_t> ListedPositions(const ObservedAnswer& answer, const Dataset& dataset);

}  // namespace assay
