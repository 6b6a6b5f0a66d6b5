#include "conformance/cases/sweeps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

// Runs the sweep; true if the judge found something wrong.
bool Sweep(FaultyTarget& target, const std::string& name, const Dataset& dataset = BuiltIn()) {
  Bench bench(target, {}, dataset);
  const std::vector<SuiteTest> tests = SweepTests();
  const auto test = std::ranges::find(tests, name, &SuiteTest::name);
  EXPECT_NE(test, tests.end()) << name;
  return !test->run(bench.context).failures.empty();
}

TEST(Sweeps, FindNothingWrongUnderAnyReading) {
  for (const std::uint64_t seed : {0U, 1U, 2U, 3U}) {
    for (const SuiteTest& test : Some(SweepTests())) {
      FaultyTarget target(BuiltIn(), RandomReading(seed));
      EXPECT_FALSE(Sweep(target, test.name)) << test.name << ", reading " << seed;
    }
  }
}

TEST(Sweeps, AskForEveryNameOnce) {
  FaultyTarget target(BuiltIn());
  std::vector<std::string> asked;
  target.bend_answer = [&](const Request& request, Response&) {
    asked.emplace_back(request.Find("SnapshotName").value_or(""));
  };
  EXPECT_FALSE(Sweep(target, "snapshot_name"));
  EXPECT_EQ(std::set(asked.begin(), asked.end()).size(), asked.size());
  for (const char* name : {"wildcard-?", "wildcard-_", "]]>", "100%", "straße"}) {
    EXPECT_TRUE(std::ranges::count(asked, name)) << name;
  }
  EXPECT_LE(asked.size(), 128U);
}

TEST(Sweeps, SeeThatOneCharacterIsTakenForAWildcard) {
  for (const char wildcard : {'?', '_', '.'}) {
    FaultyTarget target(BuiltIn());
    target.bend_request = [&](Request& request) {
      std::string name(request.Find("SnapshotName").value_or(""));
      if (name == std::string("wildcard-") + wildcard) request.Set("SnapshotName", "wildcard-a");
    };
    EXPECT_TRUE(Sweep(target, "snapshot_name")) << wildcard;
  }
}

TEST(Sweeps, SeeThatNamesAreComparedByTheirBeginning) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) {
    const std::string name(request.Find("SnapshotName").value_or(""));
    if (name == std::string(128, 'n')) request.Set("SnapshotName", std::string(127, 'n'));
  };
  EXPECT_TRUE(Sweep(target, "snapshot_name"));
}

TEST(Sweeps, SeeAWrongSizeOfAPage) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) {
    if (request.Find("PageSize") == "47") request.Set("PageSize", "46");
    if (request.Find("MaxResults") == "47") request.Set("MaxResults", "48");
  };
  EXPECT_TRUE(Sweep(target, "page_size"));
  EXPECT_TRUE(Sweep(target, "max_results"));
}

TEST(Sweeps, AreSkippedIfTheRegionHoldsNothing) {
  const Dataset dataset = GenerateDataset(0, 1);
  FaultyTarget target(dataset);
  Bench bench(target, {}, dataset);
  EXPECT_EQ(SweepTests().front().run(bench.context).skip, Skip::kNoValue);
}

}  // namespace
}  // namespace assay
