#include "conformance/run/test_loop.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"

namespace assay {
namespace {

std::vector<SuiteTest> Named(std::initializer_list<std::pair<const char*, const char*>> names) {
  std::vector<SuiteTest> out;
  for (const auto& [suite, name] : names) {
    out.push_back({suite, name, [](SuiteContext&) { return TestOutcome{}; }});
  }
  return out;
}

const std::vector<SuiteTest> kTests = Named({{"page", "size.echo"},
                                             {"page", "walk.complete"},
                                             {"page", "number.echo"},
                                             {"filter", "status.failed"},
                                             {"walks", "page_size_1"}});

std::vector<std::string> Selected(const TestSelection& selection) {
  std::vector<std::string> out;
  const std::size_t ran = RunTests(kTests, selection, [&](std::size_t i) {
    out.push_back(kTests[i].FullName());
    return true;
  });
  EXPECT_EQ(ran, out.size());
  return out;
}

using Names = std::vector<std::string>;

TEST(TestLoop, RunsEveryTestInOrderUnlessToldOtherwise) {
  EXPECT_EQ(Selected({}), (Names{"page.size.echo", "page.walk.complete", "page.number.echo",
                                 "filter.status.failed", "walks.page_size_1"}));
  EXPECT_TRUE(TestSelection{}.IsWhole());
}

TEST(TestLoop, SelectsByPatternsOfTheWholeName) {
  EXPECT_EQ(Selected({.only = {"page.size.echo"}}), Names{"page.size.echo"});
  EXPECT_EQ(Selected({.only = {"page"}}), Names{});
  EXPECT_EQ(Selected({.only = {"page.*.echo"}}), (Names{"page.size.echo", "page.number.echo"}));
  EXPECT_EQ(Selected({.only = {"walks.*", "filter.*"}}),
            (Names{"filter.status.failed", "walks.page_size_1"}));
  EXPECT_EQ(Selected({.only = {"walks.*:filter.*"}}),
            (Names{"filter.status.failed", "walks.page_size_1"}));
  EXPECT_EQ(Selected({.only = {"walks.page_size_?"}}), Names{"walks.page_size_1"});
  EXPECT_EQ(Selected({.only = {"walks.page_size_1?"}}), Names{});
  EXPECT_EQ(Selected({.only = {"page.*"}, .skip = {"*.walk.*:page.number*"}}),
            Names{"page.size.echo"});
  EXPECT_EQ(Selected({.skip = {"*"}}), Names{});
}

TEST(TestLoop, SharesAreOfWhatIsSelectedAndTogetherTheWhole) {
  EXPECT_EQ(Selected({.only = {"page.*"}, .shard = {1, 2}}),
            (Names{"page.size.echo", "page.number.echo"}));
  EXPECT_EQ(Selected({.only = {"page.*"}, .shard = {2, 2}}), Names{"page.walk.complete"});
  std::multiset<std::string> all;
  for (int index = 1; index <= 3; ++index) {
    for (const std::string& name : Selected({.shard = {index, 3}})) all.insert(name);
  }
  EXPECT_EQ(all.size(), kTests.size());
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), kTests.size());
}

TEST(TestLoop, EndsIfItIsTold) {
  int runs = 0;
  EXPECT_EQ(RunTests(kTests, {}, [&](std::size_t) { return ++runs < 2; }), 2U);
}

TEST(TestLoop, TakesSharesFromGoogleTestsVariables) {
  unsetenv("GTEST_TOTAL_SHARDS");
  unsetenv("GTEST_SHARD_INDEX");
  EXPECT_TRUE(MakeSelection({}, {}, "")->IsWhole());
  EXPECT_EQ(MakeSelection({}, {}, "2/3")->shard.index, 2);
  setenv("GTEST_TOTAL_SHARDS", "3", 1);
  EXPECT_FALSE(MakeSelection({}, {}, "")) << "no index";
  setenv("GTEST_SHARD_INDEX", "2", 1);
  const Result<TestSelection> selection = MakeSelection({}, {}, "");
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->shard.index, 3);
  EXPECT_EQ(selection->shard.count, 3);
  EXPECT_EQ(MakeSelection({}, {}, "1/2")->shard.count, 2) << "--shard comes first";
  setenv("GTEST_SHARD_INDEX", "3", 1);
  EXPECT_FALSE(MakeSelection({}, {}, ""));
  unsetenv("GTEST_TOTAL_SHARDS");
  unsetenv("GTEST_SHARD_INDEX");
}

TEST(TestLoop, RefusesPatternsThatMatchNoName) {
  EXPECT_EQ(MakeSelection({"a-b"}, {}, "").error().where, "--only");
  EXPECT_EQ(MakeSelection({}, {""}, "").error().where, "--skip");
  for (const char* shard : {"0/2", "3/2", "2", "a/b"}) {
    EXPECT_EQ(MakeSelection({}, {}, shard).error().where, "--shard") << shard;
  }
}

// The order of the journal would not be that of the suites otherwise.
TEST(TestLoop, TestsOfOneSuiteFollowEachOther) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  std::set<std::string> seen;
  std::string last;
  const std::vector<SuiteTest> tests = *AllTests(bench.context, {LawsForTest});
  for (const SuiteTest& test : tests) {
    if (test.suite == last) continue;
    last = test.suite;
    EXPECT_TRUE(seen.insert(last).second) << last;
  }
  EXPECT_GT(seen.size(), 10U);
}

TEST(TestLoop, SkipsATestIfNoRequestMayBeSent) {
  FaultyTarget target(BuiltIn());
  NullRecorder recorder;
  Judge judge(BuiltIn());
  Session session(target, judge, recorder, {.most_requests = 1});
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {}, notes);
  const SuiteTest test{
      "page", "ask", [](SuiteContext& shared) {
        (void)SendAll(shared, {"page", "ask"}, {SmallestRequest("cn-hangzhou", "JSON")});
        return TestOutcome{};
      }};
  EXPECT_FALSE(RunTest(context, test).skip);
  const TestOutcome outcome = RunTest(context, test);
  EXPECT_EQ(outcome.skip, Skip::kSpent);
  EXPECT_EQ(outcome.reason, "left out: 1 request was sent");
  EXPECT_EQ(notes.left_out(), (std::map<std::string, int>{{"page", 1}}));
}

}  // namespace
}  // namespace assay
