#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "reference/state/living_state.h"

namespace assay {

// The other client: makes `rate` changes of a Churn a second, from its construction to its
// destruction.
class Churner {
 public:
  // The state holds at least one snapshot and room for Churn::Room() more; it outlives the churner.
  Churner(LivingState& state, std::uint64_t seed, double rate);
  ~Churner();
  Churner(const Churner&) = delete;
  Churner& operator=(const Churner&) = delete;

 private:
  void Work();

  LivingState& state_;
  Churn churn_;
  const double rate_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace assay
