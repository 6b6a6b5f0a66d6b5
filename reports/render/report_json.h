#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// `report.json`, schema "assay-report/1" (design, section 4), in a fixed order. A parameter that
// occurs several times has an array of its values; a byte that is not UTF-8 becomes U+FFFD.
// `seconds` and `totals.requests_per_second` are null if the run was killed: its journal does not
// tell. `reason` says why the verdict is not of the whole run, "" otherwise.
// Beyond the design, `vacuity` says what the run says nothing about: `rules_not_exercised` ({"id",
// "why"}), `questions_not_reached`, `parameters_without_effect`, and for each parameter of the
// document how often it was `given`, `compared` with an equal request without it, and `effective`.
// `repro` names repro/NAME.sh for each finding if `with_repro`, and is "" otherwise.
std::string ReportJson(const RecordedRun& run, bool with_repro);

}  // namespace assay
