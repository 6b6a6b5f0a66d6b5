#pragma once

#include <string>

#include "reports/journal.h"

namespace assay {

// `report.json`, schema "assay-report/1" (design, section 4), in a fixed order. A parameter that
// occurs several times has an array of its values; a byte that is not UTF-8 becomes U+FFFD.
// `repro` names repro/NAME.sh for each finding where `with_repro`, and is "" otherwise.
std::string ReportJson(const RecordedRun& run, bool with_repro);

}  // namespace assay
