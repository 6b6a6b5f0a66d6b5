#include "conformance/cases/suite_context.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

std::string FailureText(const JudgedExchange& exchange, const Difference& difference) {
  const RuleInfo& rule = Catalogue::Get()[difference.rule];
  return fmt::format("{}: {}\n  expected: {}\n  actual:   {}\n  exchange {}: {} {}", Id(rule.id),
                     rule.statement, difference.expected, difference.actual, exchange.id,
                     exchange.request.method, Excerpt(exchange.request.Text(), 600));
}

}  // namespace

void SuiteNotes::NotExercised(Rule rule, Skip skip, const std::string& name,
                              const std::string& why) {
  if (skip != Skip::kLeftOut) lacks_value_[Index(rule)] = true;
  std::vector<Reason>& reasons = reasons_[Index(rule)];
  const auto same = std::ranges::find(reasons, why, &Reason::why);
  std::vector<std::string>& cases =
      same == reasons.end() ? reasons.emplace_back(Reason{why, {}}).cases : same->cases;
  if (std::ranges::find(cases, name) == cases.end()) cases.push_back(name);
}

std::string SuiteNotes::ReasonsText(Rule rule) const {
  const std::vector<Reason>& all = reasons(rule);
  if (all.size() == 1) return all.front().why;
  std::vector<std::string> texts;
  for (const auto& [why, cases] : all) {
    texts.push_back(fmt::format("{} {}: {}", cases.size() == 1 ? "case" : "cases",
                                fmt::join(cases, ", "), why));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

SuiteContext::SuiteContext(Session& the_session, const Dataset& the_dataset,
                           const SuiteOptions& the_options, SuiteNotes& the_notes)
    : session(the_session),
      dataset(the_dataset),
      options(the_options),
      notes(the_notes),
      values(the_dataset, the_options.region.empty() ? HomeRegion(the_dataset) : the_options.region,
             the_options.seed) {}

void AddViolations(const ScriptResult& result, TestOutcome& outcome) {
  for (const JudgedExchange& exchange : result) {
    for (const Difference& difference : exchange.verdict.violations()) {
      outcome.failures.push_back(FailureText(exchange, difference));
    }
  }
}

bool IsComplainedOf(const JudgedExchange& exchange, Rule rule) {
  return exchange.verdict.HasViolation() ||
         std::ranges::any_of(exchange.verdict.warnings(),
                             [&](const Difference& warning) { return warning.rule == rule; });
}

void ReportDifference(SuiteContext& context, const Origin& origin, const JudgedExchange& exchange,
                      Difference difference, TestOutcome& outcome,
                      std::vector<std::uint64_t> evidence) {
  context.notes.Violated(difference.rule);
  if (Catalogue::Get()[difference.rule].level == Level::kMust) {
    outcome.failures.push_back(FailureText(exchange, difference));
  }
  context.session.Report(origin, exchange, std::move(difference), std::move(evidence));
}

std::vector<ScriptResult> SendAll(SuiteContext& context, const Origin& origin,
                                  std::vector<Request> requests) {
  std::vector<std::unique_ptr<Script>> scripts;
  for (Request& request : requests) {
    scripts.push_back(std::make_unique<FixedScript>(std::move(request)));
  }
  return context.session.Run(origin, std::move(scripts));
}

}  // namespace assay
