#include "reference/judge/why_valid.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr int kMostReasons = 2;

// "Tag.N.Key" for "Tag.12.Key".
std::string DocumentedName(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    if (!IsDigit(letter)) {
      out += letter;
    } else if (!out.ends_with('N')) {
      out += 'N';
    }
  }
  return out;
}

// Every request names them, so they say nothing of this one.
bool IsCommon(std::string_view name) {
  return name == "Action" || name == "RegionId" || name == "Format" || name == "Version";
}

const RuleInfo* RuleAbout(std::string_view name, const std::bitset<kRuleCount>& marks) {
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    if (!marks[Index(rule.id)] || rule.level != Level::kMust) continue;
    if (Id(rule.id).starts_with("response.") || rule.sources.front().quote.empty()) continue;
    if (std::ranges::find(rule.subjects, name) != rule.subjects.end()) return &rule;
  }
  return nullptr;
}

}  // namespace

std::string WhyValid(const Request& request, const std::bitset<kRuleCount>& marks) {
  std::string out;
  int reasons = 0;
  for (const Parameter& parameter : request.parameters) {
    if (IsCommon(parameter.name)) continue;
    const RuleInfo* rule = RuleAbout(DocumentedName(parameter.name), marks);
    if (!rule) continue;
    out += fmt::format("{}{}: \"{}\" ({})", out.empty() ? "" : "; ", parameter.name,
                       rule->sources.front().quote, Id(rule->id));
    if (++reasons == kMostReasons) break;
  }
  return out;
}

}  // namespace assay
