#pragma once

#include <string>
#include <vector>

#include "reports/journal/journal.h"

namespace assay {

// Several targets side by side: a column for each run, a row for each rule and each open question.
// A cell says "held", "broken", "warning", "known", "unclear" or "not shown".

std::string MatrixHtml(const std::vector<RecordedRun>& runs);
// At most 1 MiB, as summary.md.
std::string MatrixMarkdown(const std::vector<RecordedRun>& runs);

}  // namespace assay
