#include "reference/reading/option_set.h"

#include <gtest/gtest.h>

#include <vector>

#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

std::vector<int> PositionsOf(OptionSet set) {
  std::vector<int> out;
  for (const int position : set) out.push_back(position);
  return out;
}

TEST(OptionSet, HoldsTheOptionsOfAQuestionByTheirPosition) {
  const Question order = "paging.order"_question;
  const OptionSet set = OptionSet::Of(order, {"oldest_first"_option, "newest_first"_option});
  EXPECT_EQ(set.size(), 2);
  for (const QuestionInfo& question : AllQuestions()) {
    const OptionSet all = OptionSet::All(question.id);
    EXPECT_EQ(all.size(), static_cast<int>(question.options.size())) << Id(question.id);
    for (const int position : all) {
      const Option option = OptionAt(question.id, position);
      EXPECT_EQ(OptionSet::Of(question.id, {option}), OptionSet::At(position));
    }
  }
}

TEST(OptionSet, IsWalkedThroughInAscendingOrder) {
  const OptionSet set = OptionSet::At(4) | OptionSet::At(0) | OptionSet::At(2);
  EXPECT_EQ(PositionsOf(set), (std::vector<int>{0, 2, 4}));
  EXPECT_EQ(set.First(), 0);
  EXPECT_EQ(PositionsOf(OptionSet()), std::vector<int>{});
}

TEST(OptionSet, IsCombinedAsASet) {
  const OptionSet low = OptionSet::At(0) | OptionSet::At(1), high = OptionSet::At(1);
  EXPECT_EQ(low & high, high);
  EXPECT_EQ(low - high, OptionSet::At(0));
  EXPECT_TRUE(high.IsWithin(low));
  EXPECT_FALSE(low.IsWithin(high));
  EXPECT_TRUE((high - low).empty());
  EXPECT_TRUE(high.Only());
  EXPECT_FALSE(low.Only());
  EXPECT_FALSE(OptionSet().Only());
  EXPECT_TRUE(low.Has(1));
  EXPECT_FALSE(low.Has(2));
}

}  // namespace
}  // namespace assay
