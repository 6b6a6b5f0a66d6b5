#pragma once

#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// All tests in the order in which they run: the probes of open questions first, so that later
// answers are judged under few readings; then a test a rule, the walks, the combinations in
// blocks, and the sweeps. If requests are few, the values of each parameter come before all that.
// The Error tells of a strength that the combinations are too large for.
Result<std::vector<SuiteTest>> ConformanceTests(const SuiteContext& context);

// The same, then those of other folders.
Result<std::vector<SuiteTest>> AllTests(const SuiteContext& context,
                                        const std::vector<TestSource>& more);

}  // namespace assay
