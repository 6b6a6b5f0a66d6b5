#include "reports/render/campaign.h"

#include <gtest/gtest.h>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

CampaignTally Campaign(std::uint64_t inputs, std::uint64_t once, std::uint64_t twice) {
  return {.ended = "after 20 s (--max-time)",
          .shown_once = once,
          .shown_twice = twice,
          .samples = {{.seconds = 10, .inputs = inputs / 2, .requests = inputs, .features = 40},
                      {.seconds = 20,
                       .inputs = inputs,
                       .requests = 2 * inputs,
                       .features = 50,
                       .findings = 3,
                       .corpus = 30}}};
}

TEST(Campaign, EstimatesWhatIsLeftToExpect) {
  const DiscoveryEstimate estimate = EstimateDiscovery(Campaign(1000, 100, 50));
  EXPECT_DOUBLE_EQ(estimate.probability, 0.1);
  // 1.96 × √(100 × 0.9 + 2 × 50) / 1000
  EXPECT_NEAR(estimate.high - estimate.probability, 0.02702, 0.00001);
  EXPECT_NEAR(estimate.probability - estimate.low, 0.02702, 0.00001);
}

TEST(Campaign, IsNeverSureThatNothingIsLeft) {
  const DiscoveryEstimate estimate = EstimateDiscovery(Campaign(1000, 0, 0));
  EXPECT_DOUBLE_EQ(estimate.probability, 0);
  EXPECT_DOUBLE_EQ(estimate.high, 0.003);
}

TEST(Campaign, KnowsNothingBeforeTheFirstInput) {
  EXPECT_DOUBLE_EQ(EstimateDiscovery(Campaign(0, 0, 0)).high, 1);
  EXPECT_DOUBLE_EQ(EstimateDiscovery(Campaign(10, 400, 3)).probability, 1);
}

TEST(Campaign, IsShownAsCurves) {
  RecordedRun run = SampleRun("");
  EXPECT_EQ(CampaignSection(run), "");
  run.trailer.campaign = Campaign(1000, 100, 50);
  const std::string section = CampaignSection(run);
  EXPECT_NE(section.find("1,000 inputs, 50 features, 30 kept; ended after 20 s (--max-time)"),
            std::string::npos);
  EXPECT_NE(section.find("2,000 requests after 20 s"), std::string::npos);
  EXPECT_NE(section.find("3 findings after 20 s"), std::string::npos);
}

}  // namespace
}  // namespace assay
