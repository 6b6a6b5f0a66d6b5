#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "reports/render/terminal.h"
#include "spec/text/result.h"

namespace assay {

enum class ProgressMode { kAuto, kPlain, kOff };
// The mode of `--progress`; an error that lists the modes otherwise.
Result<ProgressMode> ParseProgressMode(const std::string& text);

// Shows how far a run is: the share of its tests that are done, requests a second, kinds of
// failures, the time that is left. On a terminal that is one line, drawn anew at most 10 times a
// second; elsewhere (or in mode kPlain) a line every 5 seconds, and one at the end.
class Progress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  Progress(std::ostream& out, ProgressMode mode, const TerminalStyle& style,
           Clock clock = std::chrono::steady_clock::now);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Begins a part of the work: so many tests of the run are done, of so many.
  void Begin(std::string_view part, std::uint64_t done, std::uint64_t of);
  // One more request was answered. Cheap.
  void CountRequest();
  // One more kind of failure was seen.
  void CountFailure() { ++failures_; }
  // Leaves the line clean for what is printed next.
  void End();

 private:
  std::string Line() const;
  std::string TimeLeft(double seconds) const;
  void Show();

  std::ostream& out_;
  const bool off_;
  const bool drawn_;
  const TerminalStyle style_;
  const Clock clock_;
  std::string part_;
  std::uint64_t done_ = 0, of_ = 0;
  std::uint64_t requests_ = 0, failures_ = 0;
  bool running_ = false;
  std::chrono::steady_clock::time_point begun_, shown_;
};

}  // namespace assay
