#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// Every value that the state holds in the run's region, times of creation among them, as a filter
// of its own, and every size of a page (by token every seventh): combinations draw a few of each,
// and a target may be wrong about a single one. Of more than 128 values those go first that are
// long, or hold more than letters and digits. Besides, what lies just beside these values: bounds a
// second, a minute and a day from a creation, the ends of days, months and years, several tags of a
// snapshot, one tag twice, and keys that begin like those of a tag.
std::vector<SuiteTest> SweepTests();

}  // namespace assay
