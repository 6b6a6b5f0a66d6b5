#include "reference/session/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace assay {
namespace {

using Clock = Pacer::Clock;
using std::chrono::milliseconds;

// Sends so many requests, one after another, to a target that answers in 0.1 ms; `takes` says
// whether it lets one pass. How long that took.
Clock::duration Drive(int requests, const std::function<bool(Clock::time_point)>& takes,
                      Clock::time_point begin = Clock::time_point{} + std::chrono::hours(1)) {
  Pacer pacer;
  Clock::time_point now = begin;
  for (int passed = 0; passed < requests;) {
    now = std::max(now, pacer.not_before());
    pacer.Sent(now);
    now += std::chrono::microseconds(100);
    if (takes(now)) {
      pacer.Passed();
      ++passed;
    } else {
      pacer.Throttled(now, milliseconds(200), false);
    }
  }
  return now - begin;
}

TEST(Pacer, IsNotSlowedByATargetThatThrottlesAtAnyPace) {
  for (const int every : {10, 20, 50}) {
    int count = 0;
    const auto took = Drive(20'000, [&](Clock::time_point) { return ++count % every != 0; });
    EXPECT_LT(took, std::chrono::seconds(10)) << every;
  }
}

TEST(Pacer, IsNotSlowedByATargetThatThrottlesAtRandom) {
  std::mt19937 random(1);
  const auto took = Drive(20'000, [&](Clock::time_point) { return random() % 20 != 0; });
  EXPECT_LT(took, std::chrono::seconds(40));
}

// A bucket of 20 that fills at so many a second.
TEST(Pacer, FindsThePaceOfATargetThatCounts) {
  for (const int pace : {20, 100, 1000}) {
    double tokens = 20;
    int refused = 0;
    Clock::time_point last{};
    const auto takes = [&](Clock::time_point now) {
      tokens = std::min(20.0, tokens + std::chrono::duration<double>(now - last).count() * pace);
      last = now;
      if (tokens < 1) return refused++, false;
      tokens -= 1;
      return true;
    };
    const auto took = Drive(4000, takes);
    EXPECT_LT(took, std::chrono::milliseconds(4000 * 1000 / pace * 5 / 2)) << pace;
    EXPECT_LT(refused, 400) << pace;
  }
}

// So many in each second.
TEST(Pacer, BearsATargetThatCountsBySeconds) {
  int in_second = 0, refused = 0;
  std::chrono::seconds second{};
  const auto takes = [&](Clock::time_point now) {
    const auto current = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    if (current != second) in_second = 0;
    second = current;
    if (++in_second <= 40) return true;
    return refused++, false;
  };
  EXPECT_LT(Drive(1000, takes), std::chrono::seconds(100));
  EXPECT_LT(refused, 400);
}

}  // namespace
}  // namespace assay
