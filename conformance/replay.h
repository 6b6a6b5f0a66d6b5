#pragma once

#include <iosfwd>
#include <string>

#include "reference/connection_options.h"
#include "reference/message.h"
#include "spec/record.h"
#include "spec/result.h"

namespace CLI {
class App;
}

namespace assay {

struct ReplayOptions {
  std::string journal;  // a run's folder, its journal, or a repro/*.ndjson
  std::string target;   // send the requests again; "" judges the recorded answers
  ConnectionOptions connection = {};
  std::string dataset;  // "" for the one that the journal names
};

// The request that was recorded.
Request RequestOf(const ExchangeRecord& record);

// Judges recorded exchanges again, offline or by sending their requests again, and says for each
// finding of the record SAME, CHANGED (the request fails in another way) or FIXED; findings that
// the record does not have are NEW. Violations give kViolations.
Result<ExitCode> Replay(const ReplayOptions& options, std::ostream& output);

// Adds `assay replay`.
void AddReplayCommand(CLI::App& app, int* exit_code);

}  // namespace assay
