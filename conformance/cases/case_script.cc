#include "conformance/cases/case_script.h"

namespace assay {

namespace {

// The case whose token the case needs, "" for none.
std::string NeededToken(const RuleCase& rule_case) {
  for (const auto& [name, value] : rule_case.set) {
    if (const auto token = ParseTokenReference(value)) return token->answer;
  }
  return "";
}

bool IsNonceOf(const CaseRun& earlier, const CaseRun& run) {
  Request genuine = run.made.request;
  genuine.forgery = Forgery::kNone;
  return run.made.request.forgery == Forgery::kNonce && earlier.made.request == genuine;
}

}  // namespace

void AddToGroups(CaseRun* run, CaseGroups& groups) {
  const std::string needed = NeededToken(*run->rule_case);
  for (std::vector<CaseRun*>& group : groups) {
    for (const CaseRun* earlier : group) {
      const bool gets_token = !needed.empty() && earlier->rule_case->name == needed;
      if (!gets_token && !IsNonceOf(*earlier, *run)) continue;
      group.push_back(run);
      return;
    }
  }
  groups.push_back({run});
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
