#pragma once

#include <string>

#include "reports/journal.h"

namespace assay {

// A bash script that sends the finding's smallest request with curl, or, with --judge, has
// `assay replay` send the whole evidence signed and judge it.
std::string ReproScript(const RecordedRun& run, const Finding& finding);

// What the script has replayed: a small journal with the run's header, the evidence that is at
// hand, the exchanges that gave its tokens, and the finding.
std::string ReproJournal(const RecordedRun& run, const Finding& finding);

// Writes OUT/repro/NAME.sh and NAME.ndjson for each finding and removes those that an earlier
// report wrote there.
Done WriteRepros(const RecordedRun& run, const std::string& out_dir);

// Writes a file as a whole or not at all. The error names it.
Done WriteWholeFile(const std::string& path, const std::string& text);

}  // namespace assay
