#include "reference/describe_snapshots/hidden_values.h"

#include <algorithm>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/describe_snapshots/plan.h"
#include "reference/describe_snapshots/values.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::size_t kMostOthers = 1'000;  // values that one snapshot is known not to have

}  // namespace

std::optional<bool> HiddenValues::Is(std::uint32_t position, Field field,
                                     std::string_view value) const {
  const auto known = values_.find({position, field});
  if (known != values_.end()) return known->second == value;
  const auto others = others_.find({position, field});
  if (others != others_.end() && others->second.contains(value)) return false;
  return std::nullopt;
}

void HiddenValues::Learn(std::uint32_t position, Field field, const std::string& value, bool has) {
  if (Is(position, field, value)) return;
  if (has) {
    values_[{position, field}] = value;
    return;
  }
  auto& others = others_[{position, field}];
  if (others.size() < kMostOthers) others.insert(value);
}

namespace {

// The one filter by a hidden field, if the request gives it as it is.
const Filter* HiddenFilter(const Request& request, const Plan& plan) {
  const Filter* out = nullptr;
  for (const Filter& filter : plan.filters) {
    const bool instance =
        filter.kind == Filter::Kind::kEquals && filter.field == Field::kInstanceId;
    const bool link = filter.kind == Filter::Kind::kOneOf &&
                      filter.field == Field::kSnapshotLinkId && filter.values.size() == 1;
    if (!instance && !link) continue;
    if (out) return nullptr;
    out = &filter;
  }
  if (!out) return nullptr;
  const bool instance = out->field == Field::kInstanceId;
  const std::string& value = instance ? out->value : out->values.front();
  const std::string_view name = instance ? "InstanceId" : "SnapshotLinkId";
  const bool plain = IsWellFormedId(value, "") &&
                     std::ranges::count(request.parameters, name, &Parameter::name) == 1;
  return plain && request.Find(name) == value ? out : nullptr;
}

// True if the answer is the whole list.
bool IsWhole(const Plan& plan, const ObservedAnswer& answer) {
  if (plan.paging.by_token) return !plan.paging.origin && answer.next_token.text.empty();
  return plan.paging.number == 1 &&
         answer.total_count.text == std::to_string(answer.snapshot_count);
}

}  // namespace

void LearnHidden(const Request& request, const Plan& plan, const ObservedAnswer& answer,
                 const Dataset& dataset, HiddenValues& hidden) {
  if (plan.paging.loose || plan.paging.unknowable || plan.paging.empty) return;
  if (request.Find("NextToken") || plan.unseen_region || plan.filters.empty()) return;
  const Filter* filter = HiddenFilter(request, plan);
  if (!filter) return;
  const std::string& value =
      filter->field == Field::kInstanceId ? filter->value : filter->values.front();
  std::set<std::uint32_t> listed;
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    const auto at = dataset.by_id.find(answer.snapshots[i][Field::kSnapshotId].text);
    if (at == dataset.by_id.end()) continue;
    listed.insert(at->second);
    hidden.Learn(at->second, filter->field, value, true);
  }
  if (plan.filters.size() > 1 || !IsWhole(plan, answer)) return;
  for (const std::uint32_t position : dataset.In(plan.region)) {
    if (!listed.contains(position)) {
      hidden.Learn(position, filter->field, value, false);
    }
  }
}

bool IsHidden(const AnswerState& state, const Request& request) {
  if (!state.quiet_state || !state.quiet_state->has_hidden_fields) return false;
  return std::ranges::any_of(request.parameters, [](const Parameter& parameter) {
    return EqualAnyCase(parameter.name, "InstanceId") ||
           EqualAnyCase(parameter.name, "SnapshotLinkId");
  });
}

}  // namespace assay
