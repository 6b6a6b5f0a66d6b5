#pragma once

#include <array>
#include <string>
#include <string_view>

#include "reports/journal/journal.h"
#include "spec/text/enum_names.h"

namespace assay {

// What is known about an output: a terminal or not, its width, whether colours are welcome there (a
// terminal, NO_COLOR unset or empty, TERM not "dumb").
struct TerminalStyle {
  bool is_terminal = false;
  bool colours = false;
  int columns = 80;
};
// The style of a file descriptor: 1 for standard output, 2 for standard error.
TerminalStyle DescribeTerminal(int file_descriptor);

// The lists that a summary only counts.
enum class Section { kFindings, kLearned, kOpen, kNotShown, kUnforeseen, kWithoutEffect };
template <>
inline constexpr std::array<std::string_view, 6> kNamesOf<Section> = {
    "findings", "learned", "open", "not-shown", "unforeseen", "without-effect"};

// The most lines of a summary without `verbose`.
inline constexpr std::size_t kSummaryLines = 40;

// The text at the end of a run, for somebody who has never seen the program: what was judged,
// counts with the commands that list what they count, the finding that explains most in full, all
// findings with a line each, the verdict. `out_dir` is the folder with the reports. With `verbose`
// everything is listed. Long values are shortened, control characters shown as escapes. On a
// terminal lines are broken between words.
std::string TerminalSummary(const RecordedRun& run, const std::string& out_dir,
                            const TerminalStyle& style, bool verbose = false);

// One list in full; a line that says so if it is empty.
std::string TerminalSection(const RecordedRun& run, const std::string& out_dir, Section section,
                            const TerminalStyle& style = {});

}  // namespace assay
