#include "conformance/replayed_findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>

#include "conformance/faulty_target_for_test.h"
#include "conformance/run_for_test.h"
#include "conformance/suite.h"
#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/http_client.h"
#include "reference/request_signer.h"
#include "reference/server.h"
#include "reports/repro.h"

namespace assay {
namespace {

// A law as another folder may have it: a second answer is as long as the first.
std::vector<TargetTest> LawsForTest(const Dataset&, std::uint64_t) {
  return {{"properties", "repeated_lists_are_equal", [](Session& session) {
             const Origin origin{"properties", "repeated_lists_are_equal"};
             Request request;
             request.Set("Action", "DescribeSnapshots");
             request.Set("RegionId", "cn-hangzhou");
             request.Set("Format", "JSON");
             const JudgedExchange first = session.Send(origin, request);
             request.Set("Status", "all");
             const JudgedExchange second = session.Send(origin, request);
             if (first.verdict.listed != second.verdict.listed) {
               session.Report(origin, second,
                              {"page.order.stable"_rule, "the list before", "another one", "law"},
                              {first.id});
             }
             return TestOutcome{};
           }}};
}
const std::vector<TargetTests> kMore = {LawsForTest};

// Runs the named tests against the target; the run's record is in the folder "report" then.
void RecordRun(Target& target, const std::vector<std::string>& names, const TestFolder& folder,
               bool signs = false) {
  auto journal = std::move(*Journal::Open((folder / "report").string()));
  Judge judge(BuiltIn());
  Session session(target, judge, *journal);
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {.signs = signs, .combinations = false}, notes);
  journal->Begin({.assay = ASSAY_VERSION,
                  .spec_hash = SpecHash(),
                  .target = target.Name(),
                  .dataset = "built in",
                  .seed = 1,
                  .started = "2026-11-24T00:00:00Z",
                  .options = {{"--region", context.values.region()}}});
  const std::vector<SuiteTest> tests = std::move(*AllTests(context, kMore));
  for (const SuiteTest& test : tests) {
    const std::string name = test.suite + "." + test.name;
    if (std::ranges::find(names, name) != names.end()) test.run(context);
  }
  for (const Finding& finding : session.Findings()) journal->Add(finding);
  journal->End({.verdict = "violations", .exit_code = 1, .exchanges = session.exchanges()});
}

// The small journals that a report writes, one a finding.
std::vector<Recording> ReprosOf(const TestFolder& folder) {
  const Result<RecordedRun> run = LoadRun((folder / "report").string());
  EXPECT_TRUE(run) << run.error().Text();
  std::vector<Recording> out;
  for (const Finding& finding : run->findings) {
    const auto recording = OpenRecording(folder.Write("repro.ndjson", ReproJournal(*run, finding)));
    EXPECT_TRUE(recording) << recording.error().Text();
    out.push_back(*recording);
  }
  return out;
}

ReplayContext ContextFor(bool signs = false) {
  static const Reading none;
  return {.dataset = BuiltIn(), .pins = none, .judge = {}, .signs = signs, .more = kMore};
}

Fate FateAt(Target& target, const Recording& recording, bool signs = false) {
  const auto outcome = SendAgain(recording, ContextFor(signs), target);
  EXPECT_TRUE(outcome) << outcome.error().Text();
  EXPECT_EQ(outcome->findings.size(), 1U);
  return outcome->findings.front().fate;
}

std::set<std::string> RulesOf(const std::vector<Recording>& recordings) {
  std::set<std::string> out;
  for (const Recording& recording : recordings) out.insert(recording.findings.front().rule);
  return out;
}

// A fault, the tests that see it, and a rule that it breaks.
struct Sample {
  const char* fault;
  std::vector<std::string> tests;
  const char* rule;
};
class ReplayOfFault : public testing::TestWithParam<Sample> {};

TEST_P(ReplayOfFault, SaysSameAtTheFaultAndFixedWithoutIt) {
  const TestFolder folder;
  const Fault* fault = FindFault(GetParam().fault);
  ASSERT_NE(fault, nullptr);
  {
    ModelTarget target(BuiltIn(), {}, {fault});
    RecordRun(target, GetParam().tests, folder);
  }
  const std::vector<Recording> repros = ReprosOf(folder);
  EXPECT_TRUE(RulesOf(repros).contains(GetParam().rule)) << GetParam().rule;
  for (const Recording& repro : repros) {
    ModelTarget faulty(BuiltIn(), {}, {fault});
    EXPECT_EQ(FateAt(faulty, repro), Fate::kSame) << repro.findings.front().id;
    ModelTarget right(BuiltIn(), {});
    const bool intermittent = repro.findings.front().stability == "intermittent";
    EXPECT_EQ(FateAt(right, repro), intermittent ? Fate::kNotSeen : Fate::kFixed)
        << repro.findings.front().id;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ReplayOfFault,
    testing::Values(
        Sample{"paging.last_page.drops_one", {"walks.page_size_50"}, "page.walk.complete"},
        Sample{"paging.number.ignored", {"walks.page_size_50"}, "page.walk.unique"},
        Sample{"token.last_page.drops_one", {"walks.max_results_33"}, "token.walk.complete"},
        Sample{"token.filters.forgotten", {"walks.max_results_10"}, "token.walk.unique"},
        Sample{"token.reuse.moves_on", {"walks.tokens_again"}, "page.order.stable"}),
    [](const auto& info) {
      std::string name = info.param.fault;
      std::ranges::replace(name, '.', '_');
      return name;
    });

}  // namespace
}  // namespace assay
