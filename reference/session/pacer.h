#pragma once

#include <chrono>

namespace assay {

// How fast requests may follow each other: as fast as the target takes them until it throttles,
// then at half that pace, and gradually faster again.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  // When the next request may be sent.
  Clock::time_point not_before() const { return not_before_; }

  void Sent();
  // To be called when an answer was not throttled.
  void Passed();
  void Throttled(std::chrono::milliseconds wait);

 private:
  static constexpr Clock::duration kShortest = std::chrono::microseconds(100);
  static constexpr Clock::duration kLongest = std::chrono::seconds(1);

  Clock::duration interval_ = kShortest;
  Clock::time_point not_before_{}, slowed_until_{};
};

}  // namespace assay
