#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// `evidence.har`: HAR 1.2 of the exchanges that show the findings, for the tools that read it;
// `assay replay` does, too. Their times are the run's beginning: a journal has no time of each.
std::string HarText(const RecordedRun& run);

}  // namespace assay
