#include "conformance/replay/replayed_findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <sstream>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"
#include "conformance/replay/replay.h"
#include "conformance/run/run_for_test.h"
#include "conformance/run/test_loop.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/target/handler_target.h"
#include "reference/target/http_client.h"
#include "reports/render/repro.h"

namespace assay {
namespace {

const std::vector<TestSource> kMore = {LawsForTest};

// Runs a suite's part against the target; its record is in the folder "report" then.
void RecordRun(Target& target, const TestFolder& folder, bool signs,
               const std::function<void(SuiteContext&)>& run) {
  auto journal = std::move(*Journal::Open((folder / "report").string()));
  Judge judge(BuiltIn());
  Session session(target, judge, *journal, {.diagnose = false});
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {.signs = signs, .combinations = false}, notes);
  journal->Begin({.assay = ASSAY_VERSION,
                  .spec_hash = SpecHash(),
                  .target = target.Name(),
                  .dataset = "built in",
                  .seed = 1,
                  .started = "2026-11-24T00:00:00Z",
                  .options = {{"--region", context.values.region()}}});
  run(context);
  for (const Finding& finding : session.Findings()) journal->Add(finding);
  journal->End(
      {.verdict = RunVerdict::kViolations, .exit_code = 1, .exchanges = session.exchanges()});
}

void RunNamed(SuiteContext& context, const std::vector<std::string>& names) {
  const std::vector<SuiteTest> tests = std::move(*AllTests(context, kMore));
  RunTests(tests, {.only = names}, [&](std::size_t i) {
    (void)RunTest(context, tests[i]);
    return true;
  });
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

TEST(ReplayedFindings, AreNotJudgedWhereTheGatewayRefusesEverybody) {
  const TestFolder folder;
  ModelTarget recorded(BuiltIn(), {}, {FindFault("filter.usage.none_as_all")});
  RecordRun(recorded, folder, false,
            [](SuiteContext& context) { RunNamed(context, {"filter.usage.none"}); });
  const auto guarded = Server::Start(BuiltIn(), {}, "127.0.0.1", 0, {}, {.authenticate = true});
  ASSERT_TRUE(guarded);
  const auto target = HttpTarget::Open((*guarded)->Url(), {});
  const std::vector<Recording> repros = ReprosOf(folder);
  ASSERT_FALSE(repros.empty());
  for (const Recording& repro : repros) {
    const auto outcome = SendAgain(repro, ContextFor(), **target);
    ASSERT_TRUE(outcome) << outcome.error().Text();
    EXPECT_EQ(outcome->findings.front().fate, Fate::kNotJudged);
    EXPECT_NE(outcome->findings.front().text.find("refused by the gateway"), std::string::npos)
        << outcome->findings.front().text;
    EXPECT_TRUE(outcome->others.empty());
    std::ostringstream output;
    EXPECT_EQ(TellOutcome(repro, *outcome, true, output), ExitCode::kCouldNotJudge) << output.str();
  }
}

std::set<std::string> RulesOf(const std::vector<Recording>& recordings) {
  std::set<std::string> out;
  for (const Recording& recording : recordings) out.insert(recording.findings.front().rule);
  return out;
}

std::string Listed(const std::set<std::string>& rules) {
  std::string out;
  for (const std::string& rule : rules) out += rule + " ";
  return out;
}

// A fault, the test that sees it, and a rule that it breaks.
struct Sample {
  const char* fault;
  const char* test;
  const char* rule;
  bool signs = false;
};
class ReplayOfFault : public testing::TestWithParam<Sample> {};

TEST_P(ReplayOfFault, SaysSameAtTheFaultAndFixedWithoutIt) {
  const TestFolder folder;
  const Sample& sample = GetParam();
  const Fault* fault = FindFault(sample.fault);
  ASSERT_NE(fault, nullptr);
  ModelTarget recorded(BuiltIn(), {}, {fault});
  RecordRun(recorded, folder, sample.signs,
            [&](SuiteContext& context) { RunNamed(context, {sample.test}); });
  const std::vector<Recording> repros = ReprosOf(folder);
  EXPECT_TRUE(RulesOf(repros).contains(sample.rule)) << Listed(RulesOf(repros));
  for (const Recording& repro : repros) {
    const Finding& finding = repro.findings.front();
    ModelTarget faulty(BuiltIn(), {}, {fault});
    EXPECT_EQ(FateAt(faulty, repro, sample.signs), Fate::kSame) << finding.id;
    ModelTarget right(BuiltIn(), {});
    const Fate gone = finding.stability == Stability::kIntermittent ? Fate::kNotSeen : Fate::kFixed;
    EXPECT_EQ(FateAt(right, repro, sample.signs), gone) << finding.id;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ReplayOfFault,
    testing::Values(
        Sample{"paging.last_page.drops_one", "walks.page_size_50", "page.size.limits"},
        Sample{"paging.number.ignored", "walks.page_size_50", "page.walk.unique"},
        Sample{"filter.status.all_without_failed", "properties.repeated_lists_are_equal",
               "page.order.stable"},
        Sample{"token.last_page.drops_one", "walks.max_results_33", "token.walk.complete"},
        Sample{"token.filters.forgotten", "walks.max_results_33", "filter.source_disk_type.system"},
        Sample{"paging.total.one_more", "walks.page_size_50", "page.total_count.matches"},
        Sample{"shape.request_id.constant", "page.size.echo", "response.request_id.unique"},
        Sample{"auth.nonce.unchecked", "auth.nonce.once", "auth.nonce.once", true},
        Sample{"auth.time.unchecked", "auth.time.limited", "auth.time.limited", true},
        Sample{"intermittent.every_7th.counts_more", "walks.page_size_10",
               "page.total_count.matches"}),
    [](const auto& tested) {
      std::string name = tested.param.fault;
      std::ranges::replace(name, '.', '_');
      return name;
    });

TEST(ReplayedFindings, AreNotJudgedByWhatAGatewayAnswers) {
  const TestFolder folder;
  ModelTarget recorded(BuiltIn(), {}, {FindFault("filter.usage.none_as_all")});
  RecordRun(recorded, folder, false,
            [](SuiteContext& context) { RunNamed(context, {"filter.usage.none"}); });
  const std::vector<Recording> repros = ReprosOf(folder);
  ASSERT_FALSE(repros.empty());
  const std::string json = "application/json;charset=utf-8";
  const std::vector<Response> answers = {
      {401, json, R"({"message":"Unauthorized"})"},
      {403, json, R"({"Message":"Forbidden"})"},
      {404, json, R"({"message":"no Route matched with those values"})"},
      {404, json,
       R"({"RequestId":"A","HostId":"h","Code":"InvalidAction.NotFound","Message":"x"})"},
      {502, json, R"({"message":"Bad Gateway"})"},
      {503, json, R"({"RequestId":"A","HostId":"h","Code":"ServiceUnavailable","Message":"x"})"}};
  for (const Response& answer : answers) {
    for (const int passes : {0, 1}) {
      Service behind(BuiltIn(), {});
      HandlerTarget gateway([&, left = passes](const Request& request) mutable {
        Response response = answer;
        if (left-- > 0) behind.Handle(request, "gateway", response);
        return response;
      });
      const auto outcome = SendAgain(repros.front(), ContextFor(), gateway);
      ASSERT_TRUE(outcome) << outcome.error().Text();
      EXPECT_EQ(outcome->findings.front().fate, Fate::kNotJudged) << answer.body << passes;
      std::ostringstream output;
      EXPECT_EQ(TellOutcome(repros.front(), *outcome, true, output), ExitCode::kCouldNotJudge)
          << output.str();
    }
  }
}

TEST(ReplayedFindings, WhatIsWrongInAnotherWayIsNotFixed) {
  const TestFolder folder;
  ModelTarget recorded(BuiltIn(), {}, {FindFault("paging.total.one_more")});
  RecordRun(recorded, folder, false,
            [](SuiteContext& context) { RunNamed(context, {"walks.page_size_50"}); });
  const std::vector<Recording> repros = ReprosOf(folder);
  ASSERT_EQ(Listed(RulesOf(repros)), "page.total_count.matches ");
  ModelTarget other(BuiltIn(), {}, {FindFault("shape.field.no_usage")});
  const Recording& repro = repros.front();
  EXPECT_EQ(FateAt(other, repro), Fate::kChanged);
}

// One reading for requests with a Status, another one for those without.
class TwoReadings {
 public:
  Response operator()(const Request& request) {
    Response response;
    (request.Find("Status") ? *cuts_ : *refuses_).Handle(request, "two", response);
    return response;
  }

 private:
  static std::shared_ptr<Service> With(std::size_t option) {
    const Question question = *FindQuestion("filter.usage.image");
    const Reading reading{"one", {{question, Catalogue::Get()[question].options[option].id}}};
    return std::make_shared<Service>(BuiltIn(), reading);
  }
  std::shared_ptr<Service> refuses_ = With(0), cuts_ = With(1);
};

TEST(ReplayedFindings, AContradictionTakesBothAnswers) {
  const TestFolder folder;
  HandlerTarget target{TwoReadings()};
  RecordRun(target, folder, false, [](SuiteContext& context) {
    const std::string list = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
    for (const char* more : {"", "&Usage=image", "&PageSize=7", "&Usage=image&Status=all"}) {
      context.session.Send({"combinations", "x"}, {.parameters = ParseForm(list + more)});
    }
  });
  const std::vector<Recording> repros = ReprosOf(folder);
  ASSERT_EQ(Listed(RulesOf(repros)), "request.filter.one_meaning ");
  HandlerTarget faulty{TwoReadings()};
  EXPECT_EQ(FateAt(faulty, repros.front()), Fate::kSame);
  ModelTarget right(BuiltIn(), {});
  EXPECT_EQ(FateAt(right, repros.front()), Fate::kFixed);
}

TEST(ReplayedFindings, ABrokenConnectionIsSentAgainToo) {
  const TestFolder folder;
  const auto faulty =
      Server::Start(BuiltIn(), {}, "127.0.0.1", 0, {}, {}, {FindFault("transport.error.closes")});
  const auto right = Server::Start(BuiltIn(), {}, "127.0.0.1", 0);
  const auto at_fault = HttpTarget::Open((*faulty)->Url(), {});
  RecordRun(**at_fault, folder, false, [](SuiteContext& context) {
    context.session.Send({"combinations", "x"},
                         {.parameters = ParseForm("Action=DescribeSnapshots&Format=JSON")});
  });
  const std::vector<Recording> repros = ReprosOf(folder);
  ASSERT_EQ(Listed(RulesOf(repros)), "encoding.http.complete ");
  EXPECT_EQ(FateAt(**at_fault, repros.front()), Fate::kSame);
  EXPECT_EQ(FateAt(**HttpTarget::Open((*right)->Url(), {}), repros.front()), Fate::kFixed);
}

// Findings with one cause are one, under the id of any of them.
TEST(ReplayedFindings, APartOfAFindingShowsIt) {
  const TestFolder folder;
  const Fault* fault = FindFault("shape.request_id.constant");
  ModelTarget target(BuiltIn(), {}, {fault});
  RecordRun(target, folder, false,
            [](SuiteContext& context) { RunNamed(context, {"page.size.echo"}); });
  Recording repro = ReprosOf(folder).front();
  Finding& finding = repro.findings.front();
  finding.also = {finding.id};
  finding.id = "page.size.echo.00000000";
  finding.rule = "page.size.echo";
  const auto outcome = SendAgain(repro, ContextFor(), target);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->findings.front().fate, Fate::kSame);
  EXPECT_FALSE(outcome->others.contains(finding.also.front()));
}

TEST(ReplayedFindings, ALostTargetIsNotCalledFixed) {
  const TestFolder folder;
  ModelTarget target(BuiltIn(), {}, {FindFault("shape.request_id.constant")});
  RecordRun(target, folder, false,
            [](SuiteContext& context) { RunNamed(context, {"page.size.echo"}); });
  auto server = Server::Start(BuiltIn(), {}, "127.0.0.1", 0);
  const auto lost = HttpTarget::Open((*server)->Url(), {});
  server->reset();
  const auto outcome = SendAgain(ReprosOf(folder).front(), ContextFor(), **lost);
  ASSERT_FALSE(outcome);
}

}  // namespace
}  // namespace assay
