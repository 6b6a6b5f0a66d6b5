#pragma once

#include <chrono>
#include <string>

namespace assay {

// Says that a run is to end before it is complete, and why: its time is over, or a signal came.
class StopSign {
 public:
  using Clock = std::chrono::steady_clock;

  // From then on it is up: "after 30 s (--max-time)".
  void StopAt(Clock::time_point when, std::string why);

  bool IsUp() const;
  // Why it is up: "by a signal (SIGINT)".
  std::string Why() const;

 private:
  Clock::time_point deadline_ = Clock::time_point::max();
  std::string why_late_;
};

// From now on SIGINT and SIGTERM put every StopSign up; the second one ends the program at once. A
// closed pipe is an error of the write, and no signal.
void StopOnSignals();

}  // namespace assay
