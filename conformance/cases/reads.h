#pragma once

#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// A read has no effect: the region's list is the same before and after requests with every filter
// and every two of them. If it is not, the request that changes it is found by halving.
std::vector<SuiteTest> ReadTests();

}  // namespace assay
