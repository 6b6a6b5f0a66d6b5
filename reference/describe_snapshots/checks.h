#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/describe_snapshots/model.h"
#include "reference/describe_snapshots/walk_memory.h"
#include "reference/observed.h"
#include "reference/reading_space.h"

namespace assay {

// What one check of an answer found: what it breaks, which open questions it answers, and which
// rules it used.
struct Findings {
  std::vector<Difference> differences;
  std::vector<Restriction> answers;  // forms, read off directly; a question may stand twice
  std::bitset<kRuleCount> used;

  void Use(Rule rule) { used.set(Index(rule)); }
  void Add(Rule rule, std::string expected, std::string actual, std::string shape = "");
  // The answer shows this option.
  void Answers(Question question, Option option);
};

// The answer's form and its fields against the state, whatever was asked: types, values, envelope.
void CheckForm(const ObservedAnswer& answer, const Response& response, Findings& findings);
void CheckFields(const ObservedAnswer& answer, const Dataset& dataset, Findings& findings);
void CheckErrorEnvelope(const ObservedAnswer& answer, Findings& findings);
// The fields of a list whose state is not known: types and enumerated values only.
void CheckFieldForms(const ObservedAnswer& answer, Findings& findings);

// True where the document lets the field have that text: enumerated values (those of its samples
// included), times, percentages; any text for the other fields.
bool IsDocumentedValue(Field field, std::string_view text);

// Positions in the dataset of the snapshots listed, in order; unknown ones are left out.
std::vector<std::uint32_t> ListedPositions(const ObservedAnswer& answer, const Dataset& dataset);

// How a list compares with the page that one reading asks for.
struct PageComparison {
  std::optional<Difference> difference;  // none: it agrees
  int closeness = 0;                     // larger: the reading came nearer before it disagreed
  std::vector<Restriction> answers;      // what the list shows under this reading
};
PageComparison ComparePage(const Request& request, const Answer& expected,
                           const ObservedAnswer& answer, const std::vector<std::uint32_t>& listed,
                           const Dataset& dataset, Choices& choices);

// How an error answer compares with one refusal that applies.
struct RefusalComparison {
  bool matches = false;
  std::optional<Difference> difference;  // where it nearly matches: what is wrong
  std::vector<Difference> warnings;      // where it matches: what a `should` rule says
};
RefusalComparison CompareRefusal(const Refusal& refusal, const ObservedAnswer& answer);

}  // namespace assay
