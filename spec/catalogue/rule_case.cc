#include "spec/catalogue/rule_case.h"

#include <algorithm>
#include <regex>

#include "spec/catalogue/fields.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::string_view kForms[] = {"$hit.FIELD",
                                       "$other.FIELD",
                                       "$miss.FIELD",
                                       "$elsewhere.FIELD",
                                       "$region",
                                       "$region.other",
                                       "$region.empty",
                                       "$ids.N",
                                       "$ids.N.reversed",
                                       "$ids.N.twice",
                                       "$ids.N.padded.M",
                                       "$tag.key",
                                       "$tag.value",
                                       "$tag.K.key",
                                       "$tag.K.value",
                                       "$tag.other_value",
                                       "$tag.miss_key",
                                       "$tag.miss_value",
                                       "$tags",
                                       "$time.before_all",
                                       "$time.after_all",
                                       "$time.middle",
                                       "$time.hit",
                                       "$time.hit.seconds",
                                       "$token.CASE",
                                       "$time.hit.plus_minute",
                                       "$time.hit.minus_minute",
                                       "$token.CASE.cut",
                                       "$group.default",
                                       "$link.unused",
                                       "$crowd.tag.key",
                                       "$crowd.tag.value",
                                       "$crowd.group.id",
                                       "$crowd.tag.region",
                                       "$crowd.group.region",
                                       "$upper(TEXT)",
                                       "$lower(TEXT)",
                                       "$swapped(TEXT)",
                                       "$escaped(TEXT)",
                                       "$octets(HEX)",
                                       "$beginning(TEXT)",
                                       "$ending(TEXT)",
                                       "$repeat(TEXT,N)"};

// Whether the word stands for the variable of a form, or is the word of the form.
bool Stands(std::string_view word, std::string_view form) {
  const auto all = [&](auto is) { return !word.empty() && std::ranges::all_of(word, is); };
  if (form == "FIELD") return FindField(word) != nullptr;
  if (form == "N" || form == "K" || form == "M") return all(IsDigit);
  if (form == "CASE") {
    return all([&](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '_'; });
  }
  return word == form;
}

// "hit" of "hit.Status", which then begins behind the dot.
std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find('.'));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

bool HasForm(std::string_view placeholder, std::string_view form) {
  form = form.substr(0, form.find('('));
  if (std::ranges::count(placeholder, '.') != std::ranges::count(form, '.')) return false;
  while (!form.empty()) {
    const std::string_view word = TakeWord(placeholder);
    if (!Stands(word, TakeWord(form))) return false;
  }
  return true;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::vector<std::string> PlaceholdersIn(std::string_view text) {
  static const std::regex kPattern(R"(\$[A-Za-z]*(\.[A-Za-z0-9_]+)*)");
  std::vector<std::string> found;
  for (std::cregex_iterator at(text.data(), text.data() + text.size(), kPattern), end; at != end;
       ++at) {
    found.push_back(at->str());
  }
  return found;
}

std::span<const std::string_view> PlaceholderForms() { return kForms; }

bool IsPlaceholder(std::string_view placeholder) {
  return std::ranges::any_of(kForms,
                             [&](std::string_view form) { return HasForm(placeholder, form); });
}

std::optional<std::string> OctetsOf(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]), low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  return out;
}

}  // namespace assay
