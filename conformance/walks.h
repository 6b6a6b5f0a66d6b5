#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/suite_context.h"

namespace assay {

// A test over whole walks.
struct WalkTest {
  std::string name;  // "page_size_10"
  std::function<TestOutcome(SuiteContext&)> run;
};

// Walks in both modes over lists that no open question touches: the judge looks at each page, these
// look at the whole. Every snapshot that matches comes once, the walk ends, and a second walk is
// like the first. Lists of more than 60 pages are left out, so that the size of the state does not
// decide how long a run takes.
std::vector<WalkTest> WalkTests();

}  // namespace assay
