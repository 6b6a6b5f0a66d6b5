#include "conformance/cases/moving_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"
#include "reference/faults/catalogue.h"
#include "reference/server/churning_target_for_test.h"
#include "reference/watch/watched_target.h"

namespace assay {
namespace {

// A run of the suites against a target whose state changes.
struct MovingRun {
  explicit MovingRun(Target& target,
                     const SuiteOptions& options = {.strength = 1, .thorough = false})
      : watched(target, BuiltIn()),
        judge(BuiltIn()),
        session(watched, judge, recorder, {.reduction_requests = 0, .watched = &watched}),
        context(session, BuiltIn(), options, notes) {
    watched.Begin();
  }

  void Run(const std::function<bool(const SuiteTest&)>& wanted) {
    const std::vector<SuiteTest> tests = std::move(ConformanceTests(context)).value();
    for (const SuiteTest& test : tests) {
      if (wanted(test)) RunWhileTheStateMoves(context, test.run);
    }
  }
  std::map<FindingKind, std::vector<std::string>> Findings() {
    std::map<FindingKind, std::vector<std::string>> out;
    for (const Finding& finding : session.Findings()) {
      out[finding.kind].push_back(finding.rule + ": " + finding.expected + ": " + finding.actual);
    }
    return out;
  }

  WatchedTarget watched;
  NullRecorder recorder;
  Judge judge;
  Session session;
  SuiteNotes notes;
  SuiteContext context;
};

// The suites that learn, page and filter; those of odd values and interactions take minutes here.
bool IsShort(const SuiteTest& test) {
  static const std::set<std::string> kLong = {"odd_values", "interactions", "connections", "reads"};
  if (kLong.contains(test.suite)) return false;
  return std::ranges::none_of(
      std::initializer_list<const char*>{"_size_1", "near_times", "calendar", "_tags"},
      [&](const char* part) { return test.name.find(part) != std::string::npos; });
}

TEST(MovingState, OfMoreThanAThousandWithATagNoneMustBeShown) {
  for (const std::size_t count : {1'000U, 1'001U}) {
    Dataset dataset = GenerateDataset(2'000, 1);
    const std::string region = dataset.regions.front();
    const std::vector<std::uint32_t> positions = dataset.In(region);
    ASSERT_GT(positions.size(), 1'001U);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      dataset.snapshots[positions[i]].tags = {{i < count ? "in" : "out", ""}};
    }
    dataset.Index();
    Request list = SmallestRequest(region, "JSON");
    list.Set("Tag.1.Key", "in");
    EXPECT_EQ(ShownByWalk(list, dataset).size(), count == 1'000 ? count : 0);
  }
}

TEST(MovingState, RaisesNoAlarm) {
  for (const std::uint64_t seed : {1U}) {
    ChurningTarget target(BuiltIn(), seed, 60, RandomReading(seed));
    MovingRun run(target);
    run.Run(IsShort);
    EXPECT_TRUE(run.watched.moves());
    auto findings = run.Findings();
    EXPECT_EQ(findings[FindingKind::kViolation], std::vector<std::string>{}) << seed;
    // A reading may give JSON if Format is not given, or refuse an id, unlike other documents.
    std::erase_if(findings[FindingKind::kWarning], [](const std::string& warning) {
      return warning.starts_with("encoding.format.default") ||
             warning.starts_with("ids.list.unknown");
    });
    EXPECT_EQ(findings[FindingKind::kWarning], std::vector<std::string>{}) << seed;
    EXPECT_GT(run.judge.judged(), 300U);
  }
}

TEST(MovingState, RaisesNoAlarmIfHardlyAnyStateIsQuiet) {
  ChurningTarget target(BuiltIn(), 9, 4);
  MovingRun run(target);
  run.Run([](const SuiteTest& test) {
    return test.suite == "walks" && test.name.find("_100") != std::string::npos;
  });
  auto findings = run.Findings();
  EXPECT_EQ(findings[FindingKind::kViolation], std::vector<std::string>{});
  EXPECT_EQ(findings[FindingKind::kWarning], std::vector<std::string>{});
}

TEST(MovingState, StillSeesFaults) {
  for (const char* fault : {"paging.last_page.drops_one", "filter.status.ignored"}) {
    const auto faults = FindFaults({fault});
    ASSERT_TRUE(faults) << faults.error().Text();
    ChurningTarget target(BuiltIn(), 5, 300, {}, *faults);
    MovingRun run(target);
    run.Run([](const SuiteTest& test) { return test.suite == "walks" || test.suite == "filter"; });
    EXPECT_TRUE(run.watched.moves()) << fault;
    EXPECT_FALSE(run.Findings()[FindingKind::kViolation].empty()) << fault;
  }
}

TEST(WalkHistory, AsksOnceForWhatWasThereAllTheTime) {
  const WalkHistory history{{"s-1", "s-2", "s-3"}};
  EXPECT_FALSE(CheckHistory(history, {{"s-1", "s-2"}, {"s-3"}}));
  EXPECT_FALSE(CheckHistory(history, {{"s-9", "s-1", "s-2"}, {"s-3", "s-9"}}));
  const auto missing = CheckHistory(history, {{"s-1"}, {"s-3"}});
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->rule, "token.walk.complete"_rule);
  EXPECT_EQ(missing->actual, "s-2 is missing");
  const auto twice = CheckHistory(history, {{"s-1", "s-2"}, {"s-2", "s-3"}});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->rule, "token.walk.unique"_rule);
}

// Loses the first snapshot of every page that a token asks for.
TEST(WalkHistory, NoticesAWalkThatLosesSnapshotsWhileTheStateMoves) {
  ChurningTarget target(BuiltIn(), 5, 12);
  target.bend = [](const Request& request, Result<Response>& response) {
    if (!request.Find("NextToken")) return;
    const std::size_t at = response->body.find("{\"Snapshot\":[{");
    const std::size_t end = response->body.find("},{\"", at);
    if (at == std::string::npos || end == std::string::npos) return;
    response->body.erase(at + 13, end + 2 - (at + 13));
  };
  MovingRun run(target);
  run.Run([](const SuiteTest& test) { return test.name == "max_results_10"; });
  run.Run([](const SuiteTest& test) { return test.name == "max_results_10"; });
  EXPECT_FALSE(run.Findings()[FindingKind::kViolation].empty());
}

}  // namespace
}  // namespace assay
