#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/journal/journal.h"
#include "reports/render/terminal.h"

namespace assay {

// A text of a run as a terminal may show it: without secrets, on one line, shortened.
std::string TerminalValue(std::string_view text, std::size_t limit = 300);

// The lines of one list, indented, without a heading; empty if there is nothing to list. Names that
// stand one after the other fill lines of that width.
std::vector<std::string> LinesOf(const RecordedRun& run, const std::string& out_dir,
                                 Section section, std::size_t width);

enum class Detail {
  kFull,   // everything that is known
  kBrief,  // what happened and how to see it again
};

// The finding, but for its heading.
std::vector<std::string> FindingLines(const RecordedRun& run, const std::string& out_dir,
                                      const Finding& finding, Detail detail);

}  // namespace assay
