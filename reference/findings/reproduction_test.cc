#include "reference/findings/reproduction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/findings/narrowing.h"
#include "reference/server/faulty_target_for_test.h"
#include "reference/server/server.h"
#include "reference/session/null_recorder.h"
#include "reference/session/session.h"
#include "reference/target/http_client.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

// Follows the tokens of a list to its end.
class TokenWalk : public Script {
 public:
  explicit TokenWalk(Request first) : first_(std::move(first)) {}
  bool Next(const Exchange* previous, Request& request) override {
    request = first_;
    if (!previous) return !std::exchange(begun_, true);
    const std::string token = NextTokenOf(previous->answer);
    request.Set("NextToken", token);
    return !token.empty();
  }

 private:
  Request first_;
  bool begun_ = false;
};

// What a session finds in a target.
std::vector<Finding> FindingsOf(Target& target, std::vector<std::unique_ptr<Script>> scripts) {
  Judge judge(TestDataset());
  NullRecorder recorder;
  Session session(target, judge, recorder);
  session.Run({"rules", "a test"}, std::move(scripts));
  return session.Findings();
}

template <typename... Scripts>
std::vector<Finding> FindingsUnder(const char* fault, Scripts... scripts) {
  ModelTarget target(TestDataset(), {}, {FindFault(fault)});
  std::vector<std::unique_ptr<Script>> all;
  (all.push_back(std::make_unique<Scripts>(std::move(scripts))), ...);
  return FindingsOf(target, std::move(all));
}

std::string ValueOf(const std::vector<Parameter>& parameters, const std::string& name) {
  const auto at = std::ranges::find(parameters, name, &Parameter::name);
  return at == parameters.end() ? "" : at->value;
}

std::string Ids(int count) {
  std::string out;
  for (const std::uint32_t position : TestDataset().by_region.at("cn-hangzhou")) {
    if (count-- == 0) break;
    out += (out.empty() ? "[\"" : "\",\"") + TestDataset().snapshots[position][Field::kSnapshotId];
  }
  return out + "\"]";
}

TEST(Reproduction, ShowsAWholePageBesideTheRightOne) {
  const Dataset dataset = BuiltInDataset();
  ModelTarget target(dataset, {}, {FindFault("paging.last_page.drops_one")});
  Judge judge(dataset);
  NullRecorder recorder;
  Session session(target, judge, recorder);
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<FixedScript>(Ask({{"PageSize", "100"}, {"PageNumber", "2"}})));
  session.Run({"rules", "a test"}, std::move(scripts));
  const std::vector<Finding> findings = session.Findings();
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().answer.status, 200);
  EXPECT_EQ(findings.front().example.status, 200);
  EXPECT_GT(findings.front().answer.body.size(), 65'536U);
}

// What was learned since may put the blame elsewhere: the answer is as wrong as it was.
TEST(Reproduction, TakesTheSameWrongAnswerForTheFindingWhateverRuleItBreaks) {
  const Request request = Ask({{"PageSize", "20"}});
  ModelTarget target(TestDataset(), {}, {FindFault("paging.total.one_more")});
  const Result<Response> response = Send(target, request);
  ASSERT_TRUE(response);
  AnswerReader reader;
  const AnswerDigest seen = AnswerDigester().Of(reader.Read(*response), *response);
  const Judge judge(TestDataset());
  const auto confirmed = [&](Target& asked, std::optional<AnswerDigest> digest,
                             Aspect aspect = Aspect::kList) {
    Difference was = ListDifference("token.next.given"_rule, "a NextToken", "none", "no token");
    was.aspect = aspect;
    Reproduction out({asked}, judge, std::move(was), {request}, std::move(digest));
    out.Confirm(0);
    return out.deterministic() ? std::optional(out.difference().rule) : std::nullopt;
  };
  EXPECT_EQ(confirmed(target, seen), "page.total_count.matches"_rule);
  EXPECT_EQ(confirmed(target, seen, Aspect::kForm), "page.total_count.matches"_rule);
  EXPECT_EQ(confirmed(target, std::nullopt), std::nullopt);
  ModelTarget right(TestDataset(), {});
  EXPECT_EQ(confirmed(right, seen), std::nullopt);
}

TEST(Reproduction, MakesAListOfIdsAsShortAsTheFaultAllows) {
  const auto findings = FindingsUnder(
      "ids.last.dropped", FixedScript(Ask({{"SnapshotIds", Ids(60)}, {"PageSize", "100"}})));
  ASSERT_EQ(findings.size(), 1u);
  const std::string ids = ValueOf(findings[0].request.parameters, "SnapshotIds");
  EXPECT_EQ(std::ranges::count(ids, ','), 1) << ids << ": the fault needs two";
}

TEST(Reproduction, TakesTheParametersOfATagTogether) {
  const auto findings = FindingsUnder(
      "paging.total.of_page",
      FixedScript(Ask({{"Tag.1.Key", "env"}, {"Tag.1.Value", "prod"}, {"PageSize", "1"}})));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(ValueOf(findings[0].request.parameters, "Tag.1.Key"), "");
  EXPECT_EQ(ValueOf(findings[0].request.parameters, "Tag.1.Value"), "");
}

TEST(Reproduction, MakesAWalkByTokenAsShortAsTheFaultAllows) {
  const auto findings = FindingsUnder(
      "token.position.repeats_one",
      TokenWalk(Ask({{"Status", "accomplished"}, {"Encrypted", "true"}, {"MaxResults", "10"}})));
  ASSERT_EQ(findings.size(), 1u);
  const Finding& finding = findings[0];
  EXPECT_EQ(finding.stability, Stability::kDeterministic);
  ASSERT_EQ(finding.before.size(), 1u) << "a page, and the one after it";
  EXPECT_EQ(ValueOf(finding.request.parameters, "NextToken"), TokenOfAnswer(1));
  EXPECT_EQ(ValueOf(finding.before[0].parameters, "NextToken"), "");
  EXPECT_EQ(ValueOf(finding.request.parameters, "Status"), "") << "any list shows it";
  EXPECT_EQ(ValueOf(finding.before[0].parameters, "Encrypted"), "");
}

TEST(Reproduction, ShowsAContradictionByTheRequestsThatItNeeds) {
  // A filter that means something else beside another one.
  Fault torn{.id = "test.torn", .title = "", .breaks = {}};
  torn.when = [](const Scene& scene) { return scene.Has("SnapshotType"); };
  torn.select = [](const Scene&, const Snapshot& snapshot, bool matches) {
    return matches && snapshot[Field::kUsage] != "image_disk";
  };
  ModelTarget target(TestDataset(), Pins({{"filter.usage.image", "matched"}}), {&torn});
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<FixedScript>(Ask({{"PageSize", "10"}})));
  scripts.push_back(std::make_unique<FixedScript>(Ask({{"Usage", "image"}})));
  scripts.push_back(std::make_unique<FixedScript>(Ask({{"Status", "failed"}})));
  scripts.push_back(
      std::make_unique<FixedScript>(Ask({{"Usage", "image"}, {"SnapshotType", "all"}})));
  const auto findings = FindingsOf(target, std::move(scripts));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "request.filter.one_meaning");
  EXPECT_EQ(findings[0].stability, Stability::kDeterministic);
  ASSERT_EQ(findings[0].before.size(), 1u);
  EXPECT_EQ(ValueOf(findings[0].before[0].parameters, "Usage"), "image");
  EXPECT_EQ(ValueOf(findings[0].request.parameters, "SnapshotType"), "all");
}

TEST(Reproduction, SendsARequestTwiceWhereARequestIdComesAgain) {
  const auto findings = FindingsUnder("shape.request_id.constant", FixedScript(Ask()),
                                      FixedScript(Ask({{"Status", "all"}})));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "response.request_id.unique");
  EXPECT_EQ(findings[0].stability, Stability::kDeterministic);
  EXPECT_EQ(findings[0].before.size(), 1u);
}

// Nearly every list is of another form, so that the order of lists must be found out from wrong
// answers.
TEST(Reproduction, NamesAFaultThatSpoilsNearlyEveryList) {
  std::vector<Request> requests;
  for (const char* size : {"10", "20", "50", "100"}) {
    for (const char* number : {"1", "2", "3"}) {
      requests.push_back(Ask({{"PageSize", size}, {"PageNumber", number}}));
    }
  }
  const auto findings = FindingsUnder("shape.tags.single_object", FixedScript(std::move(requests)));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "response.tags.container");
  ASSERT_FALSE(findings[0].diagnosis.empty());
  EXPECT_EQ(findings[0].diagnosis[0], "shape.tags.single_object");
}

TEST(Reproduction, CountsHowOftenAnIntermittentFindingShows) {
  std::vector<Request> requests(14, Ask({{"PageSize", "20"}}));
  const auto findings =
      FindingsUnder("intermittent.every_7th.counts_more", FixedScript(std::move(requests)));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].stability, Stability::kIntermittent);
  EXPECT_EQ(findings[0].repeated.tried, 103);
  EXPECT_GE(findings[0].repeated.failed, 14);
  EXPECT_LE(findings[0].repeated.failed, 15);
  EXPECT_EQ(findings[0].overlapping.tried, 0) << "the model answers one request at a time";
  ASSERT_FALSE(findings[0].diagnosis.empty());
  EXPECT_EQ(findings[0].diagnosis[0], "intermittent.every_7th.counts_more");
}

// Much may follow from a fault of now and then, but not what it never gives.
TEST(Reproduction, KeepsApartWhatAFaultOfNowAndThenNeverGives) {
  const Fault yes = Narrowed(*FindFault("shape.field.available_yes"), {{"Usage", {}}});
  std::vector<Request> requests(140, Ask({{"PageSize", "20"}}));
  requests[2] = Ask({{"Usage", "none"}, {"PageSize", "1"}});
  ModelTarget target(TestDataset(), {}, {FindFault("intermittent.every_7th.counts_more"), &yes});
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<FixedScript>(std::move(requests)));
  const std::vector<Finding> findings = FindingsOf(target, std::move(scripts));
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].diagnosis, std::vector<std::string>{"intermittent.every_7th.counts_more"});
  EXPECT_EQ(findings[1].rule, "response.field.available");
}

TEST(Reproduction, LooksForAFindingThatOnlyOverlappingRequestsShow) {
  const auto server = Server::Start(TestDataset(), {}, "127.0.0.1", 0, {.threads = 2}, {},
                                    {FindFault("intermittent.overlap.drops_one")});
  ASSERT_TRUE(server.has_value());
  const auto target = HttpTarget::Open((*server)->Url(), {});
  ASSERT_TRUE(target.has_value());
  std::vector<std::unique_ptr<Script>> scripts;
  for (int i = 0; i < 40; ++i) {
    scripts.push_back(std::make_unique<FixedScript>(Ask({{"PageSize", "20"}})));
  }
  const auto findings = FindingsOf(**target, std::move(scripts));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].stability, Stability::kIntermittent);
  EXPECT_EQ(findings[0].repeated.failed, 0);
  EXPECT_GT(findings[0].overlapping.failed, 0);
  ASSERT_FALSE(findings[0].diagnosis.empty());
  EXPECT_EQ(findings[0].diagnosis[0], "intermittent.overlap.drops_one");
}

// What the target remembers of a request shows in the next one: neither shows it alone.
TEST(Reproduction, FindsTheRequestThatLeavesSomethingBehind) {
  const FixedScript one(Ask({{"PageSize", "1"}})), plain(Ask()),
      failed(Ask({{"Status", "failed"}}));
  const std::vector<Finding> findings =
      FindingsUnder("state.page_size.sticks", failed, plain, one, failed, plain, failed);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].stability, Stability::kDeterministic);
  ASSERT_EQ(findings[0].before.size(), 1u);
  EXPECT_EQ(ValueOf(findings[0].before[0].parameters, "PageSize"), "1");
  EXPECT_EQ(ValueOf(findings[0].request.parameters, "PageSize"), "");
}

// Whatever it changes in other answers has one cause.
TEST(Reproduction, JoinsWhatOneRequestLeavesBehind) {
  const FixedScript failed(Ask({{"Status", "failed"}})), plain(Ask()),
      page(Ask({{"PageSize", "50"}}));
  const FixedScript usage(Ask({{"Usage", "none"}, {"Format", "XML"}})),
      dry(Ask({{"DryRun", "true"}}));
  const std::vector<Finding> findings = FindingsUnder(
      "state.status.sticks", dry, plain, failed, page, dry, failed, usage, dry, failed, plain, dry);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].before.size(), 1u);
}

// What the target remembers, and forgets with the next request, shows also among refusals alone.
TEST(Reproduction, FindsWhatIsForgottenWithTheNextRequest) {
  FaultyTarget target(TestDataset());
  bool refused = false;
  target.bend_answer = [&](const Request&, Response& response) {
    const std::size_t at = response.body.find("\"TotalCount\":");
    if (refused && at != std::string::npos) response.body.insert(at + 13, "7");
    refused = response.status >= 400;
  };
  std::vector<std::unique_ptr<Script>> scripts;
  for (int i = 0; i < 60; ++i) {
    const bool is_list = i % 20 == 19;
    scripts.push_back(std::make_unique<FixedScript>(
        is_list ? Ask() : Ask({{"Status", "odd" + std::to_string(i)}})));
  }
  const std::vector<Finding> findings = FindingsOf(target, std::move(scripts));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].stability, Stability::kDeterministic);
  ASSERT_EQ(findings[0].before.size(), 1u);
  EXPECT_NE(ValueOf(findings[0].before[0].parameters, "Status"), "");
}

TEST(SimplerSteps, AreAllDifferentFromTheStepsAndComeToAnEnd) {
  Request post =
      Ask({{"SnapshotIds", "[\"a\",\"b\",\"c\"]"},
           {"PageNumber", "7"},
           {"Tag.1.Key", "k"},
           {"SnapshotName", "a name that is longer than sixteen bytes: \xF0\x9F\x98\x80"}});
  post.method = "POST";
  post.placement = Placement::kForm;
  Request next = post;
  next.Set("NextToken", TokenOfAnswer(1));
  Steps steps{post, post, next};
  int rounds = 0;
  for (std::vector<Steps> simpler = SimplerSteps(steps); !simpler.empty();
       simpler = SimplerSteps(steps)) {
    for (const Steps& candidate : simpler) EXPECT_NE(candidate, steps);
    steps = simpler.back();
    ASSERT_LT(++rounds, 1000);
  }
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].method, "GET");
}

TEST(SimplerSteps, KeepTheStepWhoseTokenIsNeeded) {
  Request next = Ask();
  next.Set("NextToken", TokenOfAnswer(2));
  for (const Steps& candidate : SimplerSteps({Ask(), Ask(), next})) {
    if (candidate.size() != 2) continue;
    EXPECT_TRUE(!candidate[1].Find("NextToken") ||
                candidate[1].Find("NextToken") == TokenOfAnswer(1));
  }
}

TEST(SimplerSteps, AreNotLookedForInAListThatIsNoFlatOne) {
  const std::string deep(100'000, '[');
  for (const Steps& candidate : SimplerSteps({Ask({{"SnapshotIds", deep}})})) {
    const std::size_t size = candidate[0].Find("SnapshotIds").value_or("").size();
    EXPECT_TRUE(size == deep.size() || size <= deep.size() / 2) << size;
  }
}

}  // namespace
}  // namespace assay
