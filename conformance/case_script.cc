#include "conformance/case_script.h"

#include <algorithm>
#include <string_view>

namespace assay {
namespace {

constexpr std::string_view kToken = "$token.";
constexpr std::string_view kCut = ".cut";

}  // namespace

std::string NeededToken(const RuleCase& rule_case) {
  for (const auto& [name, value] : rule_case.set) {
    if (value.starts_with(kToken)) return value.substr(kToken.size());
  }
  return "";
}

bool CaseScript::Next(const Response* previous, Request& request) {
  if (previous && next_ > 0) Keep(*runs_[next_ - 1], *previous);
  for (; next_ < runs_.size(); ++next_) {
    CaseRun& run = *runs_[next_];
    if (!FillTokens(run.made.request)) continue;
    run.sent = true;
    request = run.made.request;
    ++next_;
    return true;
  }
  return false;
}

void CaseScript::Keep(CaseRun& run, const Response& response) {
  std::vector<std::string> fields;
  for (const auto& [field, value] : run.rule_case->expect.every) fields.push_back(field);
  run.answer = ReadCaseAnswer(run.made.request, response, fields);
  if (!run.answer->next_token.empty()) {
    tokens_.emplace_back(run.rule_case->name, run.answer->next_token);
  }
}

bool CaseScript::FillTokens(Request& request) const {
  for (Parameter& parameter : request.parameters) {
    if (!parameter.value.starts_with(kToken)) continue;
    std::string_view name = std::string_view(parameter.value).substr(kToken.size());
    const bool cut = name.ends_with(kCut);
    if (cut) name.remove_suffix(kCut.size());
    const auto token =
        std::ranges::find_if(tokens_, [&](const auto& entry) { return entry.first == name; });
    if (token == tokens_.end()) return false;
    const std::string& text = token->second;
    parameter.value = cut ? text.substr(0, (text.size() + 1) / 2) : text;
  }
  return true;
}

}  // namespace assay
