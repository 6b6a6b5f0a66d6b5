#include "reference/watch/state_changes.h"

#include <gtest/gtest.h>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/server/churning_target_for_test.h"

namespace assay {
namespace {

Listing LookAt(Target& target, const Listing* before = nullptr) {
  return ReadListing(target, TestDataset().regions, "JSON", before).value();
}

TEST(StateChanges, IsNothingBetweenTwoLooksAtOneState) {
  ChurningTarget target(TestDataset(), 1, 0);
  const Listing first = LookAt(target);
  const std::uint64_t once = target.requests;
  const Listing second = LookAt(target, &first);
  EXPECT_EQ(target.requests, 2 * once);
  EXPECT_EQ(first.items.size(), TestDataset().snapshots.size());
  EXPECT_EQ(first, second);
  EXPECT_FALSE(ChangesBetween(first, second).any());
}

TEST(StateChanges, LooksTheSameInBothFormats) {
  ChurningTarget target(TestDataset(), 1, 0);
  const auto xml = ReadListing(target, TestDataset().regions, "XML", nullptr);
  ASSERT_TRUE(xml);
  EXPECT_EQ(*xml, LookAt(target));
}

TEST(StateChanges, SurvivesThrottlingAndPassingErrors) {
  ChurningTarget target(TestDataset(), 1, 0);
  const Listing quiet = LookAt(target);
  target.bend = [&](const Request&, Result<Response>& response) {
    if (target.requests % 3 == 1) response->status = 503;
    if (target.requests % 3 == 2) {
      response->status = 400;
      response->retry_after_ms = 1;
      response->body = R"({"Code":"Throttling.User","Message":"m"})";
    }
  };
  EXPECT_EQ(LookAt(target), quiet);
}

TEST(StateChanges, ComesToAnEndWherePageNumbersCountForNothing) {
  const Dataset dataset = GenerateDataset(900, 1);
  ChurningTarget target(dataset, 1, 0);
  class FirstPages : public Target {
   public:
    explicit FirstPages(Target& target) : target_(target) {}
    void Run(RequestSource& source) override {
      while (const Request* request = source.Next()) {
        Request first = *request;
        first.Unset("PageNumber");
        Result<Response> response = Send(target_, first);
        source.Answered(request, response);
      }
    }
    std::string Name() const override { return "first pages"; }

   private:
    Target& target_;
  } first_pages(target);
  const auto listing = ReadListing(first_pages, dataset.regions, "JSON", nullptr);
  ASSERT_TRUE(listing);
  EXPECT_LE(target.requests, 2 * dataset.regions.size());
}

TEST(StateChanges, MovesOnlyWhatMoved) {
  ChurningTarget target(TestDataset(), 4, 0);
  const Listing before = LookAt(target);
  for (int i = 0; i < 40; ++i) target.Change();
  const Listing after = LookAt(target);
  // The known state is wrong in a name, and knows a snapshot that is never shown.
  Dataset known;
  known.regions = TestDataset().regions;
  known.snapshot_links = TestDataset().snapshot_links;
  known.snapshots = TestDataset().snapshots;
  std::size_t still = 0;
  while (target.state.Now()->by_id.find(known.snapshots[still][Field::kSnapshotId]) ==
             target.state.Now()->by_id.end() ||
         after.items.at(known.snapshots[still][Field::kSnapshotId]).digest !=
             before.items.at(known.snapshots[still][Field::kSnapshotId]).digest) {
    ++still;
  }
  const std::string id = known.snapshots[still][Field::kSnapshotId];
  known.snapshots[still].Set(Field::kSnapshotName, "another name");
  known.snapshots.push_back(known.snapshots[still]);
  known.snapshots.back().Set(Field::kSnapshotId, "s-neverlisted");
  known.Index();
  const Dataset moved = ApplyChanges(known, before, after);
  EXPECT_EQ(moved.snapshots.size(), target.state.Now()->by_id.size() + 1);
  EXPECT_EQ(moved.snapshots[moved.by_id.at(id)][Field::kSnapshotName], "another name");
  EXPECT_TRUE(moved.by_id.contains("s-neverlisted"));
  for (const auto& [name, item] : after.items) {
    if (name == id) continue;
    const Snapshot& snapshot = moved.snapshots[moved.by_id.at(name)];
    EXPECT_EQ(snapshot[Field::kStatus], item.snapshot[Field::kStatus]);
    EXPECT_EQ(snapshot[Field::kSnapshotName], item.snapshot[Field::kSnapshotName]);
    EXPECT_EQ(snapshot.tags.size(), item.snapshot.tags.size());
  }
}

TEST(StateChanges, IsToldInWords) {
  StateChanges changes{.created = 3, .deleted = 1, .completed = 1, .example = "s-1"};
  EXPECT_EQ(changes.Text(), "3 created, 1 deleted, 1 completed: s-1");
  changes.Add({.created = 1, .renamed = 2, .example = "s-2"});
  EXPECT_EQ(changes.Text(), "4 created, 1 deleted, 2 renamed, 1 completed: s-2");
}

}  // namespace
}  // namespace assay
