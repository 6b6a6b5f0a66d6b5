#include "conformance/cases/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "conformance/cases/combinations.h"
#include "conformance/cases/connections.h"
#include "conformance/cases/interactions.h"
#include "conformance/cases/odd_values.h"
#include "conformance/cases/open_questions.h"
#include "conformance/cases/reads.h"
#include "conformance/cases/rule_cases.h"
#include "conformance/cases/sweeps.h"
#include "conformance/cases/walks.h"

namespace assay {
namespace {

void AddQuestions(const SuiteContext& context, std::vector<SuiteTest>& out) {
  for (const Question id : Catalogue::Get().asked()) {
    if (!WhyUnreachable(id, context).empty()) continue;
    const QuestionInfo& question = Catalogue::Get()[id];
    out.push_back({"questions", std::string(Id(id)),
                   [&question](SuiteContext& shared) { return RunProbes(shared, question); }});
  }
}

bool IsAboutSignatures(const RuleInfo& rule) { return Id(rule.id).starts_with("auth."); }

void AddRules(const std::function<bool(const RuleInfo&)>& belongs, std::vector<SuiteTest>& out) {
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    if (!belongs(rule)) continue;
    Origin origin = OriginOf(rule);
    out.push_back({std::move(origin.suite), std::move(origin.test),
                   [&rule](SuiteContext& shared) { return RunRuleCases(shared, rule); }});
  }
}

void Append(std::vector<SuiteTest> tests, std::vector<SuiteTest>& out) {
  std::ranges::move(tests, std::back_inserter(out));
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
    if (context.options.signs) AddRules(IsAboutSignatures, out);
    if (const Done done = AddValues(context, out); !done) return done.error();
  }
  if (!context.options.few_requests) Append(ReadTests(), out);
  const bool early = context.options.few_requests && context.options.signs;
  AddQuestions(context, out);
  AddRules([early](const RuleInfo& rule) { return !early || !IsAboutSignatures(rule); }, out);
  Append(WalkTests(), out);
  if (context.options.combinations) {
    if (const Done done = AddCombinations(context, out); !done) return done.error();
  }
  Append(InteractionTests(context.options), out);
  Append(SweepTests(), out);
  Append(OddValueTests(), out);
  Append(ConnectionTests(), out);
  if (context.options.few_requests) Append(ReadTests(), out);
  return out;
}

Result<std::vector<SuiteTest>> AllTests(const SuiteContext& context,
                                        const std::vector<TestSource>& more) {
  Result<std::vector<SuiteTest>> out = ConformanceTests(context);
  if (!out) return out;
  for (const TestSource& tests : more) {
    for (SessionTest& test : tests(context.dataset, context.options.seed)) {
      out->push_back(
          {std::move(test.suite), std::move(test.name),
           [run = std::move(test.run)](SuiteContext& shared) { return run(shared.session); },
           test.alone});
    }
  }
  Append(DrawTests(context.options), *out);
  return out;
}

}  // namespace assay
