#pragma once

#include <cstdint>
#include <vector>

#include "reference/target_test.h"

namespace assay {

// Each law as a test of the suite `properties`. Its cases are drawn from `seed`, in numbers that
// take about two seconds over loopback together. A test fails where a `must` rule is broken, with
// the smallest request that shows it; it is skipped where the target was lost.
std::vector<TargetTest> PropertyTests(const Dataset& dataset, std::uint64_t seed);

}  // namespace assay
