#include "conformance/selftest/selftest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "reference/faults/catalogue.h"

namespace assay {
namespace {

Detection Detect(const std::string& faults, bool http) {
  const Result<Detection> detection =
      DetectAll({.faults = faults, .random_readings = 0, .situations = 0, .http = http}, {});
  EXPECT_TRUE(detection.has_value()) << (detection ? "" : detection.error().Text());
  return detection ? *detection : Detection{};
}

TEST(Selftest, SeesFaultsAndNamesThem) {
  const Detection detection = Detect("paging.total.[op]*", false);
  ASSERT_EQ(detection.faults.size(), 4u);
  for (const TrialResult& trial : detection.faults) {
    EXPECT_TRUE(trial.seen) << trial.name;
    EXPECT_GT(trial.requests, 0u) << trial.name;
    EXPECT_LE(trial.findings.size(), 3u) << trial.name;
    const bool named = std::ranges::any_of(trial.diagnoses, [&](const auto& ids) {
      return !ids.empty() && ids.front() == trial.name;
    });
    EXPECT_TRUE(named) << trial.name;
  }
  EXPECT_TRUE(Shortcomings(detection, false).empty());
}

TEST(Selftest, SeesFaultsOfTheWire) {
  const Detection detection = Detect("transport.length.*", true);
  ASSERT_EQ(detection.faults.size(), 3u);
  for (const TrialResult& trial : detection.faults) EXPECT_TRUE(trial.seen) << trial.name;
}

TEST(Selftest, SeesFaultsOfAServerThatAnswersBySituation) {
  const Result<Detection> detection = DetectAll({.faults = "paging.total.one_less",
                                                 .random_readings = 0,
                                                 .situations = 1,
                                                 .faults_by_situation = 2,
                                                 .http = false},
                                                {});
  ASSERT_TRUE(detection.has_value());
  ASSERT_EQ(detection->faults.size(), 3u);
  EXPECT_EQ(detection->faults[1].situations, "situations_100001");
  EXPECT_EQ(detection->faults[2].situations, "situations_100002");
  for (const TrialResult& trial : detection->faults) {
    EXPECT_TRUE(trial.seen);
    EXPECT_EQ(trial.whole, trial.situations.empty());
  }
  ASSERT_EQ(detection->readings.size(), 1u);
  EXPECT_EQ(detection->readings.front().alarm, "");
}

TEST(Selftest, FindsTheSameTwice) {
  const Detection first = Detect("filter.usage.none_as_all", false);
  const Detection second = Detect("filter.usage.none_as_all", false);
  ASSERT_EQ(first.faults.size(), 1u);
  ASSERT_EQ(second.faults.size(), 1u);
  EXPECT_EQ(first.faults.front().findings, second.faults.front().findings);
  EXPECT_EQ(first.faults.front().diagnoses, second.faults.front().diagnoses);
}

TEST(Selftest, ReportsTooManyFindingsAndFaultsThatAreNotNamed) {
  Detection detection;
  TrialResult trial{
      .name = "region.ignored", .seen = true, .rules = {{"region.lists_only", "violation"}}};
  for (const char* id : {"a", "b", "c", "d"}) {
    trial.findings.push_back(id);
    trial.diagnoses.push_back({"region.other"});
  }
  detection.faults.push_back(trial);
  const auto count = [&](bool all, const std::string& text) {
    return std::ranges::count_if(Shortcomings(detection, all), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  };
  EXPECT_EQ(count(false, "region.ignored gives 4 findings in process"), 1);
  EXPECT_EQ(count(false, "are named first"), 0) << "not every fault was tried";
  EXPECT_EQ(count(true, "of 1 fault 0 are named first, 0 among the first three"), 1);
  EXPECT_EQ(count(true, "of 1 fault only 0 give one finding"), 1);
  detection.faults.front().diagnoses.back() = {"region.other", "region.ignored"};
  EXPECT_EQ(count(true, "of 1 fault 0 are named first, 1 among the first three"), 1);
  detection.faults.front().diagnoses.back() = {"region.ignored"};
  EXPECT_EQ(count(true, "are named first"), 0);
  EXPECT_EQ(CountNamed(detection).first, 1U);
}

TEST(Selftest, ReportsWhatIsNotSeen) {
  Detection detection;
  detection.faults.push_back({.name = "region.ignored"});
  detection.readings.push_back({.name = "odd", .alarm = "page.size.echo: expected 10, got 11"});
  const auto lines = Shortcomings(detection, true);
  const auto with_cases = std::ranges::count_if(
      Catalogue::Get().rules(), [](const RuleInfo& rule) { return !rule.cases.empty(); });
  ASSERT_EQ(lines.size(), 2 + static_cast<std::size_t>(with_cases));
  EXPECT_EQ(lines[0], "fault region.ignored is not seen in process");
  EXPECT_NE(lines[1].find("alarm under the reading odd"), std::string::npos);
  EXPECT_NE(lines[2].find("notices no fault"), std::string::npos);
}

TEST(Selftest, SaysHowManyFaultsWereTried) {
  Detection detection;
  // One fault, over HTTP and without.
  detection.faults = {{.name = "filter.usage.none_as_all"},
                      {.name = "filter.usage.none_as_all", .over_http = true}};
  EXPECT_EQ(TriedFaultsText(detection, 571), "1 fault of 571 in the catalogue");
  detection.faults.push_back({.name = "paging.total.off_by_one"});
  EXPECT_EQ(TriedFaultsText(detection, 2), "2 faults");
}

TEST(Selftest, RefusesAPatternOfNoFault) {
  const auto detection = DetectAll({.faults = "no_such.*"}, {});
  ASSERT_FALSE(detection.has_value());
  EXPECT_NE(detection.error().Text().find("--list"), std::string::npos);
}

}  // namespace
}  // namespace assay
