#include "reference/describe_snapshots/values.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "reference/state/dataset.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

// The calendar check is ParseTime's: "2021-02-30T00:00:00Z" is not a time.
std::optional<std::int64_t> Seconds(std::string_view date, std::string_view time) {
  std::int64_t seconds = 0;
  if (!ParseTime(std::string(date) + "T" + std::string(time) + "Z", &seconds)) return std::nullopt;
  return seconds;
}

// True if `text` has the shape of `pattern`, in which 0 means any digit.
bool HasShape(std::string_view text, std::string_view pattern) {
  return std::ranges::equal(text, pattern,
                            [](char c, char p) { return p == '0' ? IsDigit(c) : c == p; });
}

TimeText Known(TimeText::Form form, std::optional<std::int64_t> seconds, std::int64_t shift = 0) {
  if (!seconds) return {TimeText::Form::kImpossible, 0};
  return {form, *seconds - shift};
}

// "+08:00" in seconds, or nothing.
std::optional<std::int64_t> ReadOffset(std::string_view text) {
  if (!HasShape(text, "+00:00") && !HasShape(text, "-00:00")) return std::nullopt;
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
  return (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

// ".123", with at most nine digits, in front of the zone; `rest` is left with the zone.
bool TakeFraction(std::string_view& rest) {
  if (!rest.starts_with('.')) return false;
  const auto end = std::ranges::find_if_not(rest.substr(1), IsDigit);
  const auto digits = static_cast<std::size_t>(end - rest.substr(1).begin());
  if (digits < 1 || digits > 9) return false;
  rest.remove_prefix(1 + digits);
  return true;
}

TimeText ReadLongTime(std::string_view text) {
  using Form = TimeText::Form;
  const std::string_view date = text.substr(0, 10);
  if (!HasShape(text.substr(11, 5), "00:00")) return {};
  std::string clock(text.substr(11, 5));
  std::string_view rest = text.substr(16);
  const bool seconds = rest.size() >= 3 && HasShape(rest.substr(0, 3), ":00");
  clock += seconds ? rest.substr(0, 3) : ":00";
  if (seconds) rest.remove_prefix(3);
  const bool fraction = seconds && TakeFraction(rest);
  const auto at = Seconds(date, clock);
  const Form form = fraction ? Form::kFractions : seconds ? Form::kSeconds : Form::kMinute;
  TimeText out;
  if (rest == "Z" || rest == "z") {
    out = Known(form, at);
  } else if (rest.empty()) {
    out = Known(Form::kWithoutZone, at);
  } else if (const auto offset = ReadOffset(rest)) {
    out = Known(Form::kOffset, at, *offset);
  }
  out.small_letters = text[10] == 't' || rest == "z";
  out.has_seconds = seconds;
  out.has_fractions = fraction;
  return out;
}

// The library's parser on text that a user sent; depth is bounded by the caller.
std::optional<nlohmann::json> ParseShallow(std::string_view text) {
  const auto brackets = std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; });
  if (brackets > 1000) return std::nullopt;  // no list of ids; keeps the parse tree shallow
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

void TakeElements(const nlohmann::json& array, IdListText& out) {
  for (const nlohmann::json& element : array) {
    if (element.is_string()) {
      out.ids.push_back(element.get<std::string>());
    } else {
      out.other_elements = true;
    }
  }
}

}  // namespace

IntegerText ReadInteger(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  const bool plus = digits.starts_with('+');
  if (negative || plus) digits.remove_prefix(1);
  if (digits.empty() || !std::ranges::all_of(digits, IsDigit)) return {};
  const bool zeros = digits.size() > 1 && digits.front() == '0';
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  std::int64_t value = std::numeric_limits<std::int64_t>::max();
  if (digits.size() <= 18) std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (negative) value = -value;
  if (value > std::numeric_limits<std::int32_t>::max() ||
      value < std::numeric_limits<std::int32_t>::min()) {
    return {IntegerText::Form::kBeyond32Bits, value};
  }
  using Form = IntegerText::Form;
  const bool sign = plus || (negative && value == 0);
  return {sign ? Form::kSign : zeros ? Form::kLeadingZeros : Form::kPlain, value};
}

TimeText ReadTime(std::string_view text) {
  if (text.size() < 10 || !HasShape(text.substr(0, 10), "0000-00-00")) return {};
  if (text.size() == 10) return Known(TimeText::Form::kDate, Seconds(text, "00:00:00"));
  if (text.size() < 16 || (text[10] != 'T' && text[10] != 't')) return {};
  return ReadLongTime(text);
}

IdListText ReadIdList(std::string_view text) {
  IdListText out;
  if (const auto value = ParseShallow(text)) {
    out.form = value->is_array() ? IdListText::Form::kArray : IdListText::Form::kOtherJson;
    if (value->is_array()) TakeElements(*value, out);
    if (value->is_string()) out.single = value->get<std::string>();
    return out;
  }
  if (text.find('\'') == std::string_view::npos || text.find('"') != std::string_view::npos) {
    return out;
  }
  std::string quoted(text);
  std::ranges::replace(quoted, '\'', '"');
  const auto value = ParseShallow(quoted);
  if (!value || !value->is_array()) return out;
  out.form = IdListText::Form::kSingleQuoted;
  TakeElements(*value, out);
  return out;
}

std::optional<bool> LooksWellFormed(IdKind kind, std::string_view text) {
  if (!IsWellFormedId(text, "")) return false;
  const auto is_small = [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); };
  const auto has_form = [&](std::string_view prefix) {
    return text.starts_with(prefix) && text.size() > prefix.size() + 4 &&
           std::ranges::all_of(text.substr(prefix.size()), is_small);
  };
  bool usual = false;
  switch (kind) {
    case IdKind::kInstance:
      usual = has_form("i-");
      break;
    case IdKind::kDisk:
      usual = has_form("d-");
      break;
    case IdKind::kSnapshot:
      usual = has_form("s-");
      break;
    case IdKind::kRegion:  // cn-hangzhou, ap-southeast-1
      usual = text.find('-') != std::string_view::npos && is_small(text.front()) &&
              std::ranges::all_of(text, [&](char c) { return c == '-' || is_small(c); });
      break;
    case IdKind::kKey:  // a UUID
      usual = text.size() == 36 && std::ranges::count(text, '-') == 4 &&
              text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
      break;
  }
  return usual ? std::optional(true) : std::nullopt;
}

bool IsWellFormedId(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix) || text.size() == prefix.size() || text.size() > 128) return false;
  return std::ranges::all_of(text, [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '*';
  });
}

}  // namespace assay
