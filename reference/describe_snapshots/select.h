#pragma once

#include "reference/describe_snapshots/plan.h"

namespace assay {

// True if neither the state nor the hidden values, if any, tell whether the snapshot satisfies the
// filter.
bool IsOpen(const Filter& filter, const Snapshot& snapshot, const Dataset& dataset,
            const HiddenValues* hidden);
// True if the snapshot satisfies the filter; false if that is open.
bool Matches(const Filter& filter, const Snapshot& snapshot, const Dataset& dataset,
             const HiddenValues* hidden, Choices& choices);

// What all filters of the plan say of a snapshot that is a candidate.
enum class Fit { kNo, kOpen, kYes };
Fit FitOf(const Plan& plan, const Snapshot& snapshot, const Dataset& dataset, Choices& choices);

}  // namespace assay
