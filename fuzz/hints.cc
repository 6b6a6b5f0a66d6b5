#include "fuzz/hints.h"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fuzz/exchange_input.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

constexpr std::size_t kMostHints = 100'000;

std::unordered_map<std::size_t, Hint>& Hints() {
  static std::unordered_map<std::size_t, Hint> hints;
  return hints;
}

// "Tag.N.Key" as it is, and of the first ones.
std::vector<std::string> SpellingsOf(const std::string& name) {
  const std::size_t number = name.find(".N");
  if (number == std::string::npos) return {name};
  std::vector<std::string> out;
  for (const char* n : {".1", ".2", ".N"}) out.push_back(std::string(name).replace(number, 2, n));
  return out;
}

const std::vector<std::string>& AllSpellings() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    for (const ParameterInfo& parameter : OperationInfo::Get().parameters) {
      if (parameter.name == "Action") continue;
      for (std::string& spelling : SpellingsOf(parameter.name)) out.push_back(std::move(spelling));
    }
    return out;
  }();
  return all;
}

}  // namespace

std::string NamedParameter(const ObservedAnswer& refusal) {
  std::string_view longest;
  for (const std::string& name : AllSpellings()) {
    const bool named = refusal.message.text.find(name) != std::string_view::npos ||
                       refusal.code.text.find(name) != std::string_view::npos;
    if (named && name.size() > longest.size()) longest = name;
  }
  return FirstName(longest);
}

void RememberHint(std::string_view input, Hint hint) {
  auto& hints = Hints();
  if (hints.size() >= kMostHints) hints.clear();
  hints.insert_or_assign(std::hash<std::string_view>{}(input), std::move(hint));
}

std::optional<Hint> FindHint(std::string_view input) {
  const auto& hints = Hints();
  const auto at = hints.find(std::hash<std::string_view>{}(input));
  return at == hints.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace assay
