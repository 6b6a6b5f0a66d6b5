#pragma once

#include <cstddef>
#include <string>

#include "reports/journal/journal.h"

namespace assay {

// Short enough to be read beside a job; GitHub drops a whole step summary above 1 MiB.
inline constexpr std::size_t kSummaryLimit = 60 * 1024;

// `summary.md`: the run in Markdown, a table of its findings and the rest folded, at most `limit`
// bytes; what did not fit is counted at the end of its section. Nothing from the target is read as
// markup.
std::string SummaryMarkdown(const RecordedRun& run, std::size_t limit = kSummaryLimit);

}  // namespace assay
