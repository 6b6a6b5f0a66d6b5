#include "reference/reading/path_choices.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace assay {
namespace {

constexpr Question kNeither = "paging.neither"_question;               // 2 options
constexpr Question kOrder = "paging.order"_question;                   // 3 options
constexpr Question kTotal = "paging.total_count.token_mode"_question;  // 4 options

// The options whose bits are set, the first one lowest.
OptionSet Options(unsigned bits) {
  OptionSet out;
  for (int i = 0; i < 16; ++i) {
    if ((bits >> i) & 1U) out |= OptionSet::At(i);
  }
  return out;
}

// What a model picks on one run, as text.
using Model = std::function<std::string(Choices&)>;

std::vector<std::string> Paths(const Model& model, const ReadingSpace& space) {
  PathChoices choices(space.domains(), [](const Refusal&) { return false; });
  std::vector<std::string> out;
  do {
    out.push_back(model(choices));
  } while (choices.Advance());
  return out;
}

std::string Name(Choices& choices, Question question) {
  return std::string(Id(choices.Pick(question)));
}

TEST(PathChoices, TakesTheOnePathWhereNothingIsAsked) {
  EXPECT_EQ(Paths([](Choices&) { return "asked nothing"; }, ReadingSpace()).size(), 1u);
}

TEST(PathChoices, TakesEveryCombinationOnce) {
  const auto paths =
      Paths([](Choices& c) { return Name(c, kNeither) + Name(c, kOrder) + Name(c, kTotal); },
            ReadingSpace());
  EXPECT_EQ(paths.size(), 24u);
  EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), 24u);
}

TEST(PathChoices, AsksOnWhatEachPathAsks) {
  const auto paths = Paths(
      [](Choices& c) {
        std::string out = Name(c, kNeither);
        if (out == "token_mode") out += " " + Name(c, kTotal);
        if (out == "token_mode zero") out += " " + Name(c, kOrder);
        return out;
      },
      ReadingSpace());
  EXPECT_EQ(paths.size(), 1u + 3u + 3u);
  EXPECT_EQ(std::set<std::string>(paths.begin(), paths.end()).size(), paths.size());
}

TEST(PathChoices, AnswersOneQuestionAlikeOnOnePath) {
  const auto paths = Paths(
      [](Choices& c) {
        const std::string first = Name(c, kOrder);
        (void)c.Pick(kNeither);
        EXPECT_EQ(Name(c, kOrder), first);
        return first;
      },
      ReadingSpace());
  EXPECT_EQ(paths.size(), 6u);
}

TEST(PathChoices, TakesOnlyOptionsThatAreStillPossible) {
  ReadingSpace space;
  ASSERT_TRUE(space.Restrict({{{kTotal, Options(0b1010)}}}));
  ASSERT_TRUE(space.Restrict({{{kNeither, Options(0b10)}}}));
  const auto paths =
      Paths([](Choices& c) { return Name(c, kNeither) + " " + Name(c, kTotal); }, space);
  EXPECT_EQ(paths, (std::vector<std::string>{"token_mode zero", "token_mode anything"}));
}

TEST(PathChoices, TellsWhatAPathTookAndLeavesOutWhatIsSettled) {
  ReadingSpace space;
  ASSERT_TRUE(space.Restrict({{{kNeither, Options(0b01)}}}));
  PathChoices choices(space.domains(), [](const Refusal&) { return false; });
  EXPECT_TRUE(choices.Taken().empty());
  (void)choices.Pick(kTotal);
  (void)choices.Pick(kNeither);
  (void)choices.Pick(kOrder);
  (void)choices.Pick(kTotal);
  Explanation expected{{kOrder, Options(0b001)}, {kTotal, Options(0b0001)}};
  EXPECT_EQ(choices.Taken(), expected);
  ASSERT_TRUE(choices.Advance());
  (void)choices.Pick(kTotal);
  (void)choices.Pick(kNeither);
  (void)choices.Pick(kOrder);
  expected[0].options = Options(0b010);
  EXPECT_EQ(choices.Taken(), expected);
}

TEST(PathChoices, NamesEveryQuestionThatAnyPathAsked) {
  const ReadingSpace space;
  PathChoices walk(space.domains(), [](const Refusal&) { return false; });
  do {
    if (Name(walk, kNeither) == "token_mode") (void)walk.Pick(kTotal);
  } while (walk.Advance());
  EXPECT_EQ(walk.asked(), (std::vector<Question>{kNeither, kTotal}));
}

TEST(PathChoices, PassesRefusalsOn) {
  const ReadingSpace space;
  int told = 0;
  PathChoices choices(space.domains(), [&](const Refusal& refusal) {
    ++told;
    return refusal.any_code;
  });
  EXPECT_FALSE(choices.Refuse({}));
  EXPECT_TRUE(choices.Refuse({.any_code = true}));
  EXPECT_EQ(told, 2);
}

TEST(PathChoices, ForgetsWhatAShorterRunNoLongerAsks) {
  // The second run stops early; the steps behind its end belong to no path.
  const ReadingSpace space;
  PathChoices choices(space.domains(), [](const Refusal&) { return false; });
  int runs = 0;
  do {
    const std::string mode = Name(choices, kNeither);
    if (mode == "page_mode") (void)choices.Pick(kOrder);
    ++runs;
  } while (choices.Advance());
  EXPECT_EQ(runs, 4);
}

TEST(FixedReading, HasThePinsAndElseTheFirstOptions) {
  FixedReading fixed({"", {{kTotal, "zero"_option}}});
  EXPECT_EQ(fixed.Pick(kTotal), "zero"_option);
  EXPECT_EQ(fixed.Pick(kNeither), Catalogue::Get()[kNeither].options.front().id);
  EXPECT_EQ(fixed.Pick(kTotal), "zero"_option);
}

TEST(Choices, KeepsMarksUntilTheyAreCleared) {
  FixedReading fixed;
  fixed.Mark("page.size.limits"_rule);
  EXPECT_TRUE(fixed.marks()[Index("page.size.limits"_rule)]);
  EXPECT_EQ(fixed.marks().count(), 1u);
  fixed.ClearMarks();
  EXPECT_TRUE(fixed.marks().none());
}

}  // namespace
}  // namespace assay
