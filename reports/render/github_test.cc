#include "reports/render/github.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

TEST(GithubAnnotations, AreAtMostTenAndEscaped) {
  RecordedRun run = SampleRun("a%b\nc::d");
  run.findings.resize(1);
  run.findings[0].rule = "a:b,c";
  EXPECT_TRUE(GithubAnnotations(run).starts_with("::warning title=a%3Ab%2Cc::101 snapshotsa%25b"))
      << GithubAnnotations(run);
  for (int i = 0; i < 30; ++i) {
    run.findings.push_back(
        SampleFinding(std::to_string(i), "r", FindingKind::kViolation, HostileText()));
  }
  const std::string text = GithubAnnotations(run);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_NE(text.find("::error title=Assay::22 more findings"), std::string::npos) << text;
}

TEST(GithubAnnotations, SayNothingOfWhatIsAccepted) {
  RecordedRun run = SampleRun("");
  std::erase_if(run.findings, [](const Finding& f) { return f.kind != FindingKind::kKnown; });
  EXPECT_EQ(GithubAnnotations(run), "");
}

TEST(GithubSummary, ThatCannotBeWrittenIsSaid) {
  setenv("GITHUB_STEP_SUMMARY", "/dev/full", 1);
  const std::string text = TellGithub(SampleRun(""));
  unsetenv("GITHUB_STEP_SUMMARY");
  EXPECT_NE(text.find("::warning title=Assay::the summary of the job is incomplete\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace assay
