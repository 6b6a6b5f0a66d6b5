#include "reference/auth/rate_limit.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using std::chrono::milliseconds;

TEST(RateLimit, LetsSoManyThroughInASecond) {
  RateLimit limit(20);
  const RateLimit::Clock::time_point start{std::chrono::hours(1)};
  int passed = 0;
  for (int ms = 0; ms < 2000; ++ms) passed += limit.Take(start + milliseconds(ms)).count() == 0;
  EXPECT_GE(passed, 40);
  EXPECT_LE(passed, 42);  // two at once in the beginning
}

TEST(RateLimit, SaysHowLongToWait) {
  RateLimit limit(2);
  const RateLimit::Clock::time_point start{std::chrono::hours(1)};
  EXPECT_EQ(limit.Take(start), milliseconds(0));
  EXPECT_EQ(limit.Take(start), milliseconds(500));
  EXPECT_EQ(limit.Take(start + milliseconds(100)), milliseconds(400));
  EXPECT_EQ(limit.Take(start + milliseconds(500)), milliseconds(0));
}

TEST(RateLimit, SavesNoMoreThanATenthOfASecond) {
  RateLimit limit(100);
  const RateLimit::Clock::time_point start{std::chrono::hours(1)};
  (void)limit.Take(start);
  const auto later = start + std::chrono::hours(1);
  int passed = 0;
  while (limit.Take(later).count() == 0) ++passed;
  EXPECT_EQ(passed, 10);
}

TEST(RateLimit, IsNotConfusedByATimeThatLiesBehind) {
  RateLimit limit(1);
  const RateLimit::Clock::time_point start{std::chrono::hours(1)};
  EXPECT_EQ(limit.Take(start).count(), 0);
  EXPECT_GT(limit.Take(start - milliseconds(500)).count(), 0);
  EXPECT_EQ(limit.Take(start + milliseconds(1000)).count(), 0);
}

}  // namespace
}  // namespace assay
