#pragma once

#include <cstddef>
#include <string>

#include "reports/journal.h"

namespace assay {

// GitHub drops a whole $GITHUB_STEP_SUMMARY above 1 MiB.
inline constexpr std::size_t kSummaryLimit = 1024 * 1024;

// `summary.md`: the run in Markdown, at most `limit` bytes; what had no room is counted at the
// end of its section. Nothing from the target is read as markup.
std::string SummaryMarkdown(const RecordedRun& run, std::size_t limit = kSummaryLimit);

}  // namespace assay
