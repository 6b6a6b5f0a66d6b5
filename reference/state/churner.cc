#include "reference/state/churner.h"

#include <chrono>

namespace assay {

Churner::Churner(LivingState& state, std::uint64_t seed, double rate)
    : state_(state), churn_(*state.Now(), seed), rate_(rate), thread_([this] { Work(); }) {}

Churner::~Churner() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

// One change at a time; on a busy machine, late ones follow at once.
void Churner::Work() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  std::unique_lock lock(mutex_);
  for (std::uint64_t number = 1;; ++number) {
    const std::chrono::duration<double> due(static_cast<double>(number) / rate_);
    const auto at = begun + std::chrono::duration_cast<Clock::duration>(due);
    if (wake_.wait_until(lock, at, [this] { return ends_; })) return;
    lock.unlock();
    state_.Apply(churn_.Next(*state_.Now()));
    lock.lock();
  }
}

}  // namespace assay
