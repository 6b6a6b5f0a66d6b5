#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "conformance/run/run.h"
#include "reference/session/test.h"
#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

// What `assay compare` was asked for: `run.target` is A, `against` is B.
struct CompareOptions {
  RunOptions run;
  std::string against;
};

// Sends the same requests to both targets at the same time and judges both. Writes compare.json
// into `run.out` and a summary to `output`. kConforms: both are right, however they differ;
// kViolations: one of them breaks a `must` rule; kCouldNotJudge: one is unreachable or was lost.
ExitCode CompareTargets(const CompareOptions& options, const std::vector<TestSource>& more,
                        std::ostream& output, std::ostream& errors);

// Adds `assay compare`.
void AddCompareCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more);

}  // namespace assay
