#include "conformance/compare/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <sstream>
#include <thread>

#include "conformance/cases/bench_for_test.h"
#include "conformance/compare/answer_difference.h"
#include "conformance/compare/comparison.h"
#include "conformance/compare/difference_causes.h"
#include "conformance/compare/side_log.h"
#include "conformance/run/run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/wire/http_server.h"

namespace assay {
namespace {

using nlohmann::json;

std::unique_ptr<Server> Serve(const Reading& reading = {}, const std::string& fault = "") {
  std::vector<const Fault*> faults;
  if (!fault.empty()) faults.push_back(FindFault(fault));
  return std::move(*Server::Start(BuiltIn(), reading, "127.0.0.1", 0, {}, {}, std::move(faults)));
}

struct Ended {
  ExitCode code;
  std::string output, errors;
  json file;  // compare.json; discarded without one
};

Ended Compare(const std::string& a, const std::string& b, const std::vector<std::string>& only) {
  const TestFolder folder;
  CompareOptions options;
  options.run.target = a;
  options.run.only = only;
  options.run.out = (folder / "out").string();
  options.against = b;
  std::ostringstream output, errors;
  Ended ended{CompareTargets(options, {}, output, errors), output.str(), errors.str(), {}};
  ended.file = json::parse(ReadText(folder / "out" / "compare.json"), nullptr, false);
  return ended;
}

TEST(Compare, FindsNoDifferenceBetweenEqualTargets) {
  const auto a = Serve(), b = Serve();
  const Ended ended = Compare(a->Url(), b->Url(), {"questions.*", "page.*", "token.*", "walks.*"});
  EXPECT_EQ(ended.code, ExitCode::kConforms) << ended.output << ended.errors;
  EXPECT_EQ(ended.file["schema"], "assay-compare/1");
  EXPECT_EQ(ended.file["verdict"], "conforms");
  EXPECT_EQ(ended.file["differences"], json::array()) << ended.file["differences"].dump(1);
  EXPECT_EQ(ended.file["findings"], json::array());
  EXPECT_EQ(ended.file["totals"]["different"], 0);
  EXPECT_EQ(ended.file["totals"]["one_side_alone"], 0);
  EXPECT_GT(ended.file["totals"]["same"], 250);
  EXPECT_NE(ended.output.find("no difference was seen"), std::string::npos) << ended.output;
}

TEST(Compare, NamesExactlyTheQuestionsThatAreAnsweredDifferently) {
  const std::set<std::string> pinned = {"paging.page_size.above_maximum", "value.letters.status",
                                        "form.unset.description"};
  Reading other{"other", {}};
  for (const std::string& id : pinned) {
    const QuestionInfo& question = Catalogue::Get()[*FindQuestion(id)];
    other.pins.emplace_back(question.id, question.options.back().id);
  }
  const auto a = Serve(), b = Serve(other);
  const Ended ended = Compare(a->Url(), b->Url(), {"questions.*"});
  EXPECT_EQ(ended.code, ExitCode::kConforms) << ended.output << ended.errors;
  std::set<std::string> found;
  for (const json& difference : ended.file["differences"]) {
    EXPECT_EQ(difference["kind"], "reading") << difference.dump(1);
    for (const json& question : difference["questions"]) found.insert(question["question"]);
    EXPECT_NE(difference["a"], difference["b"]);
  }
  EXPECT_EQ(found, pinned) << ended.output;
  std::set<std::string> learned;
  for (const json& question : ended.file["questions"]) learned.insert(question["question"]);
  EXPECT_EQ(learned, pinned);
  EXPECT_NE(ended.output.find("PageSize is above 100."), std::string::npos) << ended.output;
}

TEST(Compare, MakesADifferenceSmall) {
  const auto a = Serve();
  const auto b = Serve({"", {{"value.letters.status"_question, "ignored_case"_option}}});
  const Ended ended = Compare(a->Url(), b->Url(), {"questions.value.letters.status"});
  ASSERT_EQ(ended.file["differences"].size(), 1U) << ended.output;
  // RegionId has to stay: without it both refuse.
  const json expected = json::parse(
      R"([["Action", "DescribeSnapshots"], ["RegionId", "cn-hangzhou"], ["Status", "FAILED"]])");
  EXPECT_EQ(ended.file["differences"][0]["request"]["parameters"], expected);
  EXPECT_NE(ended.file["differences"][0]["curl"]["b"].get<std::string>().find(b->Url()),
            std::string::npos);
}

TEST(Compare, NamesTheSideThatIsWrongAndItsRule) {
  const auto a = Serve(), b = Serve({}, "paging.last_page.drops_one");
  const Ended ended = Compare(a->Url(), b->Url(), {"page.*", "walks.*"});
  EXPECT_EQ(ended.code, ExitCode::kViolations) << ended.output << ended.errors;
  ASSERT_FALSE(ended.file["findings"].empty());
  for (const json& finding : ended.file["findings"]) EXPECT_EQ(finding["side"], "B");
  EXPECT_EQ(ended.file["findings"][0]["diagnosis"][0], "paging.last_page.drops_one");
  EXPECT_NE(ended.output.find("  B is wrong: "), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("A is wrong"), std::string::npos) << ended.output;
}

// What no rule judges of an answer may still come from what the same target does wrong.
TEST(Compare, CallsNeitherRightWhereAFindingExplainsTheDifference) {
  const auto a = Serve(), b = Serve({}, "filter.usage.none_as_all");
  const Ended ended = Compare(a->Url(), b->Url(), {"interactions.continuations", "filter.usage.*"});
  EXPECT_EQ(ended.code, ExitCode::kViolations) << ended.output << ended.errors;
  EXPECT_GT(ended.file["totals"]["different"], 0);
  EXPECT_EQ(ended.file["differences"], json::array()) << ended.output;
  EXPECT_EQ(ended.output.find("Both right"), std::string::npos) << ended.output;
}

TEST(Compare, KeepsDifferencesThatNoFindingExplains) {
  const auto a = Serve();
  const auto b = Serve({"", {{"value.letters.status"_question, "ignored_case"_option}}},
                       "filter.usage.none_as_all");
  const Ended ended =
      Compare(a->Url(), b->Url(), {"filter.usage.*", "questions.value.letters.status"});
  EXPECT_EQ(ended.code, ExitCode::kViolations) << ended.output << ended.errors;
  ASSERT_EQ(ended.file["differences"].size(), 1U) << ended.output;
}

TEST(KnownWrongs, HoldAFailingRequestOnlyIfAllOfItIsGiven) {
  const auto asks = [](std::vector<Parameter> more) {
    Request request;
    request.parameters = {{"Action", "DescribeSnapshots"}, {"RegionId", "r"}};
    request.parameters.insert(request.parameters.end(), more.begin(), more.end());
    return request;
  };
  KnownWrongs wrongs;
  wrongs.Add({.request = asks({}), .evidence = {7}});
  EXPECT_FALSE(wrongs.HoldsAFailingRequest(asks({{"Usage", "none"}})));
  wrongs.Add({.request = asks({{"Usage", "none"}, {"PageSize", "1"}})});
  EXPECT_FALSE(wrongs.HoldsAFailingRequest(asks({{"Usage", "none"}})));
  EXPECT_FALSE(wrongs.HoldsAFailingRequest(asks({{"Usage", "image"}, {"PageSize", "1"}})));
  EXPECT_TRUE(
      wrongs.HoldsAFailingRequest(asks({{"PageSize", "1"}, {"Usage", "none"}, {"Status", "all"}})));
  EXPECT_TRUE(wrongs.IsEvidence(7));
  EXPECT_FALSE(wrongs.IsEvidence(8));
}

// So many findings, and differences of both kinds.
Comparison Large(std::size_t findings, std::size_t readings, std::size_t silent) {
  Comparison out{.verdict = RunVerdict::kViolations, .exit_code = 1};
  for (std::size_t i = 0; i < findings; ++i) {
    out.findings.push_back({"B", {.id = "page.size.echo.1", .rule = "page.size.echo"}});
  }
  DifferenceGroup group{.field = "Description"};
  out.groups.assign(silent, group);
  group.questions = {"value.letters.status"_question};
  out.groups.insert(out.groups.end(), readings, group);
  return out;
}

TEST(Compare, FitsOnAScreenWithoutEmptyHeadings) {
  for (const std::size_t findings : {0U, 1U, 9U, 40U}) {
    for (const std::size_t readings : {0U, 1U, 2U, 7U, 30U}) {
      for (const std::size_t silent : {0U, 1U, 2U, 7U, 30U}) {
        const std::string text = ComparisonSummary(Large(findings, readings, silent), "f");
        EXPECT_LE(std::ranges::count(text, '\n'), 40) << text;
        std::istringstream in(text);
        std::string before;
        for (std::string line; std::getline(in, line); before = line) {
          if (before.starts_with("Both right")) {
            EXPECT_TRUE(line.starts_with("  ") && line.find(" more") == std::string::npos) << text;
          }
        }
        EXPECT_EQ(text.find("VIOLATIONS"), text.rfind("VIOLATIONS")) << text;
      }
    }
  }
  const std::string all = ComparisonSummary(Large(40, 30, 30), "f", true);
  EXPECT_GT(std::ranges::count(all, '\n'), 500);
  EXPECT_EQ(all.find(" more"), std::string::npos);
}

TEST(Compare, OfOneEndpointWithItselfIsRefused) {
  const auto a = Serve();
  const Ended ended = Compare(a->Url(), a->Url() + "/", {});
  EXPECT_EQ(ended.code, ExitCode::kBadUsage);
  EXPECT_NE(ended.errors.find("--against: is the same endpoint as --target"), std::string::npos)
      << ended.errors;
  EXPECT_EQ(Compare("http://:x", a->Url(), {}).code, ExitCode::kBadUsage);
}

TEST(Compare, SaysWhichTargetCannotBeReached) {
  const auto a = Serve();
  std::string gone;
  { gone = Serve()->Url(); }
  const Ended ended = Compare(a->Url(), gone, {});
  EXPECT_EQ(ended.code, ExitCode::kCouldNotJudge);
  EXPECT_NE(ended.errors.find("B (" + gone), std::string::npos) << ended.errors;
}

TEST(Compare, SaysWhichTargetWasLost) {
  const auto a = Serve();
  Service service(BuiltIn(), {});
  std::atomic<int> answered = 0;
  auto dying = std::move(
      *HttpServer::Listen("127.0.0.1", 0, [&](const HttpRequest& http, HttpResponse& out) {
        ++answered;
        Response response;
        service.Handle(DecodeRequest(http), "dying", response);
        out.status = response.status;
        out.Set("Content-Type", response.content_type);
        out.body = std::move(response.body);
      }));
  const std::string url = dying->Url();
  std::atomic<bool> ended_first = false;
  std::thread killer([&] {
    while (answered < 60 && !ended_first) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    dying.reset();
  });
  const Ended ended = Compare(a->Url(), url, {"questions.*", "page.*"});
  ended_first = true;
  killer.join();
  EXPECT_EQ(ended.code, ExitCode::kCouldNotJudge) << ended.output << ended.errors;
  EXPECT_EQ(ended.file["verdict"], "inconclusive");
  EXPECT_TRUE(ended.file["reason"].get<std::string>().starts_with("B was lost"))
      << ended.file["reason"];
}

TEST(Compare, OfNoTestCouldNotBeJudged) {
  const auto a = Serve(), b = Serve();
  EXPECT_EQ(Compare(a->Url(), b->Url(), {"no.such.test"}).code, ExitCode::kCouldNotJudge);
}

Response List(const std::string& body) { return {.status = 200, .body = body}; }

TEST(AnswerDifferences, NameTheFieldAndLeaveRequestIdsAndTokensOut) {
  const Request request;
  ExchangeReader of_first, of_second;
  const auto field = [&](const std::string& a, const std::string& b) {
    const Response first = List(a), second = List(b);
    const auto found =
        DifferenceBetween(of_first.Read(1, request, first), of_second.Read(1, request, second));
    return found ? found->field : "";
  };
  const std::string one = R"({"RequestId":"1","NextToken":"x","TotalCount":2,"Snapshots":)"
                          R"({"Snapshot":[{"SnapshotId":"s-1"},{"SnapshotId":"s-2"}]}})";
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = one;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(field(one, changed("\"1\"", "\"2\"")), "");
  EXPECT_EQ(field(one, changed("\"x\"", "\"y\"")), "");
  EXPECT_EQ(field(one, changed("\"x\"", "\"\"")), "NextToken");
  EXPECT_EQ(field(one, changed("2", "3")), "TotalCount");
  EXPECT_EQ(field(one, changed("s-2", "s-3")), "Snapshots");
  EXPECT_EQ(field(changed("s-2", "s-0"),
                  changed("s-1\"},{\"SnapshotId\":\"s-2", "s-0\"},{\"SnapshotId\":\"s-1")),
            "the order of Snapshots");
  EXPECT_EQ(field(one, changed("\"s-2\"", "\"s-2\",\"Status\":\"failed\"")), "Snapshot.Status");
}

ExchangeRecord Recorded(std::uint64_t id, const std::string& token, const std::string& next) {
  ExchangeRecord out{.id = id, .suite = "s", .test = "t"};
  out.request.parameters = {{"Action", "DescribeSnapshots"}};
  if (!token.empty()) out.request.parameters.push_back({"NextToken", token});
  out.status = 200;
  out.body = R"({"RequestId":"r","NextToken":")" + next + R"(","Snapshots":{"Snapshot":[]}})";
  out.verdict = ExchangeVerdict::kConforms;
  return out;
}

TEST(SideLogs, PairRequestsByTheRoleOfTheirTokens) {
  SideLog a, b;
  a.Add(Recorded(1, "", "a1"));
  a.Add(Recorded(2, "a1", "a2"));
  a.Add(Recorded(3, "a2", ""));
  b.Add(Recorded(1, "", "b1"));
  b.Add(Recorded(2, "b1", ""));
  std::size_t alone = 0;
  const auto pairs = PairUp(a.Take(), b.Take(), &alone);
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(alone, 1U);
  EXPECT_TRUE(pairs[0].same());
  EXPECT_FALSE(pairs[1].same()) << "one goes on, the other ends";
  ASSERT_TRUE(pairs[1].a.token);
  EXPECT_EQ(pairs[1].a.token->request, pairs[0].a.request);
}

}  // namespace
}  // namespace assay
