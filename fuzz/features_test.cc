#include "fuzz/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace assay {
namespace {

// A refusal with that code.
std::size_t NewsOf(int status, const std::string& code, const Request& request = {}) {
  const Response response{.status = status, .content_type = "application/json", .body = ""};
  ObservedAnswer answer;
  answer.status = status;
  answer.code = {ObservedValue::Kind::kText, code};
  BeginInput("");
  ShowAnswer(request, response, answer, 0);
  return EndInput();
}

TEST(Features, AreNewOnce) {
  const std::uint64_t before = CountFeatures().all;
  const std::size_t news = NewsOf(471, "First");
  EXPECT_GT(news, 0U);
  EXPECT_EQ(CountFeatures().all, before + news);
  EXPECT_EQ(NewsOf(471, "First"), 0U);
  EXPECT_GT(NewsOf(471, "Second"), 0U);
}

TEST(Features, TellWhichParameterWasGiven) {
  (void)NewsOf(472, "Third");
  const Request request{.parameters = {{"Usage", "none"}}};
  EXPECT_GT(NewsOf(472, "Third", request), 0U);
  EXPECT_EQ(NewsOf(472, "Third", request), 0U);
}

TEST(Features, CountThoseOfOneInputAndOfTwo) {
  const FeatureCounts before = CountFeatures();
  const std::size_t news = NewsOf(473, "Fourth");
  EXPECT_EQ(CountFeatures().once, before.once + news);
  (void)NewsOf(473, "Fourth");
  EXPECT_EQ(CountFeatures().once, before.once);
  EXPECT_EQ(CountFeatures().twice, before.twice + news);
  (void)NewsOf(473, "Fourth");
  EXPECT_EQ(CountFeatures().twice, before.twice);
}

TEST(Features, OfOneInputAreThoseOfItsAnswersAlone) {
  (void)NewsOf(477, "Ninth");
  const std::vector<std::uint32_t> ninth = FeaturesOfInput();
  EXPECT_TRUE(std::ranges::is_sorted(ninth));
  (void)NewsOf(478, "Tenth");
  const std::vector<std::uint32_t> tenth = FeaturesOfInput();
  EXPECT_NE(tenth, ninth);
  (void)NewsOf(477, "Ninth");
  EXPECT_EQ(FeaturesOfInput(), ninth);
}

TEST(Features, AreFewerIfLessGuides) {
  GuideBy(Guidance::kStatus);
  EXPECT_EQ(NewsOf(474, "Fifth"), 1U);
  EXPECT_EQ(NewsOf(474, "Sixth"), 0U);
  GuideBy(Guidance::kNone);
  (void)NewsOf(475, "Seventh");
  EXPECT_EQ(NewsOf(476, "Eighth"), 0U);
  GuideBy(Guidance::kAnswers);
}

}  // namespace
}  // namespace assay
