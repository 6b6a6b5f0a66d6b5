#include "fuzz/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace assay {
namespace {

// Of a refusal with that code.
InputFeatures FeaturesOf(int status, const std::string& code, const Request& request = {}) {
  const Response response{.status = status, .content_type = "application/json", .body = ""};
  ObservedAnswer answer;
  answer.status = status;
  answer.code = {ObservedValue::Kind::kText, code};
  InputFeatures input("");
  input.ShowAnswer(request, response, answer, 0);
  return input;
}

std::size_t NewsOf(int status, const std::string& code, const Request& request = {}) {
  return CountInput(FeaturesOf(status, code, request));
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
  const std::vector<std::uint32_t> ninth = FeaturesOf(477, "Ninth").numbers();
  EXPECT_TRUE(std::ranges::is_sorted(ninth));
  EXPECT_NE(FeaturesOf(478, "Tenth").numbers(), ninth);
  EXPECT_EQ(FeaturesOf(477, "Ninth").numbers(), ninth);
}

// The option that a target takes shows in the answers that depend on it.
TEST(Features, TellWhichOpenQuestionsCameUp) {
  const auto shown = [](std::size_t question, int status) {
    InputFeatures input("");
    Verdict verdict;
    verdict.asked.set(question);
    input.ShowVerdict(verdict, status);
    return input.numbers();
  };
  EXPECT_NE(shown(0, 200), shown(1, 200));
  EXPECT_NE(shown(0, 200), shown(0, 400));
  EXPECT_EQ(shown(0, 200), shown(0, 200));
}

// What a target answers in one situation and not in another is worth an input of its own.
TEST(Features, TellWhatIsAnsweredBySituation) {
  const Question question = "name.repeated"_question;
  const auto shown = [&](std::initializer_list<Option> options) {
    InputFeatures input("");
    Verdict verdict;
    if (options.size() > 0) {
      verdict.by_situation.push_back({question, OptionSet::Of(question, options)});
    }
    input.ShowVerdict(verdict, 200);
    return input.numbers();
  };
  EXPECT_NE(shown({}), shown({"first"_option}));
  EXPECT_NE(shown({"first"_option}), shown({"last"_option}));
  EXPECT_NE(shown({"first"_option}), shown({"first"_option, "last"_option}));
  EXPECT_EQ(shown({"first"_option}), shown({"first"_option}));
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
