#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// `results.sarif`: SARIF 2.1.0, a result for each finding. A result's place is the rule's entry in
// the rule files of this project, since a target has no source text; the request and the answer are
// beside it. Accepted findings are suppressed.
std::string SarifText(const RecordedRun& run);

}  // namespace assay
