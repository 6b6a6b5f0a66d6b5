#include "reference/findings/trigger.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

Trigger Of(std::vector<Parameter> parameters) {
  parameters.push_back({"Action", "DescribeSnapshots"});
  parameters.push_back({"RegionId", "cn-hangzhou"});
  Finding finding;
  finding.request.parameters = std::move(parameters);
  return TriggerOf(finding);
}

TEST(Trigger, IsTheNamesOfFiltersAndTheWayOfPaging) {
  const Trigger trigger = Of({{"Status", "failed"}, {"Tag.12.Key", "a"}, {"PageSize", "3"}});
  EXPECT_EQ(trigger.filters, (std::set<std::string>{"Status", "Tag.Key"}));
  EXPECT_EQ(trigger.paging, std::set<std::string>{"PageSize=3"});
}

TEST(Trigger, HoldsWhatTheRequestsBeforeAskFor) {
  Finding finding;
  finding.request.parameters = {{"NextToken", "$token.1"}};
  finding.before = {{.parameters = {{"MaxResults", "10"}, {"Usage", "none"}}}};
  EXPECT_EQ(TriggerOf(finding).filters, std::set<std::string>{"Usage"});
  EXPECT_EQ(TriggerOf(finding).paging, (std::set<std::string>{"MaxResults=10", "NextToken"}));
}

TEST(Trigger, OfAFilterIsWithinItsCombinations) {
  const Trigger status = Of({{"Status", "failed"}});
  EXPECT_TRUE(IsWithin(status, Of({{"Status", "accomplished"}, {"PageSize", "1"}})));
  EXPECT_TRUE(IsWithin(status, Of({{"Status", "accomplished"}, {"Usage", "none"}})));
  EXPECT_FALSE(IsWithin(status, Of({{"Usage", "none"}})));
  EXPECT_FALSE(IsWithin(status, Of({})));
}

TEST(Trigger, OfListsWithoutFiltersIsAlikeInOneWayOfPaging) {
  const Trigger pages = Of({{"PageNumber", "2"}});
  EXPECT_TRUE(AreOfPlainLists(pages, Of({{"PageSize", "7"}})));
  EXPECT_TRUE(AreOfPlainLists(pages, Of({})));
  EXPECT_FALSE(AreOfPlainLists(pages, Of({{"MaxResults", "20"}})));
  EXPECT_FALSE(AreOfPlainLists(pages, Of({{"PageNumber", "2"}, {"Status", "failed"}})));
  EXPECT_FALSE(IsWithin(pages, Of({{"PageSize", "7"}})));
  EXPECT_FALSE(IsWithin(Of({}), Of({{"Status", "failed"}})));
}

TEST(Trigger, OfAPageSizeIsWithinEveryListOfThatSize) {
  const Trigger one = Of({{"PageSize", "1"}});
  EXPECT_TRUE(IsWithin(one, Of({{"PageSize", "1"}, {"Usage", "none"}})));
  EXPECT_FALSE(IsWithin(one, Of({{"PageSize", "2"}, {"Usage", "none"}})));
}

TEST(Trigger, ThatIsPlainerComesFirst) {
  EXPECT_LT(Of({{"PageSize", "1"}}), Of({{"Usage", "none"}}));
  EXPECT_LT(Of({}), Of({{"PageSize", "1"}}));
  EXPECT_FALSE(Of({{"Usage", "none"}}) < Of({{"Status", "all"}}));
}

}  // namespace
}  // namespace assay
