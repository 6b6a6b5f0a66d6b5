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
// answers are judged under few readings; then a test a rule, the walks, and the combinations in
// blocks. The Error tells of a strength that the combinations are too large for.
Result<std::vector<SuiteTest>> ConformanceTests(const SuiteContext& context);

// Makes each a GoogleTest test that fails where its outcome does, and is skipped where it is.
void RegisterTests(const std::shared_ptr<SuiteContext>& context, std::vector<SuiteTest> tests);

// Both. `session`, `dataset` and `notes` outlive the tests.
Done RegisterConformance(Session& session, const Dataset& dataset, const SuiteOptions& options,
                         SuiteNotes& notes);

}  // namespace assay
