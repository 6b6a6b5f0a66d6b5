#pragma once

#include <array>
#include <chrono>

namespace assay {

// How fast requests may follow each other: as fast as the target takes them until it throttles,
// then at half that pace, and gradually faster again. A target that throttles one answer in so many
// at any pace is not slowed down for.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  // When the next request may be sent.
  Clock::time_point not_before() const { return not_before_; }

  void Sent(Clock::time_point now);
  // To be called when an answer was not throttled.
  void Passed();
  // `wait`: until the request is sent again; `told`: the target asked for that itself.
  void Throttled(Clock::time_point now, std::chrono::milliseconds wait, bool told);

 private:
  static constexpr Clock::duration kShortest = std::chrono::microseconds(100);
  static constexpr Clock::duration kLongest = std::chrono::seconds(1);

  // Notes that it throttled again, and whether the pace has nothing to do with it.
  void Learn();

  Clock::duration interval_ = kShortest, edge_ = kShortest;  // now, and when it throttled
  Clock::time_point not_before_{}, slowed_until_{};
  int passed_ = 0;                // answers since it throttled
  std::array<int, 4> runs_{};     // the same between the last times that it did
  int throttled_ = 0, wait_ = 4;  // how often it did, and when it may be found indifferent
  bool at_any_pace_ = false;
};

}  // namespace assay
