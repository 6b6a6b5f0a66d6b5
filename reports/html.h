#pragma once

#include <string>

#include "reports/journal.h"

namespace assay {

// `report.html`: one file without scripts and without anything to load; filters are anchors.
// Everything from the target is escaped. Of an evidence's body at most 64 KiB are shown.
std::string HtmlPage(const RecordedRun& run);

// The page around a body that is markup already; `title` is plain text.
std::string WrapHtmlPage(const std::string& title, const std::string& body);

}  // namespace assay
