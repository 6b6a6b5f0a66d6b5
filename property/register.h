#pragma once

#include <cstdint>
#include <vector>

#include "reference/session/test.h"

namespace assay {

// Each law as a test of the suite `properties`. Its cases are drawn from `seed`, in numbers that
// take about two seconds over loopback together. A test fails if a `must` rule is broken, with the
// smallest request that shows it; it is skipped if the target was lost.
std::vector<SessionTest> PropertyTests(const Dataset& dataset, std::uint64_t seed);

}  // namespace assay
