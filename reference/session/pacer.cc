#include "reference/session/pacer.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace assay {

void Pacer::Sent(Clock::time_point now) {
  if (interval_ > kShortest) not_before_ = std::max(not_before_, now + interval_);
}

void Pacer::Passed() {
  ++passed_;
  // Near the pace at which it throttled before, in small steps.
  if (interval_ > kShortest) interval_ -= interval_ / (5 * interval_ > 6 * edge_ ? 100 : 1000);
}

// At half the pace a target that counts requests lets many more pass; and if the next ones are sent
// at once, it throttles them, too.
void Pacer::Learn() {
  constexpr int kFew = 8, kSome = 16, kMany = 256;  // of four runs
  constexpr int kAgainAfter = 12;
  runs_[static_cast<std::size_t>(throttled_++) % runs_.size()] = std::exchange(passed_, 0);
  const int passed = std::accumulate(runs_.begin(), runs_.end(), 0);
  if (throttled_ < wait_) return;
  if (at_any_pace_ && passed < kFew) {
    at_any_pace_ = false;
    wait_ = throttled_ + kAgainAfter;
  } else if (!at_any_pace_ && passed >= kSome && passed <= kMany) {
    at_any_pace_ = true;
  }
}

void Pacer::Throttled(Clock::time_point now, std::chrono::milliseconds wait, bool told) {
  if (told) not_before_ = std::max(not_before_, now + wait);
  // Answers to requests that were under way together complain about the same pace.
  if (now < slowed_until_) return;
  Learn();
  if (at_any_pace_) return;
  edge_ = interval_;
  interval_ = std::clamp(2 * interval_, 2 * kShortest, kLongest);
  slowed_until_ = now + wait + 8 * interval_;
  not_before_ = std::max(not_before_, now + wait);
}

}  // namespace assay
