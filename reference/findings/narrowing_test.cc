#include "reference/findings/narrowing.h"

#include <gtest/gtest.h>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/reading/choices.h"

namespace assay {
namespace {

std::vector<std::string> Names(const Conditions& conditions) {
  std::vector<std::string> out;
  for (const Condition& condition : conditions) out.push_back(condition.parameter);
  return out;
}

TEST(Narrowing, TakesWhatARequestGivesBesideWhatTheFaultIgnores) {
  const Fault& fault = *FindFault("filter.usage.ignored");
  const Request request = Ask({{"Usage", "none"}, {"Tag.3.Key", "a"}, {"PageSize", "1"}});
  EXPECT_EQ(Names(ConditionsOf(request, fault, Values::kNone)),
            (std::vector<std::string>{"Tag.Key", "PageSize"}));
  EXPECT_EQ(Names(ConditionsOf(request, fault, Values::kAll)),
            (std::vector<std::string>{"RegionId", "Format", "Usage", "Tag.Key", "PageSize"}));
}

TEST(Narrowing, SaysWhenTheFaultShows) {
  const Fault& fault = *FindFault("filter.usage.ignored");
  EXPECT_EQ(Narrowed(fault, {{"Status", {}}}).title, "ignores Usage if Status is given");
  EXPECT_EQ(Narrowed(fault, {{"Status", "all"}, {"PageSize", {}}, {"Tag.Key", {}}}).title,
            "ignores Usage if Status=all, PageSize and Tag.Key are given");
  EXPECT_EQ(Narrowed(fault, {{"Usage", "none"}, {"Status", {}}}).title,
            "ignores Usage=none if Status is given");
  EXPECT_EQ(
      Narrowed(*FindFault("filter.disk_id.lists_nothing"), {{"DiskId", {}}, {"Usage", {}}}).title,
      "finds nothing by DiskId if Usage is given");
}

TEST(Narrowing, KnowsRequestsWithAnyFilter) {
  EXPECT_FALSE(GivesFilter(Ask({{"PageSize", "1"}, {"Version", "2014-05-26"}})));
  EXPECT_TRUE(GivesFilter(Ask({{"Tag.3.Key", "a"}})));
  EXPECT_TRUE(GivesFilter(Ask({{"Category", "flash"}, {"MaxResults", "10"}})));
  EXPECT_EQ(Narrowed(*FindFault("paging.total.one_less"), {{}}).title,
            "counts one too few in TotalCount if any filter is given");
  EXPECT_EQ(Narrowed(*FindFault("filter.usage.ignored"), {{}}).title,
            "ignores Usage if any filter is given");
}

TEST(Narrowing, LimitsTheFaultToRequestsThatMeetEveryCondition) {
  const Fault fault =
      Narrowed(*FindFault("filter.usage.ignored"), {{"Status", "all"}, {"Tag.Key", {}}});
  const auto shows = [&](Pairs parameters) {
    const Request request = Ask(parameters);
    FixedReading choices;
    FaultMemory memory;
    return fault.when(
        {.dataset = TestDataset(), .request = request, .choices = choices, .memory = memory});
  };
  EXPECT_TRUE(shows({{"Status", "all"}, {"Tag.7.Key", "x"}}));
  EXPECT_FALSE(shows({{"Status", "failed"}, {"Tag.7.Key", "x"}}));
  EXPECT_FALSE(shows({{"Status", "all"}}));
}

}  // namespace
}  // namespace assay
