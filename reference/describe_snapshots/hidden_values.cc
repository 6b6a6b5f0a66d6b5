#include "reference/describe_snapshots/hidden_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "reference/describe_snapshots/plan.h"
#include "reference/describe_snapshots/values.h"
#include "reference/observed.h"
#include "spec/letters.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, kMadeUpStems> kStems = {"9e8d7c6b5a4f", "3f6e9d2c5b8a",
                                                               "7a4b1c9d6e3f"};
constexpr std::size_t kLeastStem = 6;       // of the stem that every such value holds
constexpr std::size_t kMostOthers = 1'000;  // values that one snapshot is known not to have

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A digit and an "a", three times over.
bool BeginsWithNumber(std::string_view text) {
  if (text.size() < 6) return false;
  for (std::size_t i = 0; i < 6; i += 2) {
    if (!IsDigit(text[i]) || text[i + 1] != 'a') return false;
  }
  return true;
}

}  // namespace

std::optional<bool> HiddenValues::Is(std::uint32_t position, Field field,
                                     std::string_view value) const {
  const auto known = values_.find({position, field});
  if (known != values_.end()) return known->second.value == value;
  const auto others = others_.find({position, field});
  if (others != others_.end() && others->second.contains(value)) return false;
  return std::nullopt;
}

void HiddenValues::Learn(std::uint32_t position, Field field, const std::string& value, bool has,
                         std::uint64_t exchange) {
  if (Is(position, field, value)) return;
  if (has) {
    values_[{position, field}] = {value, exchange};
    return;
  }
  auto& others = others_[{position, field}];
  if (others.size() < kMostOthers) others.emplace(value, exchange);
}

std::uint64_t HiddenValues::TaughtBy(std::uint32_t position, Field field,
                                     std::string_view value) const {
  const auto known = values_.find({position, field});
  if (known != values_.end()) return known->second.exchange;
  const auto others = others_.find({position, field});
  if (others == others_.end()) return 0;
  const auto at = others->second.find(value);
  return at == others->second.end() ? 0 : at->second;
}

namespace {

// The one filter by a hidden field, where it stands in the request as it is.
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

// True where the answer is the whole list.
bool IsWhole(const Plan& plan, const ObservedAnswer& answer) {
  if (plan.paging.by_token) return !plan.paging.origin && answer.next_token.text.empty();
  return plan.paging.number == 1 &&
         answer.total_count.text == std::to_string(answer.snapshot_count);
}

}  // namespace

void LearnHidden(std::uint64_t exchange, const Request& request, const Plan& plan,
                 const ObservedAnswer& answer, const Dataset& dataset) {
  if (!dataset.hidden || plan.paging.loose || plan.paging.unknowable || plan.paging.empty) return;
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
    dataset.hidden->Learn(at->second, filter->field, value, true, exchange);
  }
  if (plan.filters.size() > 1 || !IsWhole(plan, answer)) return;
  for (const std::uint32_t position : dataset.In(plan.region)) {
    if (!listed.contains(position)) {
      dataset.hidden->Learn(position, filter->field, value, false, exchange);
    }
  }
}

bool IsHidden(const Standing& standing, const Request& request) {
  if (!standing.moment || !standing.moment->has_hidden_fields) return false;
  return std::ranges::any_of(request.parameters, [](const Parameter& parameter) {
    return EqualAnyCase(parameter.name, "InstanceId") ||
           EqualAnyCase(parameter.name, "SnapshotLinkId");
  });
}

std::string MadeUpValue(std::string_view prefix, std::size_t stem, int number) {
  std::string tail;
  for (const char digit : fmt::format("{:03}", number)) tail += {digit, 'a'};
  const std::string_view begin = kStems[stem];
  std::string out(prefix);
  out += begin.substr(0, begin.size() - std::min(begin.size() - kLeastStem, tail.size()));
  return out + tail;
}

bool IsMadeUp(std::string_view value) {
  const std::string small = SmallLetters(value);
  if (small.find("zz-nowhere") != std::string::npos) return true;
  return std::ranges::any_of(kStems, [&](std::string_view stem) {
    const std::size_t at = small.find(stem.substr(0, kLeastStem));
    return at != std::string::npos &&
           BeginsWithNumber(std::string_view(small).substr(at + kLeastStem));
  });
}

}  // namespace assay
