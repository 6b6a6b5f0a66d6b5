#include "reference/auth/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace assay {

RateLimit::RateLimit(double rate) : rate_(rate), most_(std::max(1.0, rate / 10)), saved_(most_) {}

std::chrono::milliseconds RateLimit::Take(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (last_ != Clock::time_point{}) {
    const double gained = std::chrono::duration<double>(now - last_).count() * rate_;
    saved_ = std::min(most_, saved_ + std::max(0.0, gained));
  }
  last_ = std::max(last_, now);
  if (saved_ >= 1) {
    saved_ -= 1;
    return std::chrono::milliseconds(0);
  }
  const double wait_ms = std::ceil((1 - saved_) / rate_ * 1000);
  return std::chrono::milliseconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(wait_ms)));
}

}  // namespace assay
