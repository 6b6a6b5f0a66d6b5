#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// `junit.xml`: a testcase for each rule (classname = topic, name = rule id), one for each finding
// of no listed rule, and `run.verdict` for the run itself. Violations are failures, what could
// not be judged is an error, rules not shown and known findings are skipped with a reason.
// Always well-formed XML 1.0, without two testcases of one name.
std::string JunitXml(const RecordedRun& run);

}  // namespace assay
