#include "conformance/cases/open_questions.h"

#include <fmt/format.h>

#include "conformance/cases/case_script.h"

namespace assay {
std::string WhyUnreachable(Question question, const SuiteContext& context) {
  for (const RuleCase& probe : Catalogue::Get()[question].probes) {
    for (const auto& [name, value] : probe.set) {
      // Few datasets have a crowd, and without one nothing else asks the question either.
      if (!value.starts_with("$crowd.")) continue;
      const Result<std::string> text = context.values.placeholders().Replace(value, nullptr);
      if (!text) return text.error().what;
    }
  }
  return "";
}

std::string WhyNeverAsked(Question question, const SuiteContext& context) {
  const std::string unreachable = WhyUnreachable(question, context);
  if (!unreachable.empty()) return unreachable;
  if (!context.notes.probed(question))
    return "the tests that ask it were left out, or had no value";
  if (Catalogue::Get()[question].form()) return "no answer had a place that shows it";
  return "its requests were sent, but what the target does with something else in them, such as "
         "refusing it, decides their answers";
}

TestOutcome RunProbes(SuiteContext& context, const QuestionInfo& question) {
  TestOutcome outcome;
  std::vector<CaseRun> runs;
  for (const RuleCase& probe : question.probes) {
    // The number is in the name, so that an equal probe speaks of another snapshot.
    const std::string name = fmt::format("{}/{}", Id(question.id), probe.name);
    Result<ConcreteCase> made = context.values.Make(probe, name, context.format());
    if (made) {
      runs.push_back({&probe, std::move(*made), false, std::nullopt});
    } else {
      outcome.SkipFor(Skip::kNoValue, made.error().what);
    }
  }
  if (runs.empty()) return outcome;
  outcome = {};
  context.notes.Probed(question.id);
  CaseGroups groups;
  for (CaseRun& run : runs) AddToGroups(&run, groups);
  std::vector<std::unique_ptr<Script>> scripts;
  for (std::vector<CaseRun*>& group : groups) {
    scripts.push_back(std::make_unique<CaseScript>(std::move(group)));
  }
  const Origin origin{"questions", std::string(Id(question.id))};
  for (const ScriptResult& result : context.session.Run(origin, std::move(scripts))) {
    AddViolations(result, outcome);
  }
  return outcome;
}

}  // namespace assay
