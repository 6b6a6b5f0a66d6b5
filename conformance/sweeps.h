#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/suite_context.h"

namespace assay {

// A test that asks for one thing after the other.
struct SweepTest {
  std::string name;  // "snapshot_name"
  std::function<TestOutcome(SuiteContext&)> run;
};

// Every value that the state holds in the run's region, times of creation among them, as a filter
// of its own, and every size of a page (by token every seventh): combinations draw a few of each,
// and a target may be wrong about a single one. Of more than 128 values those go first that are
// long, or hold more than letters and digits.
std::vector<SweepTest> SweepTests();

}  // namespace assay
