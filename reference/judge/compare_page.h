#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/describe_snapshots/model.h"
#include "reference/reading/reading_space.h"

namespace assay {

// How a list compares with the page that one reading asks for.
struct PageComparison {
  std::optional<Difference> difference;  // empty: it agrees
  int closeness = 0;                     // larger: the reading came nearer before it disagreed
  std::vector<Restriction> answers;      // what the list shows under this reading
};
PageComparison ComparePage(const Request& request, const Answer& expected,
                           const ObservedAnswer& answer, const std::vector<std::uint32_t>& listed,
                           const Dataset& dataset, Choices& choices);

// What is wrong with a page of a walk by token that holds what an earlier page held
// (token.walk.unique); nothing if it is no such page.
std::optional<Difference> ListedAgain(const Paging& paging,
                                      const std::vector<std::uint32_t>& listed,
                                      const Dataset& dataset);

}  // namespace assay
