#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "conformance/replay/replayed_findings.h"
#include "reference/session/test.h"
#include "reference/target/connection_options.h"
#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

struct ReplayOptions {
  std::string recording;  // a run's folder, its journal, a repro/*.ndjson or a HAR file
  std::string target;     // send the requests again; "" judges the recorded answers
  ConnectionOptions connection = {};
  std::string dataset;  // "" for the one that the journal names
};

// Judges recorded exchanges again, offline or by sending their requests again. Says which verdicts
// changed (offline), then a line for each finding of the record, with SAME, CHANGED (its rule is
// broken in another way), FIXED, NOT SEEN or NOT JUDGED, and for each failure that it does not
// have. Violations that are not known give kViolations; if there are none but something could not
// be judged, kCouldNotJudge; of a target that gives no answer to judge, the Error says why. `more`
// are the tests of other folders.
Result<ExitCode> Replay(const ReplayOptions& options, const std::vector<TestSource>& more,
                        std::ostream& output);

// Prints the result of a replay; returns its exit code.
ExitCode TellOutcome(const Recording& recording, const ReplayOutcome& outcome, bool was_sent,
                     std::ostream& output);

// Adds `assay replay`.
void AddReplayCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more);

}  // namespace assay
