#include "conformance/cases/case_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "spec/text/count.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

bool IsWhere(const Snapshot& snapshot, Field field, const std::string& value) {
  if (!snapshot.Knows(field)) return false;
  if (value.empty()) return !snapshot.Has(field) || snapshot[field].empty();
  if (field == Field::kCreationTime && value.front() == '*') {
    return snapshot[field].ends_with(std::string_view(value).substr(1));
  }
  return snapshot.Has(field) && snapshot[field] == value;
}

std::string Describe(const SnapshotNeeds& needs) {
  std::vector<std::string> parts;
  for (const auto& [field, value] : needs.where) {
    const std::string_view name = InfoOf(field).name;
    parts.push_back(value.empty() ? fmt::format("without {}", name)
                                  : fmt::format("with {} {}", name, value));
  }
  for (const Field field : needs.fields) {
    parts.push_back(fmt::format("with a {}", InfoOf(field).name));
  }
  if (needs.untagged) parts.emplace_back("without tags");
  if (needs.tags > 0)
    parts.push_back("with " +
                    CountText(needs.tags, "tag that has a value", "tags that have values"));
  if (needs.other_value) parts.emplace_back("with tags of two different values");
  return parts.empty() ? "" : fmt::format(" {}", fmt::join(parts, ", "));
}

void AddNeedsOf(std::string_view text, SnapshotNeeds& needs) {
  for (const std::string& placeholder : PlaceholdersIn(text)) {
    std::string_view rest = placeholder;
    if (rest.starts_with("$hit.")) {
      const FieldInfo* field = FindField(rest.substr(5));
      if (field && std::ranges::find(needs.fields, field->field) == needs.fields.end()) {
        needs.fields.push_back(field->field);
      }
    } else if (rest == "$tag.other_value") {
      needs.other_value = true;
    } else if (rest.starts_with("$tag.") && !rest.starts_with("$tag.miss")) {
      rest.remove_prefix(4);
      needs.tags = std::max(needs.tags, TakeNumber(rest).value_or(1));
    }
  }
}

}  // namespace

std::uint64_t Scramble(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ (seed * 0x9E3779B97F4A7C15ULL);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL;
  return hash ^ (hash >> 31);
}

CaseMaker::CaseMaker(const Dataset& dataset, std::string region, std::uint64_t seed)
    : placeholders_(dataset, std::move(region)), seed_(seed) {}

void AddNeeds(const RuleCase& rule_case, SnapshotNeeds& needs) {
  for (const auto& [name, value] : rule_case.where) {
    if (name == "Tags") {
      needs.untagged = value.empty();
    } else if (const FieldInfo* field = FindField(name)) {
      needs.where.emplace_back(field->field, value);
    }
  }
  for (const auto& [name, value] : rule_case.set) {
    AddNeedsOf(name, needs);
    AddNeedsOf(value, needs);
  }
  for (const auto& [name, value] : rule_case.expect.every) AddNeedsOf(value, needs);
}

CaseMaker::Traits CaseMaker::TraitsOf(const Snapshot& snapshot) {
  Traits out;
  for (const FieldInfo& info : kFields) {
    const auto bit = static_cast<unsigned>(info.field);
    if (HasUsable(snapshot, info.field)) out.usable |= 1U << bit;
  }
  out.tags = UsableTags(snapshot).size();
  out.two_values = FindTwoValues(snapshot).has_value();
  return out;
}

CaseMaker::Fit CaseMaker::Weigh(const SnapshotNeeds& needs, const Snapshot& snapshot,
                                const Traits& traits) {
  Fit out;
  const auto count = [&](bool holds) {
    ++out.needed;
    out.met += holds ? 1 : 0;
  };
  for (const auto& [field, value] : needs.where) count(IsWhere(snapshot, field, value));
  for (const Field field : needs.fields) {
    count(((traits.usable >> static_cast<unsigned>(field)) & 1U) != 0);
  }
  if (needs.untagged) count(snapshot.tags.empty());
  if (needs.tags > 0) count(traits.tags >= needs.tags);
  if (needs.other_value) count(traits.two_values);
  return out;
}

template <typename Take>
void CaseMaker::WeighAll(const SnapshotNeeds& needs, const Take& take) const {
  if (traits_.empty()) {
    for (const std::uint32_t position : placeholders_.positions()) {
      traits_.push_back(TraitsOf(dataset().snapshots[position]));
    }
  }
  for (std::size_t i = 0; i < placeholders_.positions().size(); ++i) {
    const Snapshot& snapshot = dataset().snapshots[placeholders_.positions()[i]];
    take(snapshot, Weigh(needs, snapshot, traits_[i]));
  }
}

Result<const Snapshot*> CaseMaker::Choose(const SnapshotNeeds& needs, std::string_view salt) const {
  std::vector<const Snapshot*> fitting;
  WeighAll(needs, [&](const Snapshot& snapshot, const Fit& fit) {
    if (fit.met == fit.needed) fitting.push_back(&snapshot);
  });
  if (!fitting.empty()) return fitting[Scramble(seed_, salt) % fitting.size()];
  return Error{"", fmt::format("the dataset has no snapshot{} in {}", Describe(needs), region())};
}

const Snapshot* CaseMaker::ChooseNearest(const SnapshotNeeds& needs, std::uint64_t salt) const {
  std::vector<const Snapshot*> nearest;
  int most = -1;
  WeighAll(needs, [&](const Snapshot& snapshot, const Fit& fit) {
    if (fit.met > most) nearest.clear();
    if (fit.met >= most) nearest.push_back(&snapshot);
    most = std::max(most, fit.met);
  });
  if (nearest.empty()) return nullptr;
  return nearest[Scramble(seed_ ^ salt, "") % nearest.size()];
}

Done CaseMaker::ChangeParameters(const RuleCase& change, const Snapshot* hit, bool lenient,
                                 Request& request) const {
  for (const std::string& name : change.unset) request.Unset(name);
  std::set<std::string> replaced;
  for (const auto& [name, text] : change.set) {
    if (name == "$tags") {
      placeholders_.AddTags(text, hit, request);
      continue;
    }
    const Result<std::string> value = placeholders_.Replace(text, hit, lenient);
    if (!value) return value.error();
    if (replaced.insert(name).second) request.Unset(name);
    request.parameters.push_back({name, *value});
  }
  return Ok();
}

Result<ConcreteCase> CaseMaker::MakeUnnamed(const RuleCase& rule_case, const std::string& name,
                                            const std::string& format) const {
  SnapshotNeeds needs;
  AddNeeds(rule_case, needs);
  const bool needs_nothing = Weigh(needs, Snapshot{}, {}).needed == 0;
  const Result<const Snapshot*> chosen = placeholders_.positions().empty() && needs_nothing
                                             ? Result<const Snapshot*>(nullptr)
                                             : Choose(needs, name);
  if (!chosen) return chosen.error();
  ConcreteCase out;
  out.request = SmallestRequest(region(), format);
  const Done changed = ChangeParameters(rule_case, *chosen, false, out.request);
  if (!changed) return changed.error();
  for (const auto& [field, text] : rule_case.expect.every) {
    const Result<std::string> value = placeholders_.Replace(text, *chosen);
    if (!value) return value.error();
    out.every.emplace_back(field, *value);
  }
  return out;
}

Result<ConcreteCase> CaseMaker::Make(const RuleCase& rule_case, const std::string& name,
                                     const std::string& format) const {
  const std::string own_format = rule_case.format == "json"  ? "JSON"
                                 : rule_case.format == "xml" ? "XML"
                                                             : format;
  Result<ConcreteCase> out = MakeUnnamed(rule_case, name, own_format);
  if (!out) {
    return Error{fmt::format("{}, case {}", name, rule_case.name), out.error().what};
  }
  out->request.method = rule_case.method;
  out->request.placement = rule_case.placement;
  out->request.encoding = rule_case.encoding;
  out->request.forgery = rule_case.forgery;
  return out;
}

}  // namespace assay
