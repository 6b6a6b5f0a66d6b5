#include "conformance/cases/case_script.h"

namespace assay {

std::string NeededToken(const RuleCase& rule_case) {
  for (const auto& [name, value] : rule_case.set) {
    if (const auto token = ParseTokenReference(value)) return token->answer;
  }
  return "";
}

bool CaseScript::Next(const Exchange* previous, Request& request) {
  if (previous && next_ > 0) Keep(*runs_[next_ - 1], previous->answer);
  for (; next_ < runs_.size(); ++next_) {
    CaseRun& run = *runs_[next_];
    Request with_tokens = run.made.request;
    if (!tokens_.Substitute(with_tokens)) continue;
    run.sent = true;
    run.made.request = with_tokens;
    request = std::move(with_tokens);
    ++next_;
    return true;
  }
  return false;
}

void CaseScript::Keep(CaseRun& run, const ObservedAnswer& answer) {
  std::vector<std::string> fields;
  for (const auto& [field, value] : run.rule_case->expect.every) fields.push_back(field);
  run.answer = CaseAnswerOf(run.made.request, answer, fields);
  tokens_.Add(run.rule_case->name, run.answer->next_token);
}

}  // namespace assay
