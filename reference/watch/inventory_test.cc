#include "reference/watch/inventory.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"

namespace assay {
namespace {

// The reference service, with a say in every answer.
class BentTarget : public Target {
 public:
  explicit BentTarget(const Dataset& dataset, const Reading& reading = {},
                      std::vector<const Fault*> faults = {})
      : service_(dataset, reading, std::move(faults)) {}

  std::function<void(const Request&, Response&)> bend = [](const Request&, Response&) {};
  std::uint64_t requests = 0;

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      ++requests;
      Response response;
      service_.Handle(*request, "bent", response);
      bend(*request, response);
      Result<Response> result = std::move(response);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "bent"; }

 private:
  Service service_;
};

constexpr const char* kRegion = "cn-hangzhou";

std::set<std::string> IdsOf(const Dataset& dataset) {
  std::set<std::string> out;
  for (const std::uint32_t i : dataset.by_region.at(kRegion)) {
    out.insert(dataset.snapshots[i][Field::kSnapshotId]);
  }
  return out;
}

// The first field that the inventory has otherwise than the state, "" for none.
std::string FirstDifference(const Dataset& inventory, const Dataset& state) {
  for (const Snapshot& found : inventory.snapshots) {
    const Snapshot& real = state.snapshots[state.by_id.at(found[Field::kSnapshotId])];
    for (const FieldInfo& info : kFields) {
      if (found.Knows(info.field) && found[info.field] != real[info.field]) {
        return std::string(info.name) + " of " + found[Field::kSnapshotId];
      }
    }
    if (found.tags != real.tags) return "tags of " + found[Field::kSnapshotId];
  }
  return "";
}

void Refuse(Response& response) {
  response.status = 400;
  response.body =
      R"({"RequestId": "A", "HostId": "h", "Code": "InvalidParameter", "Message": "no"})";
}

TEST(Inventory, HoldsWhatAnswersShowUnderAnyReading) {
  std::vector<Reading> readings = {DefaultReading(), LastReading(),
                                   LoadReading("observed").value()};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) readings.push_back(RandomReading(seed));
  for (const Reading& reading : readings) {
    for (const char* format : {"JSON", "XML"}) {
      ModelTarget target(TestDataset(), reading);
      const auto inventory = ReadInventory(target, kRegion, {.format = format});
      ASSERT_TRUE(inventory) << inventory.error().Text();
      EXPECT_EQ(IdsOf(inventory->dataset), IdsOf(TestDataset()));
      EXPECT_EQ(FirstDifference(inventory->dataset, TestDataset()), "");
      EXPECT_EQ(inventory->note, "");
      EXPECT_TRUE(inventory->dataset.discovered);
    }
  }
}

TEST(Inventory, KnowsAllThatIsShownAndNamesTheRest) {
  ModelTarget target(TestDataset(), {});
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_TRUE(inventory);
  for (const Snapshot& snapshot : inventory->dataset.snapshots) {
    for (const FieldInfo& info : kFields) {
      const bool hidden = info.field == Field::kInstanceId || info.field == Field::kSnapshotLinkId;
      EXPECT_EQ(snapshot.Knows(info.field), !hidden) << info.name;
    }
  }
  const auto names = [&](const char* text) {
    return std::ranges::find(inventory->unseen, text) != inventory->unseen.end();
  };
  EXPECT_TRUE(names("InstanceId"));
  EXPECT_TRUE(names("SnapshotLinkId"));
  EXPECT_FALSE(names("Status"));
}

TEST(Inventory, OfAnEmptyAccountAndOfOneSnapshotIsRead) {
  for (const std::size_t count : {0U, 1U}) {
    Dataset state;
    state.regions = {kRegion};
    for (std::size_t i = 0; i < count; ++i) state.snapshots.push_back(TestDataset().snapshots[i]);
    for (Snapshot& snapshot : state.snapshots) snapshot.Set(Field::kRegionId, kRegion);
    state.Index();
    BentTarget target(state);
    const auto inventory = ReadInventory(target, kRegion);
    ASSERT_TRUE(inventory) << inventory.error().Text();
    EXPECT_EQ(inventory->dataset.snapshots.size(), count);
    EXPECT_EQ(inventory->requests, target.requests);
    EXPECT_EQ(inventory->dataset.regions, std::vector<std::string>{kRegion});
  }
}

TEST(Inventory, FindsTheDefaultGroupWhereItStandsOut) {
  for (const Reading& reading : {Pins({{"filter.resource_group.default", "also_listed"}}),
                                 Pins({{"filter.resource_group.is_default", "no_filter"}})}) {
    ModelTarget target(TestDataset(), reading);
    const auto inventory = ReadInventory(target, kRegion);
    ASSERT_TRUE(inventory);
    EXPECT_EQ(inventory->dataset.default_resource_group, TestDataset().default_resource_group);
  }
}

TEST(Inventory, TakesBothListsWhereTheWaysOfPagingDiffer) {
  BentTarget target(TestDataset(), {}, {FindFault("paging.last_page.drops_one")});
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_TRUE(inventory) << inventory.error().Text();
  EXPECT_EQ(IdsOf(inventory->dataset), IdsOf(TestDataset()));
  EXPECT_NE(inventory->note.find("both count"), std::string::npos) << inventory->note;
}

TEST(Inventory, GivesUpOnAListThatNeverEnds) {
  BentTarget target(TestDataset());
  int number = 0;
  target.bend = [&](const Request&, Response& response) {
    std::string list;
    for (int i = 0; i < 100; ++i) {
      list +=
          (i ? ",{\"SnapshotId\":\"s-" : "{\"SnapshotId\":\"s-") + std::to_string(++number) + "\"}";
    }
    response.body = R"({"RequestId":"r","TotalCount":1000000000,"NextToken":"t)" +
                    std::to_string(number) + R"(","Snapshots":{"Snapshot":[)" + list + "]}}";
  };
  const auto inventory = ReadInventory(target, kRegion, {.most_snapshots = 1000});
  ASSERT_FALSE(inventory);
  EXPECT_NE(inventory.error().what.find("goes on after 1,000 snapshots"), std::string::npos)
      << inventory.error().what;
  EXPECT_LT(target.requests, 20U);
}

TEST(Inventory, TakesTheOneWayOfPagingThatWorks) {
  for (const char* broken : {"MaxResults", "PageNumber"}) {
    BentTarget target(TestDataset());
    target.bend = [&](const Request& request, Response& response) {
      if (request.Find(broken)) Refuse(response);
    };
    const auto inventory = ReadInventory(target, kRegion);
    ASSERT_TRUE(inventory) << inventory.error().Text();
    EXPECT_EQ(IdsOf(inventory->dataset), IdsOf(TestDataset()));
    EXPECT_NE(inventory->note.find("succeeded: "), std::string::npos) << inventory->note;
    EXPECT_NE(inventory->note.find("InvalidParameter"), std::string::npos) << inventory->note;
  }
}

TEST(Inventory, EndsWhereTokensGoRoundInCircles) {
  BentTarget target(TestDataset());
  target.bend = [](const Request& request, Response& response) {
    if (!request.Find("MaxResults")) return;
    response.status = 200;
    response.body = R"({"RequestId": "A", "NextToken": "round", "Snapshots": {"Snapshot": []}})";
  };
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_TRUE(inventory) << inventory.error().Text();
  EXPECT_NE(inventory->note.find("a second time"), std::string::npos) << inventory->note;
}

TEST(Inventory, LeavesOpenWhatChangesWhileItIsRead) {
  BentTarget target(TestDataset());
  target.bend = [&](const Request&, Response& response) {
    const std::string progress = std::to_string(target.requests) + "%";
    for (std::size_t at = 0; (at = response.body.find("\"0%\"", at)) != std::string::npos;) {
      response.body.replace(at + 1, 2, progress);
    }
  };
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_TRUE(inventory) << inventory.error().Text();
  EXPECT_NE(inventory->note.find("Progress"), std::string::npos) << inventory->note;
  std::size_t unknown = 0;
  for (const Snapshot& snapshot : inventory->dataset.snapshots) {
    EXPECT_TRUE(snapshot.Knows(Field::kStatus));
    unknown += snapshot.Knows(Field::kProgress) ? 0 : 1;
  }
  EXPECT_GT(unknown, 0U);
  EXPECT_LT(unknown, inventory->dataset.snapshots.size());
}

TEST(Inventory, SaysWhatTheWalksNeverAgreeIn) {
  BentTarget target(TestDataset());
  const std::string id = *IdsOf(TestDataset()).begin();
  target.bend = [&](const Request&, Response& response) {
    const std::size_t at = response.body.find("\"SnapshotId\":\"" + id + '"');
    if (at != std::string::npos) {
      response.body.replace(at + 14, 3, std::to_string(100 + target.requests % 800));
    }
  };
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_FALSE(inventory);
  EXPECT_EQ(inventory.error().exit, ExitCode::kCouldNotJudge);
  EXPECT_NE(inventory.error().what.find("no two of 8 walks"), std::string::npos)
      << inventory.error().what;
  EXPECT_NE(inventory.error().what.find(id.substr(3)), std::string::npos) << inventory.error().what;
}

TEST(Inventory, SaysWhatIsAnsweredInPlaceOfAList) {
  BentTarget target(TestDataset());
  target.bend = [&](const Request&, Response& response) { Refuse(response); };
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_FALSE(inventory);
  EXPECT_EQ(inventory.error().exit, ExitCode::kCouldNotJudge);
  EXPECT_NE(inventory.error().what.find("400 InvalidParameter"), std::string::npos)
      << inventory.error().what;
}

TEST(Inventory, AsksAgainWhereATargetThrottlesOrStumbles) {
  BentTarget target(TestDataset());
  target.bend = [&](const Request&, Response& response) {
    if (target.requests % 3 == 0) {
      Refuse(response);
      response.body.replace(response.body.find("InvalidParameter"), 16, "Throttling.User");
      response.retry_after_ms = 1;
    }
    if (target.requests % 5 == 0) response = {.status = 503, .body = "busy"};
  };
  const auto inventory = ReadInventory(target, kRegion);
  ASSERT_TRUE(inventory) << inventory.error().Text();
  EXPECT_EQ(IdsOf(inventory->dataset), IdsOf(TestDataset()));
  EXPECT_EQ(inventory->requests, target.requests);
}

TEST(Inventory, KeepsToItsBudget) {
  BentTarget target(TestDataset());
  const auto inventory = ReadInventory(target, kRegion, {.most_requests = 3});
  ASSERT_FALSE(inventory);
  EXPECT_EQ(target.requests, 3U);
  EXPECT_NE(inventory.error().what.find("3 requests are not enough"), std::string::npos);
}

}  // namespace
}  // namespace assay
