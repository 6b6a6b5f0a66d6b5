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

}  // namespace assay
