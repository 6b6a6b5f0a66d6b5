#pragma once

#include <cstdint>

#include "reference/dataset.h"
#include "reference/session.h"

namespace assay {

// Registers each law as a GoogleTest test of the suite `properties`. Its cases are drawn from
// `seed`, in numbers that take about two seconds over loopback together. A test fails where a
// `must` rule is broken, with the smallest request that shows it; it is skipped where the target
// was lost. Session and dataset outlive the run.
void RegisterProperties(Session& session, const Dataset& dataset, std::uint64_t seed);

}  // namespace assay
