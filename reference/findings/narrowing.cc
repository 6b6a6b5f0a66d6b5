#include "reference/findings/narrowing.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reference/describe_snapshots/parameters.h"
#include "reference/findings/trigger.h"

namespace assay {
namespace {

constexpr std::size_t kLongValue = 24;

// What is no filter.
bool NeverSelects(std::string_view name) {
  return IsCommonParameter(name) || IsPagingParameter(name) || name == "Action" ||
         name == "Version" || name == "RegionId" || name == "Format" || name == "DryRun";
}

bool Meets(const Request& request, const Condition& condition) {
  if (condition.parameter.empty()) return GivesFilter(request);
  return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
    return WithoutNumber(parameter.name) == condition.parameter &&
           (!condition.value || parameter.value == *condition.value);
  });
}

std::string TextOf(const Condition& condition) {
  if (condition.parameter.empty()) return "any filter";
  if (!condition.value || condition.value->size() > kLongValue) return condition.parameter;
  return condition.parameter + "=" + *condition.value;
}

// "ignores Usage=none if Category and PageSize are given"
std::string TitleOf(const Fault& fault, const Conditions& conditions) {
  std::string title = fault.title;
  std::vector<std::string> others;
  for (const Condition& condition : conditions) {
    const bool is_named =
        !condition.parameter.empty() && fault.title.find(condition.parameter) != std::string::npos;
    if (!fault.ignored.empty() && condition.parameter == fault.ignored) {
      title.replace(title.find(fault.ignored), fault.ignored.size(), TextOf(condition));
    } else if (condition.value || !is_named) {
      others.push_back(TextOf(condition));
    }
  }
  if (others.empty()) return title;
  const std::string last = others.back();
  others.pop_back();
  if (others.empty()) return fmt::format("{} if {} is given", title, last);
  return fmt::format("{} if {} and {} are given", title, fmt::join(others, ", "), last);
}

}  // namespace

bool GivesFilter(const Request& request) {
  return std::ranges::any_of(
      request.parameters, [](const Parameter& parameter) { return !NeverSelects(parameter.name); });
}

Conditions ConditionsOf(const Request& request, const Fault& fault, Values values) {
  Conditions out;
  for (const auto& [name, value] : request.parameters) {
    if (IsCommonParameter(name) || name == "Action" || name == "Version" || name == "NextToken")
      continue;
    const bool is_of_every_request = name == "RegionId" || name == "Format";
    if (is_of_every_request && values != Values::kAll) continue;
    const bool is_ignored = name == fault.ignored;
    if (is_ignored && values == Values::kNone) continue;
    const bool counts = values == Values::kAll || is_ignored;
    out.push_back({WithoutNumber(name), counts ? std::optional(value) : std::nullopt});
  }
  return out;
}

bool MeetsAll(const Request& request, const Conditions& conditions) {
  return std::ranges::all_of(conditions,
                             [&](const Condition& condition) { return Meets(request, condition); });
}

Fault Narrowed(const Fault& fault, const Conditions& conditions) {
  Fault out = fault;
  out.title = TitleOf(fault, conditions);
  out.when = [conditions, when = fault.when](const Scene& scene) {
    return (!when || when(scene)) && MeetsAll(scene.request, conditions);
  };
  return out;
}

}  // namespace assay
