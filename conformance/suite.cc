#include "conformance/suite.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>

#include "conformance/combinations.h"
#include "conformance/moving_state.h"
#include "conformance/open_questions.h"
#include "conformance/rule_cases.h"
#include "conformance/sweeps.h"
#include "conformance/walks.h"

namespace assay {
namespace {

class RegisteredTest : public testing::Test {
 public:
  RegisteredTest(std::shared_ptr<SuiteContext> context, std::shared_ptr<const SuiteTest> test)
      : context_(std::move(context)), test_(std::move(test)) {}

  void TestBody() override {
    if (context_->session.lost()) GTEST_SKIP() << "the target was lost";
    if (context_->session.spent()) {
      context_->notes.LeftOut(test_->suite);
      GTEST_SKIP() << "left out: " << context_->session.WhySpent();
    }
    const TestOutcome outcome = RunWhileTheStateMoves(*context_, test_->run);
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    if (!outcome.skipped.empty()) GTEST_SKIP() << outcome.skipped;
  }

 private:
  std::shared_ptr<SuiteContext> context_;
  std::shared_ptr<const SuiteTest> test_;
};

void AddQuestions(const SuiteContext& context, std::vector<SuiteTest>& out) {
  for (const Probe& probe : Probes()) {
    const auto question = FindQuestion(probe.question);
    if (!question || !WhyUnreachable(*question, context).empty()) continue;
    out.push_back({"questions", std::string(probe.question),
                   [&probe](SuiteContext& shared) { return RunProbe(shared, probe); }});
  }
}

void AddRules(std::vector<SuiteTest>& out) {
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    const std::string_view id = Id(rule.id);
    const std::size_t dot = id.find('.');
    out.push_back({std::string(id.substr(0, dot)), std::string(id.substr(dot + 1)),
                   [&rule](SuiteContext& shared) { return RunRuleCases(shared, rule); }});
  }
}

void AddWalks(std::vector<SuiteTest>& out) {
  for (WalkTest& walk : WalkTests()) {
    out.push_back({"walks", std::move(walk.name), std::move(walk.run)});
  }
}

void AddSweeps(std::vector<SuiteTest>& out) {
  for (SweepTest& sweep : SweepTests()) {
    out.push_back({"sweeps", std::move(sweep.name), std::move(sweep.run)});
  }
}

void AddRows(const std::shared_ptr<const Combinations>& combinations, const std::vector<Row>& rows,
             const std::string& suite, const std::string& prefix, std::vector<SuiteTest>& out) {
  for (std::size_t first = 0; first < rows.size(); first += kRowsOfBlock) {
    const std::string name = fmt::format("{}_{:04}_{:04}", prefix, first + 1,
                                         std::min(first + kRowsOfBlock, rows.size()));
    out.push_back(
        {suite, name, [combinations, &rows, first, suite, name](SuiteContext& shared) {
           return RunRows(shared, combinations->model, rows, first, kRowsOfBlock, {suite, name});
         }});
  }
}

Result<std::shared_ptr<const Combinations>> Combine(const SuiteContext& context, int strength) {
  const SuiteOptions& options = context.options;
  Result<Combinations> made =
      MakeCombinations(context.values, options.format, strength, options.seed);
  if (!made) return made.error();
  return std::make_shared<const Combinations>(std::move(*made));
}

Done AddCombinations(const SuiteContext& context, std::vector<SuiteTest>& out) {
  const auto combinations = Combine(context, context.options.strength);
  if (!combinations) return combinations.error();
  AddRows(*combinations, (*combinations)->array.rows, "combinations", "rows", out);
  AddRows(*combinations, (*combinations)->precedence, "combinations", "errors", out);
  return Ok();
}

// Every value of every parameter once: of so few requests nothing sees more faults (BENCHMARKS.md).
Done AddValues(const SuiteContext& context, std::vector<SuiteTest>& out) {
  const auto combinations = Combine(context, 1);
  if (!combinations) return combinations.error();
  AddRows(*combinations, (*combinations)->array.rows, "values", "rows", out);
  return Ok();
}

}  // namespace

Result<std::vector<SuiteTest>> ConformanceTests(const SuiteContext& context) {
  std::vector<SuiteTest> out;
  if (context.options.few_requests) {
    if (const Done done = AddValues(context, out); !done) return done.error();
  }
  AddQuestions(context, out);
  AddRules(out);
  AddWalks(out);
  if (context.options.combinations) {
    if (const Done done = AddCombinations(context, out); !done) return done.error();
  }
  AddSweeps(out);
  return out;
}

Result<std::vector<SuiteTest>> AllTests(const SuiteContext& context,
                                        const std::vector<TargetTests>& more) {
  Result<std::vector<SuiteTest>> out = ConformanceTests(context);
  if (!out) return out;
  for (const TargetTests& tests : more) {
    for (TargetTest& test : tests(context.dataset, context.options.seed)) {
      out->push_back(
          {std::move(test.suite), std::move(test.name),
           [run = std::move(test.run)](SuiteContext& shared) { return run(shared.session); }});
    }
  }
  return out;
}

void RegisterTests(const std::shared_ptr<SuiteContext>& context, std::vector<SuiteTest> tests) {
  for (SuiteTest& test : tests) {
    const auto shared = std::make_shared<const SuiteTest>(std::move(test));
    testing::RegisterTest(
        shared->suite.c_str(), shared->name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [context, shared]() -> testing::Test* { return new RegisteredTest(context, shared); });
  }
}

}  // namespace assay
