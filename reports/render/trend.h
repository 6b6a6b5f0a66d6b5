#pragma once

#include <string>
#include <vector>

#include "reports/journal/journal.h"

namespace assay {

// Runs of one target over time, in the order of their beginnings: the verdict of each, how many
// violations there were, and which findings came and went. Runs are named by their --label, or
// their time.
std::string TrendHtml(const std::vector<RecordedRun>& runs);
std::string TrendMarkdown(const std::vector<RecordedRun>& runs);

}  // namespace assay
