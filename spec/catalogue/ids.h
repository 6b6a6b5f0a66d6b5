#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spec/catalogue/ids.gen.h"

namespace assay {

// Ids of the spec as small numbers: the position in the sorted list of ids. In code an id is
// written as in the data, `"paging.page_size.maximum"_rule`; one that the data lacks does not
// compile.
enum class Rule : std::uint16_t {};
enum class Question : std::uint16_t {};
enum class Option : std::uint16_t {};

inline constexpr std::size_t kRuleCount = kRuleIds.size();
inline constexpr std::size_t kQuestionCount = kQuestionIds.size();
inline constexpr Rule kNoRule{0xFFFF};

template <typename Ids>
constexpr std::size_t PositionOfId(const Ids& ids, std::string_view id) {
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  return at != ids.end() && *at == id ? static_cast<std::size_t>(at - ids.begin()) : ids.size();
}

template <typename Id, typename Ids>
consteval Id KnownId(const Ids& ids, std::string_view id) {
  const std::size_t position = PositionOfId(ids, id);
  if (position == ids.size()) throw "no such id in spec/describe_snapshots";
  return static_cast<Id>(position);
}

consteval Rule operator""_rule(const char* id, std::size_t size) {
  return KnownId<Rule>(kRuleIds, {id, size});
}
consteval Question operator""_question(const char* id, std::size_t size) {
  return KnownId<Question>(kQuestionIds, {id, size});
}
consteval Option operator""_option(const char* id, std::size_t size) {
  return KnownId<Option>(kOptionIds, {id, size});
}

constexpr std::size_t Index(Rule rule) { return static_cast<std::size_t>(rule); }
constexpr std::size_t Index(Question question) { return static_cast<std::size_t>(question); }
constexpr std::size_t Index(Option option) { return static_cast<std::size_t>(option); }
constexpr std::string_view Id(Rule rule) { return kRuleIds[Index(rule)]; }
constexpr std::string_view Id(Question question) { return kQuestionIds[Index(question)]; }
constexpr std::string_view Id(Option option) { return kOptionIds[Index(option)]; }

}  // namespace assay
