#include "reports/render/summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "reports/journal/sample_run_for_test.h"
#include "reports/text/text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

TEST(MarkdownSummary, ShowsTheVerdictTheFindingsAndTheReading) {
  const std::string text = SummaryMarkdown(SampleRun(""));
  for (const char* part :
       {"VIOLATIONS: 2 rules are broken", "paging.page_size.maximum", "curl --silent",
        "400, or at most 100 snapshots", "<code>paging.size.above</code> = <code>refused</code>",
        "<code>whole</code> or <code>part</code>", "<code>never.b.c</code>"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  EXPECT_GT(text.find("never.asked"), text.find("<summary>Questions never asked: 1"));
}

TEST(MarkdownSummary, SaysNothingOfTheTimeOfARunThatDidNotEnd) {
  RecordedRun run = SampleRun("");
  EXPECT_NE(SummaryMarkdown(run).find("990 judged, in 2.0 s;"), std::string::npos);
  run.finished = false;
  run.trailer.seconds = 0;
  EXPECT_NE(SummaryMarkdown(run).find("990 judged; rules"), std::string::npos);
}

TEST(MarkdownSummary, HostileTextIsNeverMarkup) {
  const std::string text = SummaryMarkdown(SampleRun(HostileText()));
  EXPECT_TRUE(IsValidUtf8(text));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  std::string fence;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == fence) {
      fence.clear();
    } else if (fence.empty() && line.starts_with("```")) {
      fence = line.substr(0, line.find_first_not_of('`'));
    } else if (fence.empty()) {
      EXPECT_EQ(line.find("<script"), std::string::npos) << line;
      // A row has three bars, or six: no text has added one.
      const auto bars = std::count(line.begin(), line.end(), '|');
      EXPECT_TRUE(line.starts_with('|') ? bars == 3 || bars == 6 : bars == 0) << line;
    }
  }
  EXPECT_EQ(fence, "");
}

TEST(MarkdownSummary, StaysBelowTheLimitAndSaysWhatIsLeftOut) {
  RecordedRun run = SampleRun(std::string(20000, 'x'));
  const std::string text = SummaryMarkdown(run, 300000);
  EXPECT_LE(text.size(), 300000u);
  EXPECT_NE(text.find("findings are left out for their size"), std::string::npos);
  for (int i = 0; i < 300; ++i) {
    run.findings.push_back(
        SampleFinding("n", "r", FindingKind::kViolation, std::string(5000, '&')));
    run.trailer.not_exercised.push_back(std::to_string(i) + std::string(5000, 'y'));
  }
  EXPECT_LE(SummaryMarkdown(run).size(), kSummaryLimit);
  EXPECT_LE(SummaryMarkdown(run, 10).size(), 10u);
}

}  // namespace
}  // namespace assay
