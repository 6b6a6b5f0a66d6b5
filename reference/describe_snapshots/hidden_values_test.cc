// What the judge makes of a state of which only the answers are known.
#include "reference/describe_snapshots/hidden_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "reference/describe_snapshots/made_up.h"
#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/judge/examine_for_test.h"
#include "reference/judge/judge.h"
#include "reference/server/service.h"
#include "reference/watch/inventory.h"

namespace assay {
namespace {

// A judge that knows one region as its answers show it.
class Discovered {
 public:
  Discovered() : service_(TestDataset(), {}) {
    ModelTarget target(TestDataset(), {});
    dataset_ = std::move(ReadInventory(target, "cn-hangzhou")->dataset);
    judge_ = std::make_unique<Judge>(dataset_);
  }

  // What it learns if `asked` gets the answer to `answered`.
  Verdict operator()(const Request& asked, const Request& answered) {
    const Response response = AnswerOf(service_, answered);
    return Examine(*judge_, ++exchanges_, asked, response);
  }
  Verdict operator()(const Request& asked) { return (*this)(asked, asked); }

 private:
  Service service_;
  Dataset dataset_;
  std::unique_ptr<Judge> judge_;
  std::uint64_t exchanges_ = 0;
};

bool Breaks(const Verdict& verdict, std::string_view rule) {
  return std::ranges::any_of(verdict.violations(), [&](const Difference& difference) {
    return Id(difference.rule) == rule;
  });
}

// Two instances of the region, as the state has them.
std::pair<std::string, std::string> TwoInstances() {
  std::set<std::string> out;
  for (const std::uint32_t i : TestDataset().by_region.at("cn-hangzhou")) {
    const Snapshot& snapshot = TestDataset().snapshots[i];
    if (snapshot.Has(Field::kInstanceId)) out.insert(snapshot[Field::kInstanceId]);
  }
  return {*out.begin(), *std::next(out.begin())};
}

Request Of(const std::string& name, const std::string& value) {
  Request request = Ask({{"PageSize", "100"}});
  request.Set(name, value);
  return request;
}

TEST(HiddenValues, OpenWhoHasAValueThatNoAnswerShows) {
  Discovered judge;
  for (const std::string& instance : {TwoInstances().first, TwoInstances().second}) {
    const Verdict verdict = judge(Of("InstanceId", instance));
    EXPECT_TRUE(verdict.violations().empty()) << verdict.violations().front().actual;
    EXPECT_FALSE(verdict.listed.empty());
  }
}

TEST(HiddenValues, NoSnapshotIsOfTwoInstances) {
  Discovered judge;
  const auto [one, other] = TwoInstances();
  EXPECT_TRUE(judge(Of("InstanceId", one)).violations().empty());
  EXPECT_TRUE(
      Breaks(judge(Of("InstanceId", other), Of("InstanceId", one)), "filter.instance_id.selects"));
}

TEST(HiddenValues, WhatAWholeListLeavesOutIsLeftOutUnderMoreFiltersToo) {
  Discovered judge;
  const std::string one = TwoInstances().first;
  EXPECT_TRUE(judge(Of("InstanceId", one)).violations().empty());
  Request more = Of("InstanceId", one);
  more.Set("Status", "accomplished");
  EXPECT_TRUE(Breaks(judge(more, Of("Status", "accomplished")), "filter.instance_id.selects"));
  EXPECT_TRUE(judge(more).violations().empty());
}

TEST(HiddenValues, WhatAListHoldsStaysInIt) {
  Discovered judge;
  const auto [one, other] = TwoInstances();
  EXPECT_TRUE(judge(Of("InstanceId", one)).violations().empty());
  EXPECT_FALSE(judge(Of("InstanceId", one), Of("InstanceId", other)).violations().empty());
}

TEST(HiddenValues, OtherFiltersHoldAsEver) {
  Discovered judge;
  const std::string one = TwoInstances().first;
  Request failed = Of("InstanceId", one);
  failed.Set("Status", "failed");
  EXPECT_TRUE(Breaks(judge(failed, Of("Status", "accomplished")), "filter.status.failed"));
}

TEST(HiddenValues, NothingIsOfAValueThatWasMadeUp) {
  Discovered judge;
  EXPECT_TRUE(judge(Of("InstanceId", MadeUpValue("i-", 0, 0))).violations().empty());
  EXPECT_TRUE(Breaks(judge(Of("InstanceId", MadeUpValue("i-", 1, 7)), Ask({{"PageSize", "100"}})),
                     "filter.instance_id.selects"));
  EXPECT_TRUE(judge(Of("SnapshotLinkId", MadeUpValue("sl-", 0, 0))).violations().empty());
  EXPECT_TRUE(Breaks(judge(Of("SnapshotLinkId", MadeUpValue("sl-", 0, 0)),
                           Of("InstanceId", MadeUpValue("i-", 0, 0))),
                     "filter.snapshot_link_id.unknown"));
}

TEST(HiddenValues, AChainThatNoAnswerShowsMayExistOrNot) {
  Discovered judge;
  const std::string& link = TestDataset().snapshots.front()[Field::kSnapshotLinkId];
  EXPECT_TRUE(judge(Of("SnapshotLinkId", link)).violations().empty());
  EXPECT_TRUE(judge(Of("SnapshotLinkId", "sl-2zeh5unknown")).violations().empty());
}

TEST(HiddenValues, AnotherRegionMayListAnythingButTheSnapshotsOfThisOne) {
  Discovered judge;
  std::string other;
  for (const std::string& region : TestDataset().regions) {
    if (region != "cn-hangzhou" && !TestDataset().by_region.at(region).empty()) other = region;
  }
  for (const char* parameters : {"PageSize", "MaxResults"}) {
    Request request = Of(parameters, "10");
    if (std::string_view(parameters) == "MaxResults") request.Unset("PageSize");
    request.Set("RegionId", other);
    const Verdict verdict = judge(request);
    EXPECT_FALSE(verdict.listed.empty());
    EXPECT_TRUE(verdict.violations().empty()) << verdict.violations().front().actual;
    Request here = request;
    here.Set("RegionId", "cn-hangzhou");
    EXPECT_TRUE(Breaks(judge(request, here), "request.region_id.selects"));
  }
}

TEST(HiddenValues, ASnapshotThatTheWholeListLacksIsNone) {
  Discovered judge;
  Request elsewhere = Of("PageSize", "10");
  elsewhere.Set("RegionId", "cn-shanghai");
  EXPECT_TRUE(Breaks(judge(Of("PageSize", "10"), elsewhere), "response.snapshot.known"));
}

}  // namespace
}  // namespace assay
