#pragma once

#include <chrono>
#include <mutex>

namespace assay {

// Lets `rate` requests a second through, and at most a tenth of a second's worth at once. Safe to
// call from several threads.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RateLimit(double rate);  // more than 0

  // 0 if the request may pass; otherwise how long to wait before the next one may.
  std::chrono::milliseconds Take(Clock::time_point now);

 private:
  const double rate_;
  const double most_;
  std::mutex mutex_;
  double saved_;  // requests that may pass at once
  Clock::time_point last_{};
};

}  // namespace assay
