#pragma once

#include <vector>

#include "reference/faults/fault.h"

namespace assay {

// Faults of the catalogue in another measure: two too few instead of one, another value of the same
// parameter, the same of another field. Each has the id of the fault that it varies, mostly its
// rules, and a title of its own. They name what a target does if no fault of the catalogue does the
// same; no server commits them.
const std::vector<Fault>& Variants();

}  // namespace assay
