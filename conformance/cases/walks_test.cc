#include "conformance/cases/walks.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "conformance/cases/bench_for_test.h"
#include "spec/catalogue/catalogue_for_test.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

std::vector<std::string> RunAll(Bench& bench) {
  std::vector<std::string> failures;
  for (const SuiteTest& walk : Some(WalkTests())) {
    TestOutcome outcome = walk.run(bench.context);
    EXPECT_FALSE(outcome.skip) << walk.name << ": " << outcome.reason;
    for (std::string& failure : outcome.failures) {
      failures.push_back(walk.name + ": " + std::move(failure));
    }
  }
  return failures;
}

TEST(Walks, HoldOnTheModelUnderEveryReading) {
  for (std::uint64_t seed = 0; seed <= 20; ++seed) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target);
    EXPECT_EQ(RunAll(bench), std::vector<std::string>{}) << "reading " << seed;
    for (const Rule rule : {"page.walk.complete"_rule, "token.walk.complete"_rule,
                            "token.walk.ends"_rule, "page.order.stable"_rule}) {
      EXPECT_GT(bench.notes.checked(rule), 0U) << Id(rule) << " under reading " << seed;
    }
  }
}

// "up to 1,000 resources that have this tag added are returned"
TEST(Walks, HoldIfNoMoreThanAThousandOfATagAreListed) {
  const Dataset dataset = GenerateDataset(9'000, 1);
  for (const Option option : {"all"_option, "thousand"_option, "thousand_listed"_option}) {
    const Reading reading{"limited", {{"limit.tag"_question, option}}};
    FaultyTarget target(dataset, reading);
    Bench bench(target, {}, dataset);
    EXPECT_EQ(RunAll(bench), std::vector<std::string>{}) << Id(option);
    EXPECT_GT(bench.notes.checked("page.walk.complete"_rule), 0U);
  }
}

// Takes the last snapshot out of a list of more than one.
void DropLast(Response& response) {
  auto body = nlohmann::ordered_json::parse(response.body);
  if (!body.contains("Snapshots")) return;
  auto& snapshots = body["Snapshots"]["Snapshot"];
  if (snapshots.size() > 1) snapshots.erase(snapshots.size() - 1);
  response.body = body.dump();
}

TEST(Walks, NoticeAPageThatLosesItsLastSnapshot) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request& request, Response& response) {
    if (request.Find("PageNumber")) DropLast(response);
  };
  Bench bench(target);
  EXPECT_FALSE(RunAll(bench).empty());
  EXPECT_TRUE(bench.Found("page.size.limits"));
}

// A page may be short if a token follows; what it left out must come later.
TEST(Walks, NoticeAWalkByTokenThatLosesSnapshots) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request& request, Response& response) {
    if (request.Find("MaxResults")) DropLast(response);
  };
  Bench bench(target);
  EXPECT_FALSE(RunAll(bench).empty());
  EXPECT_TRUE(bench.Found("token.walk.complete"));
}

// Gives an empty page and a token for ever.
class EndlessTarget : public Target {
 public:
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      ++requests_;
      Response response{.status = 200, .content_type = "application/json"};
      response.body = fmt::format(
          R"({{"RequestId":"473469C7-AA6F-4DC5-B3DB-{:012X}","TotalCount":0,"PageNumber":1,)"
          R"("PageSize":100,"NextToken":"token{}","Snapshots":{{"Snapshot":[]}}}})",
          requests_, repeats ? 0 : requests_);
      Result<Response> result = std::move(response);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "endless"; }
  bool repeats = false;

 private:
  int requests_ = 0;
};

void ExpectEndless(bool repeats) {
  const Dataset small = GenerateDataset(30, 1);
  EndlessTarget target;
  target.repeats = repeats;
  Bench bench(target, {}, small, true);
  for (const SuiteTest& walk : Some(WalkTests())) {
    if (walk.name == "regions_by_token") walk.run(bench.context);
  }
  const std::vector<Finding> findings = bench.session.Findings();
  EXPECT_TRUE(std::ranges::any_of(
      findings, [](const Finding& finding) { return finding.rule == "token.walk.ends"; }));
  // All the requests of the walk belong to it, the tokens by the answer that gave them.
  for (const Finding& finding : findings) {
    if (finding.rule != "token.walk.ends") continue;
    EXPECT_FALSE(finding.before.empty());
    EXPECT_EQ(finding.request.parameters.back().value, TokenOfAnswer(finding.before.size()));
  }
}

// Scans all that it has, a page's worth at a time, and answers each time with what fits: with a
// filter that hardly anything fits, most pages are empty. Here the empty ones come first.
class ScanningTarget : public Target {
 public:
  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Result<Response> result = Answer(*request);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "scanning"; }
  int most_empty = 0;

 private:
  // A token is one of the model, or says how many empty pages there were.
  Response Answer(Request request) {
    constexpr std::string_view kEmpty = "empty-pages-";
    const std::string token(request.Find("NextToken").value_or(""));
    if (!request.Find("MaxResults") || (!token.empty() && !token.starts_with(kEmpty))) {
      return *Send(model_, request);
    }
    const int before = token.empty() ? 0 : std::stoi(token.substr(kEmpty.size()));
    std::erase_if(request.parameters, [](const auto& p) { return p.name == "NextToken"; });
    Response response = *Send(model_, request);
    const int size = std::max(10, std::stoi(std::string(*request.Find("MaxResults"))));
    if (response.status != 200 || before >= std::ssize(BuiltIn().snapshots) / size) return response;
    most_empty = std::max(most_empty, before + 1);
    auto body = nlohmann::ordered_json::parse(response.body);
    body["Snapshots"]["Snapshot"] = nlohmann::json::array();
    body["NextToken"] = fmt::format("{}{}", kEmpty, before + 1);
    response.body = body.dump();
    return response;
  }

  ModelTarget model_{BuiltIn(), {}};
};

TEST(Walks, OverPagesThatAreMostlyEmptyEndWithoutAnAlarm) {
  ScanningTarget target;
  Bench bench(target);
  for (const SuiteTest& walk : Some(WalkTests())) {
    if (walk.name.starts_with("max_results_")) {
      EXPECT_EQ(walk.run(bench.context).failures, std::vector<std::string>{}) << walk.name;
    }
  }
  EXPECT_GT(target.most_empty, 100);
}

TEST(Walks, NoticeThatTheyDoNotEnd) { ExpectEndless(false); }
TEST(Walks, NoticeThatTheyGoInACircle) { ExpectEndless(true); }

TEST(Walks, NoticeAnOrderThatChanges) {
  Reading oldest;
  oldest.pins = {{"paging.order"_question, "oldest_first"_option}};
  FaultyTarget other(BuiltIn(), oldest);
  FaultyTarget target(BuiltIn());
  int requests = 0;
  target.bend_answer = [&](const Request& request, Response& response) {
    if (++requests > 30 && request.Find("PageNumber")) response = *Send(other, request);
  };
  Bench bench(target);
  RunAll(bench);
  EXPECT_TRUE(bench.Found("page.order.stable") || bench.Found("page.walk.unique") ||
              bench.Found("request.reading.consistent"));
}

TEST(Walks, StayShortHoweverLargeTheState) {
  const Dataset large = GenerateDataset(20'000, 1);
  FaultyTarget target(large);
  Bench bench(target, {}, large);
  for (const SuiteTest& walk : Some(WalkTests())) {
    EXPECT_EQ(walk.run(bench.context).failures, std::vector<std::string>{}) << walk.name;
  }
  EXPECT_GT(target.requests, 50);
  EXPECT_LT(target.requests, 3000);
}

TEST(Walks, OfAnEmptyStateAreSkippedOrEmpty) {
  Dataset empty = GenerateDataset(1, 1);
  empty.snapshots.clear();
  empty.Index();
  FaultyTarget target(empty);
  Bench bench(target, {}, empty);
  for (const SuiteTest& walk : Some(WalkTests())) {
    const TestOutcome outcome = walk.run(bench.context);
    EXPECT_EQ(outcome.failures, std::vector<std::string>{}) << walk.name;
    EXPECT_EQ(!outcome.skip, walk.name.starts_with("regions")) << walk.name;
  }
}

}  // namespace
}  // namespace assay
