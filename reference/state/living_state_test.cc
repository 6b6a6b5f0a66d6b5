#include "reference/state/living_state.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/state/churner.h"

namespace assay {
namespace {

using Kind = Mutation::Kind;
using Json = nlohmann::json;

std::size_t Alive(const Dataset& dataset) {
  std::size_t in_regions = 0;
  for (const auto& [region, positions] : dataset.by_region) in_regions += positions.size();
  EXPECT_EQ(in_regions, dataset.by_id.size());
  return dataset.by_id.size();
}

// The indexes say what the snapshots say.
void ExpectIndexed(const Dataset& dataset) {
  std::size_t alive = 0;
  for (std::uint32_t slot = 0; slot < dataset.snapshots.size(); ++slot) {
    const Snapshot& snapshot = dataset.snapshots[slot];
    if (IsFree(snapshot)) continue;
    ++alive;
    const auto at = dataset.by_id.find(snapshot[Field::kSnapshotId]);
    ASSERT_NE(at, dataset.by_id.end());
    EXPECT_EQ(at->second, slot);
    const auto& region = dataset.by_region.at(snapshot[Field::kRegionId]);
    EXPECT_TRUE(std::ranges::binary_search(region, slot));
  }
  EXPECT_EQ(alive, Alive(dataset));
}

std::string Text(const Mutation& mutation) {
  std::string out = std::string(NameOf(mutation.kind)) + " " + std::to_string(mutation.slot);
  for (const std::string& text : mutation.snapshot.text) out += "|" + text;
  for (const Tag& tag : mutation.snapshot.tags) out += "|" + tag.key + "=" + tag.value;
  return out;
}

std::vector<std::string> Sequence(std::uint64_t seed, int count) {
  LivingState state(TestDataset(), Churn::Room(TestDataset()));
  Churn churn(TestDataset(), seed);
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) {
    const Mutation mutation = churn.Next(*state.Now());
    out.push_back(Text(mutation));
    state.Apply(mutation);
  }
  return out;
}

TEST(LivingState, StaysAsItIsWithoutChurn) {
  const LivingState state(TestDataset());
  EXPECT_FALSE(state.moves());
  EXPECT_EQ(state.Now().get(), &TestDataset());
}

TEST(LivingState, KeepsAVersionThatIsHeldWhateverComesAfter) {
  LivingState state(TestDataset(), Churn::Room(TestDataset()));
  Churn churn(TestDataset(), 3);
  const auto held = state.Now();
  const std::string before = DatasetText(*held);
  for (int i = 0; i < 3; ++i) state.Apply(churn.Next(*state.Now()));
  EXPECT_EQ(DatasetText(*held), before);
  EXPECT_NE(DatasetText(*state.Now()), before);
}

TEST(LivingState, MakesEveryKindOfChangeAndKeepsItsIndexes) {
  LivingState state(TestDataset(), Churn::Room(TestDataset()));
  Churn churn(TestDataset(), 5);
  const std::size_t start = TestDataset().snapshots.size();
  std::map<Kind, int> made;
  for (int i = 0; i < 3000; ++i) {
    const Mutation mutation = churn.Next(*state.Now());
    ++made[mutation.kind];
    state.Apply(mutation);
    const std::size_t alive = Alive(*state.Now());
    ASSERT_GE(alive, start / 2);
    ASSERT_LE(alive, start + Churn::Room(TestDataset()));
    if (i % 100 == 0) ExpectIndexed(*state.Now());
  }
  EXPECT_EQ(made.size(), 6U);
  ExpectIndexed(*state.Now());
}

TEST(LivingState, ShowsInEachChangeWhatItSays) {
  LivingState state(TestDataset(), Churn::Room(TestDataset()));
  Churn churn(TestDataset(), 11);
  for (int i = 0; i < 500; ++i) {
    const auto before = state.Now();
    const Mutation mutation = churn.Next(*before);
    const Snapshot old =
        mutation.slot < before->snapshots.size() ? before->snapshots[mutation.slot] : Snapshot{};
    state.Apply(mutation);
    const Snapshot& now = state.Now()->snapshots[mutation.slot];
    if (mutation.kind == Kind::kCreate) {
      EXPECT_TRUE(IsFree(old));
      EXPECT_EQ(now[Field::kStatus], "progressing");
      continue;
    }
    if (mutation.kind == Kind::kDelete) {
      EXPECT_TRUE(IsFree(now));
      EXPECT_FALSE(state.Now()->by_id.contains(old[Field::kSnapshotId]));
      continue;
    }
    EXPECT_EQ(now[Field::kSnapshotId], old[Field::kSnapshotId]);
    EXPECT_NE(now[Field::kLastModifiedTime], old[Field::kLastModifiedTime]);
    if (mutation.kind == Kind::kRename) {
      EXPECT_NE(now[Field::kSnapshotName], old[Field::kSnapshotName]);
    }
    if (mutation.kind == Kind::kTag) {
      EXPECT_EQ(now.tags.size(), old.tags.size() + 1);
    }
    if (mutation.kind == Kind::kUntag) {
      EXPECT_EQ(now.tags.size() + 1, old.tags.size());
    }
    if (mutation.kind == Kind::kComplete) {
      EXPECT_EQ(old[Field::kStatus], "progressing");
      EXPECT_EQ(now[Field::kStatus], "accomplished");
      EXPECT_EQ(now[Field::kProgress], "100%");
    }
  }
}

TEST(LivingState, MakesEqualChangesForEqualSeeds) {
  EXPECT_EQ(Sequence(7, 400), Sequence(7, 400));
  EXPECT_NE(Sequence(7, 400), Sequence(8, 400));
}

TEST(LivingState, CostsTheSameAChangeHoweverLargeItIs) {
  const Dataset large = GenerateDataset(20'000, 1);
  LivingState state(large, Churn::Room(large));
  Churn churn(large, 1);
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 2000; ++i) state.Apply(churn.Next(*state.Now()));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  // A copy of the state a change would take a minute.
  EXPECT_LT(took.count(), 10.0);
}

struct Page {
  std::vector<std::string> ids;
  std::string token;
};

Page TakePage(Service& service, const Request& request) {
  const Response response = AnswerOf(service, request);
  const Json body = Json::parse(response.body);
  Page page;
  EXPECT_EQ(response.status, 200) << response.body;
  if (response.status != 200) return page;
  page.token = body.value("NextToken", "");
  for (const Json& item : body["Snapshots"]["Snapshot"]) page.ids.push_back(item["SnapshotId"]);
  return page;
}

std::set<std::string> IdsIn(const Dataset& dataset, const std::string& region) {
  std::set<std::string> out;
  for (const std::uint32_t slot : dataset.by_region.at(region)) {
    out.insert(dataset.snapshots[slot][Field::kSnapshotId]);
  }
  return out;
}

// A walk of small pages, with changes between them.
void ExpectWalkDelivers(const Reading& reading, std::uint64_t seed, int changes_a_page) {
  LivingState state(TestDataset(), Churn::Room(TestDataset()));
  Churn churn(TestDataset(), seed);
  Service service(state, reading);
  std::set<std::string> always = IdsIn(*state.Now(), "cn-hangzhou"), ever = always;
  std::map<std::string, int> listed;
  Request request = Ask({{"MaxResults", "10"}});
  for (int pages = 0; pages < 1000; ++pages) {
    const Page page = TakePage(service, request);
    for (const std::string& id : page.ids) ++listed[id];
    if (page.token.empty()) break;
    request.Set("NextToken", page.token);
    for (int i = 0; i < changes_a_page; ++i) {
      state.Apply(churn.Next(*state.Now()));
      const std::set<std::string> now = IdsIn(*state.Now(), "cn-hangzhou");
      std::erase_if(always, [&](const std::string& id) { return !now.contains(id); });
      ever.insert(now.begin(), now.end());
    }
  }
  for (const std::string& id : always) EXPECT_EQ(listed[id], 1) << id;
  for (const auto& [id, times] : listed) {
    EXPECT_TRUE(times == 0 || ever.contains(id)) << id;
  }
}

TEST(LivingState, DeliversInATokenWalkOnceWhatIsThereAllTheTime) {
  for (const char* order : {"newest_first", "oldest_first", "any"}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      ExpectWalkDelivers(Pins({{"paging.order", order}}), seed, 5);
      ExpectWalkDelivers(Pins({{"paging.order", order}, {"paging.token.short_page", "allowed"}}),
                         seed, 2);
    }
  }
}

TEST(LivingState, AnswersEveryRequestFromOneVersion) {
  LivingState state(TestDataset(), Churn::Room(TestDataset()));
  Service service(state, DefaultReading());
  const Churner churner(state, 9, 5000);
  const Request request = Ask({{"PageSize", "100"}, {"Status", "progressing"}});
  std::set<std::int64_t> totals;
  for (int i = 0; i < 200; ++i) {
    const Json body = Json::parse(AnswerOf(service, request).body);
    totals.insert(body["TotalCount"].get<std::int64_t>());
    EXPECT_EQ(body["Snapshots"]["Snapshot"].size(),
              std::min<std::size_t>(100, body["TotalCount"].get<std::size_t>()));
    for (const Json& item : body["Snapshots"]["Snapshot"]) {
      EXPECT_EQ(item["Status"], "progressing");
    }
  }
  EXPECT_GT(totals.size(), 1U);
}

TEST(Churn, IsReadInEverySpelling) {
  EXPECT_EQ(ParseChurn("5/s").value(), 5);
  EXPECT_EQ(ParseChurn("0.5/s").value(), 0.5);
  EXPECT_EQ(ParseChurn("5").value(), 5);
}

TEST(Churn, SaysWhatIsWrongWithItsRate) {
  for (const char* text :
       {"", "/s", "0/s", "-1/s", "5/m", "fast", "nan", "inf/s", "5/s/s", "1e9"}) {
    const auto rate = ParseChurn(text);
    ASSERT_FALSE(rate) << text;
    EXPECT_EQ(rate.error().where, std::string("--churn ") + text);
    EXPECT_NE(rate.error().what.find("5/s or 0.5/s"), std::string::npos);
  }
}

}  // namespace
}  // namespace assay
