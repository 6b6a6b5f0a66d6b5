#include "reference/describe_snapshots/topic_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "reference/describe_snapshots/made_up.h"
#include "reference/describe_snapshots/values.h"
#include "reference/state/dataset_index.h"

namespace assay {

void TopicReader::Refuse(Rule rule, const char* code, std::string subject) {
  Add({rule, Catalogue::Get().FindError(code), false, std::move(subject)});
}

void TopicReader::RefuseAsRead(const char* code, std::string_view subject) {
  Add({"request.open.admissible"_rule, Catalogue::Get().FindError(code), true,
       std::string(subject)});
}

void TopicReader::Add(Refusal refusal) {
  plan_.stop |= choices_.Refuse(refusal);
  plan_.refusals.push_back(std::move(refusal));
}

void TopicReader::MatchNothing(Rule rule) {
  plan_.filters.push_back({.kind = Filter::Kind::kNothing, .rule = rule});
}

std::optional<std::string> TopicReader::Text(Slot slot, Question empty, Question blanks,
                                             Rule rule) {
  const std::optional<std::string>& value = Value(slot);
  if (!value) return std::nullopt;
  std::string text = value->empty() ? "" : Trimmed(*value, blanks);
  if (!text.empty()) return text;
  TreatEmpty(slot, empty, rule);
  return std::nullopt;
}

void TopicReader::TreatEmpty(Slot slot, Question empty, Rule rule) {
  const Option option = choices_.Pick(empty);
  if (option == "refused"_option) RefuseAsRead("InvalidParameter", NameOf(slot));
  if (option == "matches_nothing"_option) MatchNothing(rule);
  if (option == "as_false"_option) {
    plan_.filters.push_back(
        {.kind = Filter::Kind::kUnencrypted, .rule = rule, .field = Field::kEncrypted});
  }
}

std::string TopicReader::Trimmed(const std::string& value, Question blanks) {
  const std::string_view trimmed = Trim(value);
  if (trimmed.size() == value.size()) return value;
  return Is(blanks, "trimmed"_option) ? std::string(trimmed) : value;
}

namespace {

// Nothing if it has to be looked for in every snapshot.
std::optional<bool> LookUp(const Dataset& dataset, std::string_view region, Field field,
                           std::string_view value) {
  const RegionIndex* index = dataset.IndexOf(region);
  const auto found = index ? index->With(field, value) : std::nullopt;
  return found ? std::optional(!found->empty()) : std::nullopt;
}

bool Exists(const Dataset& dataset, std::string_view region, Field field, std::string_view value) {
  if (const auto known = LookUp(dataset, region, field, value)) return *known;
  return std::ranges::any_of(dataset.In(region),
                             [&](std::uint32_t i) { return dataset.snapshots[i][field] == value; });
}

}  // namespace

bool TopicReader::ExistsHere(Field field, std::string_view value) const {
  return Exists(dataset_, plan_.region, field, value);
}

std::string TopicReader::MeantId(Field field, const std::string& id) {
  return Meant(id, [&](const std::string& text) {
    return ExistsAnywhere(field, text) || (text != id && IsUnseen(text));
  });
}

bool TopicReader::ExistsAnywhere(Field field, std::string_view value) const {
  return std::ranges::any_of(dataset_.by_region, [&](const auto& region) {
    return Exists(dataset_, region.first, field, value);
  });
}

bool TopicReader::IsUnseen(std::string_view id) const {
  return dataset_.discovered && IsWellFormedId(id, "") && !IsMadeUp(id);
}

}  // namespace assay
