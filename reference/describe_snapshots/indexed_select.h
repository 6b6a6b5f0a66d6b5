#pragma once

#include "reference/describe_snapshots/match_set.h"
#include "reference/describe_snapshots/plan.h"

namespace assay {

// The snapshots of the region that satisfy the plan's filters, found by its values instead of one
// by one, and in `open` those of which the state does not tell. It is what the model finds, and it
// asks the same questions in the same order.
MatchSet SelectByIndex(const Plan& plan, const Dataset& dataset, const RegionIndex& region,
                       Choices& choices, std::vector<std::uint32_t>& open);

}  // namespace assay
