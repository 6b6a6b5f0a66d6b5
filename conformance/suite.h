#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/suite_context.h"

namespace assay {

// One test against a target, before GoogleTest knows it. `suite` and `name`, joined by a dot, are
// what --only and --skip match: for the tests of rules that is the rule's id.
struct SuiteTest {
  std::string suite;
  std::string name;
  std::function<TestOutcome(SuiteContext&)> run;
};

// All tests in the order in which they run: the probes of open questions first, so that later
// answers are judged under few readings; then a test a rule, the walks, the combinations in
// blocks, and the sweeps. Where requests are few, the values of each parameter come before all
// that. The Error tells of a strength that the combinations are too large for.
Result<std::vector<SuiteTest>> ConformanceTests(const SuiteContext& context);

// The same, then those of other folders.
Result<std::vector<SuiteTest>> AllTests(const SuiteContext& context,
                                        const std::vector<TargetTests>& more);

// Makes each a GoogleTest test that fails where its outcome does, and is skipped where it is.
void RegisterTests(const std::shared_ptr<SuiteContext>& context, std::vector<SuiteTest> tests);

}  // namespace assay
