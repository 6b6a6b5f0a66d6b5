#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "conformance/replayed_findings.h"
#include "reference/connection_options.h"
#include "reference/target_test.h"
#include "spec/result.h"

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
// have. Violations that are not known give kViolations; where there are none but something could
// not be judged, kCouldNotJudge. `more` are the tests of other folders.
Result<ExitCode> Replay(const ReplayOptions& options, const std::vector<TargetTests>& more,
                        std::ostream& output);

// Writes what a replay came to; the exit code that it deserves.
ExitCode TellOutcome(const Recording& recording, const ReplayOutcome& outcome, bool was_sent,
                     std::ostream& output);

// Adds `assay replay`.
void AddReplayCommand(CLI::App& app, int* exit_code, std::vector<TargetTests> more);

}  // namespace assay
