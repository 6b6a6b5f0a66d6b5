#include "conformance/cases/suite.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "conformance/cases/bench_for_test.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

std::vector<SuiteTest> TestsOf(const SuiteContext& context) {
  return std::move(ConformanceTests(context)).value();
}

// Keeps what identifies a run: which requests were sent for which test, and what was said of them.
class TraceRecorder : public NullRecorder {
 public:
  using NullRecorder::Add;
  void Add(const ExchangeRecord& exchange) override {
    std::string line =
        exchange.suite + " " + exchange.test + " " + std::string(NameOf(exchange.verdict));
    for (const auto& [name, value] : exchange.request.parameters) line += " " + name + "=" + value;
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

std::vector<std::string> TraceOf(const SuiteOptions& options, SuiteNotes& notes, Judge& judge,
                                 std::vector<std::string>* failures) {
  FaultyTarget target(BuiltIn());
  TraceRecorder recorder;
  Session session(target, judge, recorder);
  SuiteContext context(session, BuiltIn(), options, notes);
  for (const SuiteTest& test : Some(TestsOf(context))) {
    const TestOutcome outcome = test.run(context);
    failures->insert(failures->end(), outcome.failures.begin(), outcome.failures.end());
  }
  return recorder.lines;
}

TEST(Suite, ExercisesEveryMustRule) {
  SuiteNotes notes;
  Judge judge(BuiltIn());
  std::vector<std::string> failures;
  TraceOf({.signs = true}, notes, judge, &failures);
  EXPECT_EQ(failures, std::vector<std::string>{});
  for (const RuleInfo& rule : AllRules()) {
    if (rule.level != Level::kMust) continue;
    if (rule.id == "request.reading.pinned"_rule) continue;  // without a reading file
    EXPECT_GT(std::max(judge.Exercised(rule.id), notes.checked(rule.id)), 0U) << Id(rule.id);
  }
}

TEST(Suite, SendsTheSameForTheSameSeed) {
  const auto trace = [](std::uint64_t seed) {
    SuiteNotes notes;
    Judge judge(BuiltIn());
    std::vector<std::string> failures;
    std::vector<std::string> lines =
        TraceOf({.seed = seed, .thorough = false}, notes, judge, &failures);
    EXPECT_EQ(failures, std::vector<std::string>{}) << "seed " << seed;
    return lines;
  };
  const auto first = trace(7);
  EXPECT_EQ(first, trace(7));
  EXPECT_NE(first, trace(8));
}

TEST(Suite, HasATestForEveryRuleUnderItsId) {
  FaultyTarget target(BuiltIn());
  Bench bench(target, {.combinations = false});
  std::set<std::string> names;
  for (const SuiteTest& test : Some(TestsOf(bench.context))) {
    const std::string name = test.suite + "." + test.name;
    EXPECT_TRUE(names.insert(name).second) << name;
    // In a filter of GoogleTest a hyphen means "except".
    EXPECT_EQ(name.find_first_of("-:* "), std::string::npos) << name;
  }
  for (const RuleInfo& rule : AllRules()) {
    EXPECT_TRUE(names.contains(std::string(Id(rule.id)))) << Id(rule.id);
  }
}

TEST(Suite, LeavesOutCombinationsThatAreNotWanted) {
  FaultyTarget target(BuiltIn());
  Bench with(target, {.strength = 1});
  Bench without(target, {.strength = 1, .combinations = false});
  const auto names = [](const SuiteContext& context, bool combinations) {
    std::vector<std::string> out;
    for (const SuiteTest& test : Some(TestsOf(context))) {
      if ((test.suite == "combinations") == combinations) out.push_back(test.FullName());
    }
    return out;
  };
  EXPECT_FALSE(names(with.context, true).empty());
  EXPECT_TRUE(names(without.context, true).empty());
  EXPECT_EQ(names(without.context, false), names(with.context, false));
}

TEST(Suite, JudgesInTheRegionThatItIsTold) {
  for (const char* region : {"cn-shanghai", "ap-southeast-1"}) {
    FaultyTarget target(BuiltIn());
    Bench bench(target, {.region = region, .strength = 1, .thorough = false});
    for (const SuiteTest& test : Some(TestsOf(bench.context))) {
      EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{})
          << region << " " << test.suite << "." << test.name;
    }
  }
}

TEST(Suite, RaisesNoAlarmOnOtherStates) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Dataset dataset = GenerateDataset(seed * seed * 10, seed);
    FaultyTarget target(dataset, RandomReading(seed));
    Bench bench(target, {.strength = 1, .seed = seed, .thorough = seed == 3}, dataset);
    for (const SuiteTest& test : Some(TestsOf(bench.context))) {
      EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{})
          << seed << " " << test.suite << "." << test.name;
    }
  }
}

TEST(Suite, RaisesNoAlarmOnALargeState) {
  const Dataset dataset = GenerateDataset(9'000, 1);
  const Reading reading{"thousand",
                        {{"limit.tag"_question, "thousand"_option},
                         {"limit.resource_group"_question, "thousand_of_group"_option}}};
  FaultyTarget target(dataset, reading);
  Bench bench(target, {.strength = 1, .thorough = false}, dataset);
  for (const SuiteTest& test : Some(TestsOf(bench.context))) {
    EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{})
        << test.suite << "." << test.name;
  }
}

}  // namespace
}  // namespace assay
