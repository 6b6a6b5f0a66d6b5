#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// Walks in both modes over lists that no open question touches: the judge checks each page, these
// check the whole. Every snapshot that matches comes once, the walk ends, and a second walk is like
// the first. Lists of more than 60 pages are left out, so that the size of the state does not
// decide how long a run takes.
std::vector<SuiteTest> WalkTests();

}  // namespace assay
