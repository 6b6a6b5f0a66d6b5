#pragma once

#include <cstddef>
#include <string>

#include "reports/journal/journal.h"

namespace assay {

// A bash script that sends the finding's smallest request with curl (a raw message with nc), or,
// with --judge, has `assay replay` send the whole evidence signed and judge it.
std::string ReproScript(const RecordedRun& run, const Finding& finding);

// What the script has replayed: a small journal with the run's header, the evidence that was kept,
// the exchanges that gave its tokens, and the finding. Bodies take up `room`, if it is given: for
// those that do not fit, only their length is kept.
std::string ReproJournal(const RecordedRun& run, const Finding& finding,
                         std::size_t* room = nullptr);

// Writes OUT/repro/NAME.sh and NAME.ndjson for each finding that it can, and removes those that an
// earlier report wrote there. The error says for how many it could not, and why.
Done WriteRepros(const RecordedRun& run, const std::string& out_dir);

// Writes a file as a whole or not at all; why it could not, or "".
std::string WhyNotWritten(const std::string& path, const std::string& text);
// The same with an error that names the file.
Done WriteWholeFile(const std::string& path, const std::string& text);

}  // namespace assay
