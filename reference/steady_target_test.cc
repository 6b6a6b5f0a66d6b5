#include "reference/steady_target.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "reference/churning_target_for_test.h"
#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/describe_snapshots/requests_for_test.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

std::string Comparable(const Snapshot& snapshot) {
  std::string out;
  for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) out += snapshot.text[f] + "|";
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

TEST(SteadyTarget, PassesEverythingOnWhileNothingMoves) {
  ChurningTarget target(TestDataset(), 1, 0);
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  const std::uint64_t looking = target.requests;
  EXPECT_LT(looking, 12U);
  const auto response = Send(steady, Ask());
  ASSERT_TRUE(response);
  EXPECT_EQ(steady.delivering().moment, nullptr);
  EXPECT_FALSE(steady.delivering().moved);
  EXPECT_EQ(target.requests, looking + 1);
  EXPECT_FALSE(steady.LookAgain());
  EXPECT_FALSE(steady.moves());
}

TEST(SteadyTarget, SeesEveryKindOfChange) {
  std::set<Mutation::Kind> seen;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    ChurningTarget target(TestDataset(), seed, 0);
    SteadyTarget steady(target, TestDataset());
    steady.Begin();
    const Mutation mutation = target.churn.Next(*target.state.Now());
    target.state.Apply(mutation);
    EXPECT_TRUE(steady.LookAgain()) << NameOf(mutation.kind);
    seen.insert(mutation.kind);
    ASSERT_TRUE(steady.moment());
    EXPECT_EQ(Contents(steady.moment()->dataset), Contents(*target.state.Now()));
  }
  EXPECT_EQ(seen.size(), 6U);
}

TEST(SteadyTarget, SaysWhatMoved) {
  ChurningTarget target(TestDataset(), 5, 0);
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  for (int i = 0; i < 30; ++i) target.Change();
  EXPECT_TRUE(steady.LookAgain());
  const std::string text = steady.motion().Text();
  for (const char* word : {" created", " deleted", " renamed", " completed", ": s-"}) {
    EXPECT_NE(text.find(word), std::string::npos) << text;
  }
}

TEST(SteadyTarget, GivesEachAnswerTheStateThatItIsOf) {
  ChurningTarget target(TestDataset(), 7, 0);
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  target.Change();
  ASSERT_TRUE(steady.LookAgain());
  for (int i = 0; i < 50; ++i) {
    // The change comes with the request, so that the first answer is of no moment.
    target.bend = [&, once = true](const Request& request, Result<Response>&) mutable {
      if (std::exchange(once, false) && request.Find("Status")) target.Change();
    };
    const auto response = Send(steady, Ask({{"Status", "all"}}));
    ASSERT_TRUE(response);
    EXPECT_FALSE(steady.delivering().moved);
    ASSERT_TRUE(steady.delivering().moment);
    EXPECT_EQ(Contents(steady.delivering().moment->dataset), Contents(*target.state.Now()));
  }
}

TEST(SteadyTarget, SaysSoWhereNoMomentWasQuiet) {
  ChurningTarget target(TestDataset(), 3, 1);
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  EXPECT_TRUE(steady.LookAgain());
  const std::uint64_t before = target.requests;
  const auto response = Send(steady, Ask());
  ASSERT_TRUE(response);
  EXPECT_TRUE(steady.delivering().moved);
  EXPECT_LT(target.requests - before, 200U);
}

TEST(SteadyTarget, DoesNotAskAgainForAPageOfAWalk) {
  ChurningTarget target(TestDataset(), 3, 0);
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  target.Change();
  ASSERT_TRUE(steady.LookAgain());
  int sent = 0;
  target.bend = [&](const Request& request, Result<Response>&) {
    if (!request.Find("NextToken")) return;
    ++sent;
    target.Change();
  };
  const auto response = Send(steady, Ask({{"NextToken", "a token"}, {"MaxResults", "10"}}));
  ASSERT_TRUE(response);
  EXPECT_TRUE(steady.delivering().moved);
  EXPECT_EQ(sent, 1);
}

TEST(SteadyTarget, TakesAStateOtherThanTheKnownForNoMotion) {
  ChurningTarget target(TestDataset(), 3, 0);
  target.bend = [](const Request&, Result<Response>& response) { Drop(response, 0); };
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  EXPECT_FALSE(steady.LookAgain());
}

TEST(SteadyTarget, TakesListsThatContradictEachOtherForNoMotion) {
  for (const unsigned every : {2U, 3U, 5U, 7U}) {
    ChurningTarget target(TestDataset(), 3, 0);
    target.bend = [&](const Request&, Result<Response>& response) {
      if (target.requests % every == 0) Drop(response, 0);
    };
    SteadyTarget steady(target, TestDataset());
    steady.Begin();
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(steady.LookAgain()) << every;
  }
}

TEST(SteadyTarget, KnowsTheStateOfATargetThatMovedBeforeTheFirstLook) {
  ChurningTarget target(TestDataset(), 3, 0);
  for (int i = 0; i < 20; ++i) target.Change();
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  target.Change();
  ASSERT_TRUE(steady.LookAgain());
  EXPECT_EQ(Contents(steady.moment()->dataset), Contents(*target.state.Now()));
}

TEST(SteadyTarget, SeesNothingWhereListsAreRefused) {
  ChurningTarget target(TestDataset(), 3, 1);
  target.bend = [](const Request&, Result<Response>& response) { response->status = 500; };
  SteadyTarget steady(target, TestDataset());
  steady.Begin();
  EXPECT_FALSE(steady.LookAgain());
}

}  // namespace
}  // namespace assay
