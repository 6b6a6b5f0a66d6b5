#include "reference/watch/watched_target.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/churning_target_for_test.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

std::string Comparable(const Snapshot& snapshot) {
  std::string out;
  for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) out += snapshot.text[f].str() + "|";
  std::set<std::string> tags;
  for (const Tag& tag : snapshot.tags) tags.insert(tag.key + "=" + tag.value);
  for (const std::string& tag : tags) out += tag + "|";
  return out;
}

std::set<std::string> Contents(const Dataset& dataset) {
  std::set<std::string> out;
  for (const auto& [id, position] : dataset.by_id)
    out.insert(Comparable(dataset.snapshots[position]));
  return out;
}

// Takes a snapshot out of a list, before its end.
void Drop(Result<Response>& response, std::size_t from_the_end) {
  Json body = Json::parse(response->body);
  if (!body.contains("Snapshots")) return;
  Json& list = body["Snapshots"]["Snapshot"];
  if (list.size() > from_the_end) list.erase(list.size() - 1 - from_the_end);
  response->body = body.dump();
}

TEST(WatchedTarget, PassesEverythingOnWhileNothingMoves) {
  ChurningTarget target(TestDataset(), 1, 0);
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  const std::uint64_t looking = target.requests;
  EXPECT_LT(looking, 12U);
  const auto response = Send(watched, Ask());
  ASSERT_TRUE(response);
  EXPECT_EQ(watched.state_of_last().quiet_state, nullptr);
  EXPECT_FALSE(watched.state_of_last().moved);
  EXPECT_EQ(target.requests, looking + 1);
  EXPECT_FALSE(watched.CheckForChanges());
  EXPECT_FALSE(watched.moves());
}

TEST(WatchedTarget, SeesEveryKindOfChange) {
  std::set<Mutation::Kind> seen;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    ChurningTarget target(TestDataset(), seed, 0);
    WatchedTarget watched(target, TestDataset());
    watched.Begin();
    const Mutation mutation = target.churn.Next(*target.state.Now());
    target.state.Apply(mutation);
    EXPECT_TRUE(watched.CheckForChanges()) << NameOf(mutation.kind);
    seen.insert(mutation.kind);
    ASSERT_TRUE(watched.quiet_state());
    EXPECT_EQ(Contents(watched.quiet_state()->dataset), Contents(*target.state.Now()));
  }
  EXPECT_EQ(seen.size(), 6U);
}

TEST(WatchedTarget, SaysWhatMoved) {
  ChurningTarget target(TestDataset(), 5, 0);
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  for (int i = 0; i < 30; ++i) target.Change();
  EXPECT_TRUE(watched.CheckForChanges());
  const std::string text = watched.changes().Text();
  for (const char* word : {" created", " deleted", " renamed", " completed", ": s-"}) {
    EXPECT_NE(text.find(word), std::string::npos) << text;
  }
}

TEST(WatchedTarget, GivesEachAnswerTheStateThatItIsOf) {
  ChurningTarget target(TestDataset(), 7, 0);
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  target.Change();
  ASSERT_TRUE(watched.CheckForChanges());
  for (int i = 0; i < 50; ++i) {
    // The change comes with the request, so that the first answer is of no quiet state.
    target.bend = [&, once = true](const Request& request, Result<Response>&) mutable {
      if (std::exchange(once, false) && request.Find("Status")) target.Change();
    };
    const auto response = Send(watched, Ask({{"Status", "all"}}));
    ASSERT_TRUE(response);
    EXPECT_FALSE(watched.state_of_last().moved);
    ASSERT_TRUE(watched.state_of_last().quiet_state);
    EXPECT_EQ(Contents(watched.state_of_last().quiet_state->dataset),
              Contents(*target.state.Now()));
  }
}

TEST(WatchedTarget, SaysSoWhereNoStateWasQuiet) {
  ChurningTarget target(TestDataset(), 3, 1);
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  EXPECT_TRUE(watched.CheckForChanges());
  const std::uint64_t before = target.requests;
  const auto response = Send(watched, Ask());
  ASSERT_TRUE(response);
  EXPECT_TRUE(watched.state_of_last().moved);
  EXPECT_LT(target.requests - before, 200U);
}

TEST(WatchedTarget, DoesNotAskAgainForAPageOfAWalk) {
  ChurningTarget target(TestDataset(), 3, 0);
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  target.Change();
  ASSERT_TRUE(watched.CheckForChanges());
  int sent = 0;
  target.bend = [&](const Request& request, Result<Response>&) {
    if (!request.Find("NextToken")) return;
    ++sent;
    target.Change();
  };
  const auto response = Send(watched, Ask({{"NextToken", "a token"}, {"MaxResults", "10"}}));
  ASSERT_TRUE(response);
  EXPECT_TRUE(watched.state_of_last().moved);
  EXPECT_EQ(sent, 1);
}

TEST(WatchedTarget, TakesAStateOtherThanTheKnownForNoChange) {
  ChurningTarget target(TestDataset(), 3, 0);
  target.bend = [](const Request&, Result<Response>& response) { Drop(response, 0); };
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  EXPECT_FALSE(watched.CheckForChanges());
}

TEST(WatchedTarget, TakesListsThatContradictEachOtherForNoChange) {
  for (const unsigned every : {2U, 3U, 5U, 7U}) {
    ChurningTarget target(TestDataset(), 3, 0);
    target.bend = [&](const Request&, Result<Response>& response) {
      if (target.requests % every == 0) Drop(response, 0);
    };
    WatchedTarget watched(target, TestDataset());
    watched.Begin();
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(watched.CheckForChanges()) << every;
  }
}

TEST(WatchedTarget, KnowsTheStateOfATargetThatMovedBeforeTheFirstListing) {
  ChurningTarget target(TestDataset(), 3, 0);
  for (int i = 0; i < 20; ++i) target.Change();
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  target.Change();
  ASSERT_TRUE(watched.CheckForChanges());
  EXPECT_EQ(Contents(watched.quiet_state()->dataset), Contents(*target.state.Now()));
}

TEST(WatchedTarget, SeesNothingWhereSnapshotsHaveNoId) {
  ChurningTarget target(TestDataset(), 3, 1);
  target.bend = [](const Request&, Result<Response>& response) {
    const std::string name = "\"SnapshotId\"";
    for (std::size_t at = 0; (at = response->body.find(name, at)) != std::string::npos;) {
      response->body.replace(at, name.size(), "\"Name\"");
    }
  };
  EXPECT_FALSE(ReadListing(target, TestDataset().regions, "JSON", nullptr));
}

TEST(WatchedTarget, SeesNothingWhereEachRegionListsTheSame) {
  ChurningTarget target(TestDataset(), 3, 0, {}, {FindFault("region.ignored")});
  ASSERT_GT(TestDataset().regions.size(), 1U);
  EXPECT_FALSE(ReadListing(target, TestDataset().regions, "JSON", nullptr));
}

TEST(WatchedTarget, SeesNothingWhereListsAreRefused) {
  ChurningTarget target(TestDataset(), 3, 1);
  target.bend = [](const Request&, Result<Response>& response) { response->status = 500; };
  WatchedTarget watched(target, TestDataset());
  watched.Begin();
  EXPECT_FALSE(watched.CheckForChanges());
}

}  // namespace
}  // namespace assay
