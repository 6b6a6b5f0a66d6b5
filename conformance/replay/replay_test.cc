#include "conformance/replay/replay.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"
#include "conformance/run/run_for_test.h"
#include "conformance/run/test_loop.h"
#include "reference/faults/catalogue.h"

namespace assay {
namespace {

RunHeader HeaderOf(const std::string& spec_hash = SpecHash()) {
  return {.assay = ASSAY_VERSION,
          .spec_hash = spec_hash,
          .target = "http://127.0.0.1:1",
          .dataset = "built in",
          .seed = 1,
          .started = "2026-11-24T00:00:00Z",
          .options = {{"--region", "cn-hangzhou"}}};
}

// Runs tests by name against the model with the faults, and leaves their record in "report".
// `bend` may change what is recorded.
void Record(const TestFolder& folder, const std::vector<std::string>& faults,
            const std::vector<std::string>& names,
            const std::function<void(ExchangeRecord&)>& bend = {},
            const RunHeader& header = HeaderOf()) {
  class Bender : public Recorder {
   public:
    Bender(Recorder& journal, const std::function<void(ExchangeRecord&)>& bend)
        : journal_(journal), bend_(bend) {}
    void Begin(const RunHeader& begin) override { journal_.Begin(begin); }
    void Add(const ExchangeRecord& exchange) override {
      ExchangeRecord bent = exchange;
      if (bend_) bend_(bent);
      journal_.Add(bent);
    }
    void Add(const Finding& finding) override { journal_.Add(finding); }
    void End(const RunTrailer& trailer) override { journal_.End(trailer); }

   private:
    Recorder& journal_;
    const std::function<void(ExchangeRecord&)>& bend_;
  };
  auto journal = std::move(*Journal::Open((folder / "report").string()));
  Bender bender(*journal, bend);
  ModelTarget target(BuiltIn(), {}, *FindFaults(faults));
  Judge judge(BuiltIn());
  Session session(target, judge, bender);
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {.combinations = false}, notes);
  bender.Begin(header);
  const std::vector<SuiteTest> tests = std::move(*AllTests(context, {LawsForTest}));
  RunTests(tests, {.only = names}, [&](std::size_t i) {
    (void)RunTest(context, tests[i]);
    return true;
  });
  for (const Finding& finding : session.Findings()) bender.Add(finding);
  bender.End(
      {.verdict = RunVerdict::kViolations, .exit_code = 1, .exchanges = session.exchanges()});
}

struct Replayed {
  int code = -1;
  std::string text;
};
Replayed ReplayOffline(const TestFolder& folder) {
  std::ostringstream output;
  const auto code = Replay({.recording = (folder / "report").string()}, {LawsForTest}, output);
  if (!code) return {static_cast<int>(code.error().exit), code.error().Text()};
  return {static_cast<int>(*code), output.str()};
}

bool Has(const Replayed& replayed, const std::string& text) {
  return replayed.text.find(text) != std::string::npos;
}

TEST(Replay, ARecordThatConformsStillDoes) {
  const TestFolder folder;
  Record(folder, {}, {"page.size.echo", "walks.page_size_50", "walks.max_results_33"});
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 0) << replayed.text;
  EXPECT_TRUE(Has(replayed, "\n0 of ") || replayed.text.starts_with("0 of ")) << replayed.text;
  EXPECT_FALSE(Has(replayed, "note:")) << replayed.text;
}

TEST(Replay, VerdictsThatChangedAreCountedAndShown) {
  const TestFolder folder;
  // As if the rules of then had seen nothing.
  const auto forget = [](ExchangeRecord& exchange) {
    exchange.verdict = ExchangeVerdict::kConforms;
    exchange.rules.clear();
  };
  Record(folder, {"paging.size.echo_missing"}, {"page.size.echo"}, forget);
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 1) << replayed.text;
  EXPECT_TRUE(Has(replayed, "x  conforms -> violation ")) << replayed.text;
  EXPECT_TRUE(Has(replayed, "  exchange 1: GET Action=DescribeSnapshots")) << replayed.text;
  EXPECT_TRUE(Has(replayed, "    recorded conforms\n    today    violation ")) << replayed.text;
  EXPECT_TRUE(Has(replayed, "SAME ")) << replayed.text;
}

// A violation of the rule, whose id ends in 00000001.
std::string LineOfFinding(const std::string& rule, const std::string& evidence) {
  std::ostringstream line;
  line << R"({"type":"finding","id":")" << rule << R"(.00000001","rule":")" << rule
       << R"(","kind":"violation","stability":"deterministic","occurrences":1,"statement":"s",)"
       << R"("source":"s","method":"GET","placement":"query","parameters":[],"expected":"e",)"
       << R"("actual":"a","evidence":)" << evidence << R"(,"diagnosis":[]})"
       << "\n";
  return line.str();
}

// To the end of the journal.
void AddFinding(const TestFolder& folder, const std::string& rule, const std::string& evidence) {
  ReplaceJournal(folder / "report", JournalText(folder / "report") + LineOfFinding(rule, evidence));
}

TEST(Replay, AViolationThatIsNoneTodayIsFixed) {
  const TestFolder folder;
  // As if the rules of then had complained of something.
  const auto complain = [](ExchangeRecord& exchange) {
    exchange.verdict = ExchangeVerdict::kViolation;
    exchange.rules = {"page.size.echo"};
  };
  Record(folder, {}, {"page.size.echo"}, complain);
  AddFinding(folder, "page.size.echo", "[1]");
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 0) << replayed.text;
  EXPECT_TRUE(Has(replayed, "x  violation page.size.echo -> conforms")) << replayed.text;
  EXPECT_TRUE(Has(replayed, "FIXED      page.size.echo.00000001")) << replayed.text;
}

constexpr const char* kCompared = "properties.repeated_lists_are_equal";

TEST(Replay, WhatOnlyAComparisonShowsIsFoundAgainInTheRecord) {
  const TestFolder folder;
  Record(folder, {"filter.status.all_without_failed"}, {kCompared});
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 1) << replayed.text;
  EXPECT_TRUE(Has(replayed, "SAME ")) << replayed.text;
  EXPECT_NE(JournalText(folder / "report").find("\"also\":[\"page.order.stable."),
            std::string::npos);
  EXPECT_FALSE(Has(replayed, "FIXED")) << replayed.text;
}

TEST(Replay, WhatTheRecordHoldsTooLittleOfIsNotCalledFixed) {
  const TestFolder folder;
  Record(folder, {}, {kCompared}, [](ExchangeRecord& exchange) {
    // Of a suite that sends other requests today.
    if (exchange.id == 1) exchange.request.parameters.push_back({"PageSize", "10"});
  });
  AddFinding(folder, "page.order.stable", "[1,2]");
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_FALSE(Has(replayed, "FIXED")) << replayed.text;
  EXPECT_TRUE(Has(replayed, "NOT JUDGED page.order.stable.")) << replayed.text;
}

// Older journals have the tests of rules under one suite.
TEST(Replay, FindsTheTestOfAnExchangeHoweverItIsNamed) {
  for (const bool is_old : {false, true}) {
    const TestFolder folder;
    Record(folder, {}, {"page.size.echo"}, [&](ExchangeRecord& exchange) {
      EXPECT_EQ(exchange.suite, "page");
      EXPECT_EQ(exchange.test, "size.echo");
      if (is_old) exchange.test = exchange.suite + "." + exchange.test;
      if (is_old) exchange.suite = "rules";
      if (exchange.id == 1)
        exchange.request.parameters.push_back({"SnapshotName", "of_another_suite"});
    });
    AddFinding(folder, "page.order.stable", "[1]");
    const Replayed replayed = ReplayOffline(folder);
    EXPECT_TRUE(Has(replayed, "NOT JUDGED page.order.stable.")) << replayed.text;
    EXPECT_TRUE(Has(replayed, "the test page.size.echo found it")) << replayed.text;
  }
}

TEST(Replay, AnswersThatWereCutAreLeftOutWithAllThatTheirTokensLeadTo) {
  const TestFolder folder;
  Record(folder, {}, {"walks.max_results_33"}, [](ExchangeRecord& exchange) {
    if (exchange.id == 1) exchange.body.resize(exchange.body.size() / 2);
  });
  // The journal writes that the body is cut only if it is longer than the limit.
  std::string text = JournalText(folder / "report");
  const std::size_t at = text.find("\"body\":");
  text.insert(at, "\"cut\":true,");
  ReplaceJournal(folder / "report", text);
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 0) << replayed.text;
  EXPECT_FALSE(Has(replayed, "NEW")) << replayed.text;
}

TEST(Replay, RecordsUnderOtherRulesAreSaidToBe) {
  const TestFolder folder;
  Record(folder, {}, {"page.size.echo"}, {}, HeaderOf("0123456789abcdef"));
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 0) << replayed.text;
  EXPECT_TRUE(Has(replayed, "note: recorded by assay")) << replayed.text;
  EXPECT_TRUE(Has(replayed, "0123456789ab")) << replayed.text;
}

TEST(Replay, KnownFindingsDoNotFailIt) {
  const TestFolder folder;
  Record(folder, {"paging.size.echo_missing"}, {"page.size.echo"});
  std::string text = JournalText(folder / "report");
  for (std::size_t at = 0; (at = text.find("\"kind\":\"violation\"", at)) != std::string::npos;) {
    text.replace(at, 18, "\"kind\":\"known\"");
  }
  ReplaceJournal(folder / "report", text);
  const Replayed replayed = ReplayOffline(folder);
  EXPECT_EQ(replayed.code, 0) << replayed.text;
  EXPECT_TRUE(Has(replayed, "SAME ")) << replayed.text;
}

TEST(Replay, ARecordWithoutExchangesIsNotASuccess) {
  const TestFolder folder;
  Record(folder, {}, {"no.such.test"});
  EXPECT_EQ(ReplayOffline(folder).code, 3);
}

TEST(Replay, ATargetThatCannotBeReachedLeavesEachFindingNotJudged) {
  const TestFolder folder;
  Record(folder, {}, {"page.size.echo"});
  std::string text = JournalText(folder / "report");
  for (int i = 0; i < 12; ++i) text += LineOfFinding(fmt::format("page.size.echo{}", i), "[1]");
  ReplaceJournal(folder / "report", text);
  std::ostringstream output;
  const auto code = Replay(
      {.recording = (folder / "report").string(), .target = "http://127.0.0.1:1"}, {}, output);
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().exit, ExitCode::kCouldNotJudge);
  text = output.str();
  EXPECT_TRUE(text.starts_with("NOT JUDGED page.size.echo0.00000001: ")) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 11) << text;
  EXPECT_TRUE(text.ends_with("NOT JUDGED and 2 more\n")) << text;
}

TEST(Replay, NumbersAreWrittenAlike) {
  Recording recording;
  recording.exchanges.resize(19'328);
  std::ostringstream output;
  TellOutcome(recording, {.judged = 19'328}, true, output);
  EXPECT_TRUE(output.str().starts_with("19,328 of 19,328 exchanges ")) << output.str();
}

}  // namespace
}  // namespace assay
