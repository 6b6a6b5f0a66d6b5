#include "reference/findings/narrowing.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reference/describe_snapshots/parameters.h"
#include "reference/findings/trigger.h"

namespace assay {
namespace {

constexpr std::size_t kLongValue = 24;

bool Meets(const Request& request, const Condition& condition) {
  return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
    return WithoutNumber(parameter.name) == condition.parameter &&
           (!condition.value || parameter.value == *condition.value);
  });
}

std::string TextOf(const Condition& condition) {
  if (!condition.value || condition.value->size() > kLongValue) return condition.parameter;
  return condition.parameter + "=" + *condition.value;
}

}  // namespace

Conditions ConditionsOf(const Request& request, const Fault& fault, bool with_values) {
  Conditions out;
  for (const auto& [name, value] : request.parameters) {
    if (name == fault.ignored || name == "Action" || name == "Version" || name == "NextToken")
      continue;
    const bool is_of_every_request = name == "RegionId" || name == "Format";
    if (IsCommonParameter(name) || (is_of_every_request && !with_values)) continue;
    out.push_back({WithoutNumber(name), with_values ? std::optional(value) : std::nullopt});
  }
  return out;
}

Fault Narrowed(const Fault& fault, const Conditions& conditions) {
  Fault out = fault;
  std::vector<std::string> texts;
  for (const Condition& condition : conditions) texts.push_back(TextOf(condition));
  const std::string last = texts.empty() ? "" : texts.back();
  if (!texts.empty()) texts.pop_back();
  const std::string all =
      texts.empty() ? last : fmt::format("{} and {}", fmt::join(texts, ", "), last);
  const char* are = texts.empty() ? "is" : "are";
  if (!all.empty()) out.title = fmt::format("{} if {} {} given", fault.title, all, are);
  out.when = [conditions, when = fault.when](const Scene& scene) {
    return (!when || when(scene)) &&
           std::ranges::all_of(conditions, [&](const Condition& condition) {
             return Meets(scene.request, condition);
           });
  };
  return out;
}

}  // namespace assay
