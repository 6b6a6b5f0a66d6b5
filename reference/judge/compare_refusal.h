#pragma once

#include <optional>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/reading/choices.h"

namespace assay {

// How an error answer compares with one refusal that applies.
struct RefusalComparison {
  bool matches = false;
  std::optional<Difference> difference;  // if it nearly matches: what is wrong
  std::vector<Difference> warnings;      // if it matches: what a `should` rule says
};
// What is wrong with the status of an error whose code the document has with another one. That
// holds whatever the request was refused for.
std::optional<Difference> CompareStatus(const ObservedAnswer& answer);

RefusalComparison CompareRefusal(const Refusal& refusal, const ObservedAnswer& answer);

}  // namespace assay
