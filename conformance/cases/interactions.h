#pragma once

#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// Filters in company, walked page by page: each filter alone, every two and every three of them,
// with values by which each one makes a difference, in both modes of paging and both formats; lists
// that fill their pages exactly, or all but one; and what becomes of a walk if its requests are
// repeated or parts of them left out. If `thorough` is off, every two filters are walked in one of
// the four ways, and three are not tried.
std::vector<SuiteTest> InteractionTests(const SuiteOptions& options);

// Four filters and more in company, drawn at random: some if `thorough`, and after them as many as
// there is time for until `draw_until`. None if requests are few.
std::vector<SuiteTest> DrawTests(const SuiteOptions& options);

}  // namespace assay
