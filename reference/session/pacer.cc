#include "reference/session/pacer.h"

#include <algorithm>

namespace assay {

void Pacer::Sent() {
  if (interval_ > kShortest) not_before_ = std::max(not_before_, Clock::now() + interval_);
}

void Pacer::Passed() {
  if (interval_ > kShortest) interval_ -= interval_ / 100;
}

void Pacer::Throttled(std::chrono::milliseconds wait) {
  const Clock::time_point now = Clock::now();
  // Answers to requests that were under way together complain about the same pace.
  if (now >= slowed_until_) {
    interval_ = std::clamp(2 * interval_, 2 * kShortest, kLongest);
    slowed_until_ = now + wait + 8 * interval_;
  }
  not_before_ = std::max(not_before_, now + wait);
}

}  // namespace assay
