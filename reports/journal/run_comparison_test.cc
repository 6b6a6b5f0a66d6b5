#include "reports/journal/run_comparison.h"

#include <gtest/gtest.h>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

RecordedRun RunWith(const std::vector<std::string>& ids) {
  RecordedRun run = SampleRun("");
  run.findings.clear();
  run.trailer.rules.clear();
  for (const std::string& id : ids) {
    const std::string rule = id.substr(0, id.rfind('.'));
    run.findings.push_back(SampleFinding(id, rule, FindingKind::kViolation, ""));
    run.trailer.rules.push_back({rule, Level::kMust, 9, 1});
  }
  return run;
}

TEST(RunComparisons, TellNewGoneAndStillThere) {
  const RecordedRun before = RunWith({"a.b.000000010001", "a.c.000000020001"});
  RecordedRun now = RunWith({"a.b.000000010001", "a.d.000000030001"});
  now.trailer.rules.push_back({"a.c", Level::kMust, 3, 0});
  const RunComparison compared = CompareRuns(before, now);
  ASSERT_EQ(compared.appeared.size(), 1u);
  EXPECT_EQ(compared.appeared[0]->id, "a.d.000000030001");
  ASSERT_EQ(compared.gone.size(), 1u);
  EXPECT_EQ(compared.gone[0]->id, "a.c.000000020001");
  EXPECT_EQ(compared.unchanged.size(), 1u);
  EXPECT_TRUE(compared.unseen.empty());
  EXPECT_EQ(ComparisonOfRunsCode(compared, now), ExitCode::kViolations);
  const std::string text = ComparisonOfRunsText(compared);
  EXPECT_NE(text.find("1 new, 1 gone, 0 changed, 1 still there"), std::string::npos);
  // What matters first.
  EXPECT_TRUE(text.starts_with("new ")) << text;
  EXPECT_LT(text.find("\ngone "), text.find("\nstill ")) << text;
}

TEST(RunComparisons, TakeAnotherKindOfRequestForNew) {
  const RecordedRun before = RunWith({"a.b.000000010001"});
  const RecordedRun now = RunWith({"a.b.00000001000f"});
  const RunComparison compared = CompareRuns(before, now);
  EXPECT_EQ(compared.appeared.size(), 1u);
  EXPECT_EQ(ComparisonOfRunsCode(compared, now), ExitCode::kViolations);
}

TEST(RunComparisons, TellWhatChanged) {
  const RecordedRun before = RunWith({"a.b.000000010001"});
  RecordedRun now = before;
  now.findings[0].stability = Stability::kIntermittent;
  const RunComparison compared = CompareRuns(before, now);
  ASSERT_EQ(compared.changed.size(), 1u);
  EXPECT_EQ(compared.changed[0].what, "stability: deterministic -> intermittent");
  EXPECT_EQ(ComparisonOfRunsCode(compared, now), ExitCode::kConforms);
}

TEST(RunComparisons, JudgeNothingByWhatWasNotShown) {
  const RecordedRun before = RunWith({"a.b.000000010001"});
  RecordedRun now = RunWith({});
  EXPECT_EQ(ComparisonOfRunsCode(CompareRuns(before, now), now), ExitCode::kCouldNotJudge);
  now.trailer.rules.push_back({"a.b", Level::kMust, 3, 0});
  now.trailer.verdict = RunVerdict::kConforms;
  EXPECT_EQ(ComparisonOfRunsCode(CompareRuns(before, now), now), ExitCode::kConforms);
  now.trailer.verdict = RunVerdict::kInconclusive;
  EXPECT_EQ(ComparisonOfRunsCode(CompareRuns(before, now), now), ExitCode::kCouldNotJudge);
}

}  // namespace
}  // namespace assay
