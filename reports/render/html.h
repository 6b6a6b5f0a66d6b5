#pragma once

#include <string>
#include <string_view>

#include "reports/journal/journal.h"

namespace assay {

// `report.html`: one file with nothing to load. It can be read without its script, which copies
// commands and filters rules. Everything from the target is escaped.
// `folder` is where it is written, as a reader's commands name it; "" if that is not known.
std::string HtmlPage(const RecordedRun& run, const std::string& folder = "");

// The page around a body that is markup already; `title` is plain text. Its policy allows the style
// and the script of html_assets.h alone.
std::string WrapHtmlPage(const std::string& title, const std::string& body);

}  // namespace assay
