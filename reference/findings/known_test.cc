#include "reference/findings/known.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

constexpr const char* kToday = "2026-06-15";

std::vector<Finding> Found() {
  return {{.id = "page.size.echo.00000001",
           .rule = "page.size.echo",
           .kind = FindingKind::kViolation,
           .actual = "PageSize 7"},
          {.id = "encoding.xml.root.00000002",
           .rule = "encoding.xml.root",
           .kind = FindingKind::kWarning,
           .actual = "Root <x>"},
          {.id = "page.size.limits.00000003",
           .rule = "page.size.limits",
           .kind = FindingKind::kInconclusive}};
}

KnownFinding Accept(const std::string& id, const std::string& rule,
                    const std::string& expires = "") {
  return {id, rule, "a reason", expires};
}

Finding InThreeParts() {
  return {.id = "page.size.echo.00000001",
          .rule = "page.size.echo",
          .actual = "10",
          .also = {"page.size.default.00000007", "page.size.limits.00000008"}};
}

TEST(Known, FindingsBecomeKnown) {
  std::vector<Finding> findings = Found();
  EXPECT_TRUE(ApplyKnown({Accept("page.size.echo.00000001", "page.size.echo", kToday)}, true,
                         kToday, findings)
                  .empty());
  EXPECT_EQ(findings[0].kind, FindingKind::kKnown);
  EXPECT_EQ(findings[1].kind, FindingKind::kWarning);
}

TEST(Known, EntriesExpire) {
  std::vector<Finding> findings = Found();
  const auto problems = ApplyKnown(
      {Accept("page.size.echo.00000001", "page.size.echo", "2026-06-14")}, true, kToday, findings);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("accepted only until 2026-06-14"), std::string::npos);
  EXPECT_EQ(findings[0].kind, FindingKind::kViolation);
}

TEST(Known, EntriesThatAreNoLongerFoundAreReportedInFullRunsOnly) {
  std::vector<Finding> findings = Found();
  const std::vector<KnownFinding> known = {Accept("page.size.echo.0000000f", "page.size.echo")};
  EXPECT_EQ(ApplyKnown(known, true, kToday, findings).size(), 1U);
  EXPECT_EQ(ApplyKnown(known, false, kToday, findings).size(), 0U);
}

TEST(Known, EntriesThatCanMatchNothingAreAlwaysReported) {
  std::vector<Finding> findings = Found();
  const auto problems = ApplyKnown({Accept("page.no_rule.00000001", "page.no_rule"),
                                    Accept("page.size.echo.00000001", "page.size.limits")},
                                   false, kToday, findings);
  EXPECT_EQ(problems.size(), 2U);
  EXPECT_EQ(findings[0].kind, FindingKind::kViolation);
}

TEST(Known, ANewFindingOfTheSameRuleStaysAViolation) {
  std::vector<Finding> findings = Found();
  findings.push_back(findings[0]);
  findings.back().id = "page.size.echo.00000009";
  EXPECT_TRUE(
      ApplyKnown({Accept("page.size.echo.00000001", "page.size.echo")}, true, kToday, findings)
          .empty());
  EXPECT_EQ(findings[0].kind, FindingKind::kKnown);
  EXPECT_EQ(findings[3].kind, FindingKind::kViolation);
}

TEST(Known, AnEntryThatIsPartOfAnotherFindingCountsAsFoundAndHidesNothing) {
  const std::vector<KnownFinding> known = {
      Accept("page.size.default.00000007", "page.size.default")};
  for (const bool diagnosed : {true, false}) {
    std::vector<Finding> findings = Found();
    findings[0].also = {"page.size.default.00000007"};
    if (diagnosed) findings[0].diagnosis = {"paging.size.echo_count"};
    EXPECT_TRUE(ApplyKnown(known, true, kToday, findings).empty());
    EXPECT_EQ(findings[0].kind, FindingKind::kViolation);
  }
}

TEST(Known, APartThatIsNotAcceptedStaysAViolation) {
  const std::vector<KnownFinding> known = {Accept("page.size.echo.00000001", "page.size.echo")};
  for (const bool diagnosed : {true, false}) {
    std::vector<Finding> findings = Found();
    findings[0].also = {"page.size.default.00000007"};
    if (diagnosed) findings[0].diagnosis = {"paging.size.echo_count"};
    EXPECT_TRUE(ApplyKnown(known, true, kToday, findings).empty());
    EXPECT_EQ(findings[0].kind, FindingKind::kViolation);
  }
}

TEST(Known, APartWithAnAcceptedSymptomIsKnownByADiagnosis) {
  const std::vector<KnownFinding> known = {
      Accept("page.size.echo.00000001", "page.size.echo"),
      Accept("page.size.default.00000007aaaa", "page.size.default")};
  for (const bool diagnosed : {true, false}) {
    std::vector<Finding> findings = Found();
    findings[0].also = {"page.size.default.00000007aaaa", "page.size.default.00000007bbbb"};
    if (diagnosed) findings[0].diagnosis = {"paging.size.echo_count"};
    EXPECT_TRUE(ApplyKnown(known, true, kToday, findings).empty());
    EXPECT_EQ(findings[0].kind, diagnosed ? FindingKind::kKnown : FindingKind::kViolation);
  }
}

TEST(Known, AnIntermittentEntryMayBeAbsent) {
  std::vector<Finding> findings = Found();
  KnownFinding entry = Accept("page.size.echo.0000000f", "page.size.echo");
  entry.intermittent = true;
  EXPECT_TRUE(ApplyKnown({entry}, true, kToday, findings).empty());
}

TEST(Known, WritingKeepsReasonsAndDatesAndWhatAPartOfARunDidNotLookAt) {
  std::vector<Finding> findings = Found();
  findings[1].stability = Stability::kIntermittent;
  std::vector<KnownFinding> earlier = {
      Accept("page.size.echo.00000001", "page.size.echo", "2027-01-01"),
      Accept("page.size.echo.0000000f", "page.size.echo")};
  for (const bool keep_all : {true, false}) {
    const auto known = ParseKnown(
        KnownText(findings, earlier, [=](const auto&) { return keep_all; }), "known.json");
    ASSERT_TRUE(known) << known.error().Text();
    ASSERT_EQ(known->size(), keep_all ? 3U : 2U);
    EXPECT_EQ(known->front().reason, "a reason");
    EXPECT_EQ(known->front().expires, "2027-01-01");
    EXPECT_TRUE(known->back().intermittent);
  }
}

TEST(Known, AFolderIsNoListAndSaysSo) {
  const auto read = LoadKnown(".");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().Text(), ".: the known findings cannot be read: Is a directory");
  EXPECT_NE(LoadKnown("no/such.json").error().Text().find("No such file"), std::string::npos);
}

TEST(Known, EveryEntryOfOneFindingCountsAsFound) {
  std::vector<Finding> findings = Found();
  findings[0].also = {"page.size.default.00000007"};
  EXPECT_TRUE(ApplyKnown({Accept("page.size.echo.00000001", "page.size.echo"),
                          Accept("page.size.default.00000007", "page.size.default")},
                         true, kToday, findings)
                  .empty());
  EXPECT_EQ(findings[0].kind, FindingKind::kKnown);
}

TEST(Known, PartsOfFindingsAreWrittenToo) {
  std::vector<Finding> findings = Found();
  findings[0].also = {"page.size.default.00000007"};
  const auto known = ParseKnown(KnownText(findings), "known.json");
  ASSERT_TRUE(known) << known.error().Text();
  ASSERT_EQ(known->size(), 3U);
  EXPECT_EQ((*known)[1].rule, "page.size.default");
  EXPECT_TRUE(ApplyKnown(*known, true, kToday, findings).empty());
}

TEST(Known, PartsAreWrittenWithTheTextOfTheirOwnRule) {
  const auto known = ParseKnown(KnownText({InThreeParts()}), "known.json");
  ASSERT_TRUE(known) << known.error().Text();
  ASSERT_EQ(known->size(), 3U);
  EXPECT_EQ((*known)[0].reason, "not yet examined: 10");
  EXPECT_EQ((*known)[1].id, "page.size.default.00000007");
  EXPECT_EQ((*known)[1].rule, "page.size.default");
  EXPECT_NE((*known)[1].reason.find("as a part of page.size.echo.00000001"), std::string::npos);
  EXPECT_NE((*known)[1].reason, (*known)[2].reason);
}

TEST(Known, NamesWhatTheListLacks) {
  const std::vector<KnownFinding> known = {
      {"page.size.echo.00000001", "page.size.echo", "why"},
      {"page.size.limits.00000008", "page.size.limits", "why"}};
  EXPECT_EQ(
      MissingParts(known, "2026-01-01", {InThreeParts()}),
      std::vector<std::string>{"page.size.echo.00000001 is accepted, but not what is the same "
                               "finding: page.size.default.00000007"});
  EXPECT_EQ(MissingParts({known[1]}, "2026-01-01", {InThreeParts()}),
            std::vector<std::string>{
                "page.size.limits.00000008 is accepted, but not what is the same finding: "
                "page.size.echo.00000001, page.size.default.00000007"});
  EXPECT_TRUE(MissingParts({}, "2026-01-01", {InThreeParts()}).empty());
  Finding accepted = InThreeParts();
  accepted.kind = FindingKind::kKnown;
  EXPECT_TRUE(MissingParts(known, "2026-01-01", {accepted}).empty());
}

TEST(Known, FilesThatARunWritesAreReadBack) {
  const std::vector<Finding> findings = Found();
  const auto known = ParseKnown(KnownText(findings), "known.json");
  ASSERT_TRUE(known) << known.error().Text();
  ASSERT_EQ(known->size(), 2U);
  std::vector<Finding> again = Found();
  EXPECT_TRUE(ApplyKnown(*known, true, kToday, again).empty());
  EXPECT_EQ(again[0].kind, FindingKind::kKnown);
  EXPECT_EQ(again[1].kind, FindingKind::kKnown);
  EXPECT_EQ(again[2].kind, FindingKind::kInconclusive);
}

TEST(Known, FilesSayWhatIsWrongWithThem) {
  const auto what = [](const char* text) {
    const auto known = ParseKnown(text, "known.json");
    return known ? std::string() : known.error().Text();
  };
  EXPECT_EQ(what(R"({"format":"assay-known/1","findings":[]})"), "");
  for (const char* bad :
       {"{", "[]", "1e999", R"({"findings":[]})", R"({"format":"assay-known/2","findings":[]})",
        R"({"format":"assay-known/1"})",
        R"({"format":"assay-known/1","findings":[{"id":"a","rule":"b"}]})",
        R"({"format":"assay-known/1","findings":[{"id":"a","rule":"b","reason":""}]})",
        R"({"format":"assay-known/1","findings":[{"id":"a","rule":"b","reason":"c","x":1}]})",
        R"({"format":"assay-known/1","findings":[{"id":"a","rule":"b","reason":"c",)"
        R"("expires":"2026-02-30"}]})",
        R"({"format":"assay-known/1","findings":[{"id":"a","rule":"b","reason":"c"},)"
        R"({"id":"a","rule":"b","reason":"c"}]})"}) {
    EXPECT_TRUE(what(bad).starts_with("known.json")) << bad << " " << what(bad);
  }
}

TEST(Known, FilesThatCannotBeReadAreNamed) {
  EXPECT_EQ(LoadKnown("/no/such/file").error().where, "/no/such/file");
}

}  // namespace
}  // namespace assay
