#include "reports/render/overview.h"

#include <gtest/gtest.h>

#include "reports/journal/sample_run_for_test.h"
#include "reports/render/html_parts.h"
#include "reports/render/summary.h"
#include "reports/render/terminal.h"

namespace assay {
namespace {

Finding WithId(const std::string& id) {
  Finding finding;
  finding.id = id;
  return finding;
}

TEST(Overview, ReproNamesAreSafeAndDiffer) {
  EXPECT_EQ(ReproName(WithId("paging.page_size.maximum-1a2b")), "paging.page_size.maximum-1a2b");
  const std::string up = ReproName(WithId("../../etc/passwd"));
  EXPECT_EQ(up.find('/'), std::string::npos);
  EXPECT_NE(up[0], '.');
  EXPECT_NE(ReproName(WithId("a/b")), ReproName(WithId("a_b")));
  EXPECT_NE(ReproName(WithId("a/b")), ReproName(WithId("a:b")));
  EXPECT_NE(ReproName(WithId("")), "");
  EXPECT_LT(ReproName(WithId(std::string(5000, 'x'))).size(), 200u);
}

TEST(Overview, ARequestStaysReadableAndUnambiguous) {
  Finding finding;
  finding.request.method = "POST";
  finding.request.placement = Placement::kForm;
  finding.request.parameters = {
      {"SnapshotIds", "[\"s-1\"]"}, {"Name", "a&b c"}, {"AccessKeyId", "k"}};
  EXPECT_EQ(RequestText(finding.request), "POST (form) SnapshotIds=[\"s-1\"]&Name=a%26b%20c");
}

TEST(Overview, VerdictsSayWhatTheyRestOn) {
  RecordedRun run = SampleRun("");
  EXPECT_EQ(VerdictText(run), "VIOLATIONS: 2 rules are broken, 3 violations.");
  run.trailer.verdict = RunVerdict::kInconclusive;
  run.trailer.reason = "the target is gone";
  EXPECT_EQ(VerdictText(run), "INCONCLUSIVE: the target is gone.");
  run.trailer.verdict = RunVerdict::kConforms;
  EXPECT_NE(VerdictText(run).find(", with 1 warning by other sources, 1 known finding aside"),
            std::string::npos)
      << VerdictText(run);
}

TEST(Overview, RulesNeverExercisedComeFromTheListAndTheTallies) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.push_back({"silent.b.c", Level::kMust, 0, 0});
  const auto rules = UnexercisedRules(run);
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].second, "the dataset has no such snapshot");
  EXPECT_EQ(rules[1].first, "silent.b.c");
  EXPECT_EQ(RulesText(CountTotals(run)),
            "1 held, 2 broken, 1 warned of, 1 not settled, 2 not shown");
  EXPECT_EQ(CountTotals(run).rules, 7u);
}

TEST(Overview, ARuleThatOnlyAnotherFindingExplainsIsNotHeld) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.push_back({"error.code.belongs", Level::kMust, 73, 73});
  EXPECT_EQ(StateOf(run, run.trailer.rules.back()), RuleState::kExplained);
  EXPECT_EQ(ExplainedText(run, "error.code.belongs"),
            "broken only by answers that another finding explains");
  EXPECT_EQ(RulesText(CountTotals(run)),
            "1 held, 2 broken, 1 warned of, 1 explained by them, 1 not settled, 1 not shown");
  run.findings[1].also = {"error.code.belongs.more.a62c"};
  EXPECT_EQ(ExplainingFinding(run, "error.code.belongs"), nullptr);
  run.findings[1].also = {"error.code.belongs.a62c"};
  EXPECT_EQ(ExplainingFinding(run, "error.code.belongs"), &run.findings[1]);
}

TEST(Overview, ARunWithoutCountsOfRulesSaysWhy) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.clear();
  EXPECT_EQ(RulesText(CountTotals(run)), "not counted, since nothing was judged");
  run.finished = false;
  EXPECT_EQ(RulesText(CountTotals(run)), "not counted, since the run did not end");
}

TEST(Overview, ASentenceBeginsWithACapitalUnlessWithAnId) {
  EXPECT_EQ(StartSentence("counts one too few"), "Counts one too few");
  for (const char* text :
       {"http://a:1: answers", "s-bp1 is lost", "nextToken is empty", "", "101"}) {
    EXPECT_EQ(StartSentence(text), text);
  }
}

TEST(Overview, RulesNotShownAreTiedTogetherByTheirReason) {
  RecordedRun run = SampleRun("");
  run.trailer.not_exercised = {"a.b.c: no request is signed", "a.b.d: the state lacks it",
                               "a.b.e: no request is signed", "a.b.f"};
  const auto groups = NotShownByReason(run);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].why, "no request is signed");
  EXPECT_EQ(groups[0].rules, (std::vector<std::string>{"a.b.c", "a.b.e"}));
  EXPECT_EQ(groups[1].rules, (std::vector<std::string>{"a.b.d"}));
  EXPECT_EQ(groups[2].why, "");
  EXPECT_EQ(WhyNotShown(run), (std::vector<std::string>{"2 of them: no request is signed"}));
  const std::string_view said = "2 of them: no request is signed";
  EXPECT_NE(TerminalSummary(run, "out", {}, false).find(said), std::string::npos);
  EXPECT_NE(SummaryMarkdown(run).find(said), std::string::npos) << SummaryMarkdown(run);
  EXPECT_NE(RuleList(run).find(said), std::string::npos) << RuleList(run);
}

TEST(Overview, ADiagnosisIsDeniedOnlyIfItWasLookedFor) {
  Finding finding;
  EXPECT_TRUE(DiagnosisTexts(finding).empty());
  finding.diagnosed = true;
  EXPECT_EQ(DiagnosisTexts(finding),
            std::vector<std::string>{"no fault of the catalogue answers like this"});
  finding.diagnosis = {"tags.or"};
  EXPECT_EQ(DiagnosisTexts(finding), std::vector<std::string>{"answers as if tags.or"});
}

TEST(Overview, WhatWasNotSentAgainIsNotCalledDeterministic) {
  Finding finding;
  EXPECT_EQ(StabilityText(finding), "not sent again");
  finding.repeated = {.failed = 3, .tried = 3};
  EXPECT_EQ(StabilityText(finding), "deterministic");
}

TEST(Overview, WhatWasNotSeenAgainIsNotCalledIntermittent) {
  Finding finding;
  finding.stability = Stability::kIntermittent;
  finding.repeated = {.failed = 2, .tried = 9};
  EXPECT_EQ(StabilityText(finding).find("intermittent: "), 0U) << StabilityText(finding);
  finding.repeated.failed = 0;
  finding.overlapping = {.failed = 0, .tried = 8};
  EXPECT_EQ(StabilityInShort(finding), "not seen again");
  EXPECT_EQ(StabilityText(finding).find("not seen again: "), 0U) << StabilityText(finding);
  EXPECT_NE(StabilityText(finding).find("0 of 8"), std::string::npos) << StabilityText(finding);
}

TEST(Overview, EvidenceIsNamedUpToTheLimit) {
  Finding finding;
  EXPECT_EQ(EvidenceText(finding, 2), "");
  finding.evidence = {3};
  EXPECT_EQ(EvidenceText(finding, 2), "exchange 3");
  finding.evidence = {3, 4, 5};
  EXPECT_EQ(EvidenceText(finding, 2), "exchanges 3, 4 and 1 more");
}

TEST(Overviews, CountARuleAsHeldOnlyIfNothingIsOpen) {
  RecordedRun run = SampleRun("");
  std::erase_if(run.findings,
                [](const Finding& finding) { return finding.kind != FindingKind::kInconclusive; });
  run.trailer.rules = {{"inconclusive.b.c", Level::kMust, 40, 0}, {"a.b", Level::kMust, 3, 0}};
  run.trailer.not_exercised.clear();
  EXPECT_EQ(NameOf(StateOf(run, run.trailer.rules[0])), "not_settled");
  EXPECT_EQ(RulesText(CountTotals(run)), "1 held, 0 broken, 1 not settled, 0 not shown");
}

}  // namespace
}  // namespace assay
