#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "reports/journal.h"

namespace assay {

// What is known of an output: a terminal or not, its width, whether colours are welcome there
// (a terminal, NO_COLOR unset or empty, TERM not "dumb").
struct TerminalStyle {
  bool is_terminal = false;
  bool colours = false;
  int columns = 80;
};
// The style of a file descriptor: 1 for standard output, 2 for standard error.
TerminalStyle DescribeTerminal(int file_descriptor);

enum class ProgressMode { kAuto, kPlain, kOff };
// The mode of `--progress`; an error that lists the modes otherwise.
Result<ProgressMode> ParseProgressMode(const std::string& text);

// Shows how far a run is: on a terminal a bar in one line, at most 10 times a second; elsewhere
// (or in mode kPlain) a line when a suite begins and ends, and every 5 seconds between.
class Progress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  Progress(std::ostream& out, ProgressMode mode, const TerminalStyle& style,
           Clock clock = std::chrono::steady_clock::now);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Begins a suite and ends the one before; `expected` exchanges, 0 where unknown.
  void Begin(std::string_view suite, std::uint64_t expected);
  // The suite's exchanges and the run's findings so far. Cheap: to be called for every exchange.
  void Update(std::uint64_t done, std::uint64_t findings);
  // Ends the last suite; the line is left clean for what is printed next.
  void End();

 private:
  std::string Line() const;
  void Show();

  std::ostream& out_;
  const bool off_;
  const bool bar_;
  const TerminalStyle style_;
  const Clock clock_;
  std::string suite_;
  std::uint64_t expected_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t findings_ = 0;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point shown_;
};

// The text at the end of a run, for somebody who never saw the program: what was judged, the
// findings, the reading, the verdict. `out_dir` is the folder with the reports. Long values are
// shortened, control characters shown as escapes.
std::string TerminalSummary(const RecordedRun& run, const std::string& out_dir,
                            const TerminalStyle& style);

}  // namespace assay
