#include "reference/describe_snapshots/values.h"

#include <algorithm>
#include <charconv>
#include <chrono>
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

// Forms of ISO 8601 and RFC 3339 beside those that the document and its neighbours show: without
// dashes and colons, weeks and days of the year, a year with a sign, hour 24, second 60, less
// precision, a blank in place of T.
class OtherTimeReader {
 public:
  explicit OtherTimeReader(std::string_view text) : rest_(text) {}

  // Nothing if it is none of them.
  std::optional<TimeText> Read() {
    const bool is_date = ReadDate();
    if (is_date && !rest_.empty() && !ReadClock()) return std::nullopt;
    if (!is_date || !ReadZone() || !rest_.empty()) return std::nullopt;
    if (!day_) return TimeText{.form = TimeText::Form::kImpossible};
    out_.form = leap_ ? TimeText::Form::kLeapSecond : TimeText::Form::kOther;
    out_.seconds += day_->time_since_epoch().count() * std::int64_t{86400};
    return out_;
  }

 private:
  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::size_t DigitsAhead() const {
    return static_cast<std::size_t>(std::ranges::find_if_not(rest_, IsDigit) - rest_.begin());
  }
  // The next `count` characters as a number, which must be digits.
  std::optional<int> Number(std::size_t count) {
    if (DigitsAhead() < count) return std::nullopt;
    int value = 0;
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return value;
  }

  bool ReadDate() {
    using namespace std::chrono;
    const bool before = Take('-');
    const bool sign = before || Take('+');
    const std::size_t digits = DigitsAhead();
    const bool together = !sign && digits > 4;  // 20190601, 2019152
    if (sign ? digits < 4 || digits > 6 : digits != 4 && digits != 7 && digits != 8) return false;
    const int number = *Number(together ? 4 : digits);
    const std::chrono::year year(std::clamp(before ? -number : number, -32767, 32767));
    if (together) return digits == 7 ? DayOfYear(year, *Number(3)) : ReadMonthAndDay(year, false);
    if (!Take('-')) return rest_.starts_with('W') ? ReadWeek(year, false) : Day(year / January / 1);
    if (rest_.starts_with('W')) return ReadWeek(year, true);
    if (DigitsAhead() == 3) return DayOfYear(year, *Number(3));
    return ReadMonthAndDay(year, true);
  }
  bool Day(const std::chrono::year_month_day& day) {
    if (day.ok()) day_ = std::chrono::sys_days(day);
    return true;
  }
  bool DayOfYear(std::chrono::year year, int number) {
    const std::chrono::sys_days first(year / std::chrono::January / 1);
    if (number >= 1 && number <= 365 + year.is_leap()) day_ = first + std::chrono::days(number - 1);
    return true;
  }
  bool ReadMonthAndDay(std::chrono::year year, bool dashes) {
    const auto month = Number(2);
    if (!month) return false;
    int day = 1;
    if (!dashes || Take('-')) {
      const auto given = Number(2);
      if (!given) return false;
      day = *given;
    }
    return Day(year / *month / day);
  }
  // Week 1 is that of 4 January; weeks begin on Monday.
  bool ReadWeek(std::chrono::year year, bool dashes) {
    using namespace std::chrono;
    rest_.remove_prefix(1);
    const auto week = Number(2);
    if (!week) return false;
    int day = 1;
    if (dashes ? Take('-') : DigitsAhead() > 0) {
      const auto given = Number(1);
      if (!given) return false;
      day = *given;
    }
    const sys_days fourth(year / January / 4);
    const sys_days monday = fourth - (weekday(fourth) - Monday);
    if (*week >= 1 && *week <= 53 && day >= 1 && day <= 7) {
      day_ = monday + days((*week - 1) * 7 + day - 1);
    }
    return true;
  }

  // "T12", "T1200", "T12:00:30", each with a fraction of its last part.
  bool ReadClock() {
    if (!Take('T') && !Take(' ')) {
      if (!Take('t')) return false;
      out_.small_letters = true;
    }
    const auto hour = Number(2);
    if (!hour) return false;
    int minute = 0, second = 0;
    const bool colons = Take(':');
    if (colons || DigitsAhead() > 0) {
      const auto given = Number(2);
      if (!given) return false;
      minute = *given;
      if (colons ? Take(':') : DigitsAhead() > 0) {
        const auto seconds = Number(2);
        if (!seconds) return false;
        second = *seconds;
        out_.has_seconds = true;
      }
    }
    if (Take('.') || Take(',')) {
      const std::size_t digits = DigitsAhead();
      if (digits == 0) return false;
      rest_.remove_prefix(digits);
      out_.has_fractions = true;
    }
    leap_ = second == 60;
    const bool midnight = *hour == 24 && minute == 0 && second == 0;
    if ((*hour > 23 && !midnight) || minute > 59 || second > 60) day_.reset();
    out_.seconds = *hour * 3600 + minute * 60 + second;
    has_clock_ = true;
    return true;
  }
  // "Z", "+08:00", "+0800", "+08", or none; a date has none.
  bool ReadZone() {
    if (rest_.empty() || !has_clock_) return true;
    if (Take('Z')) return true;
    if (Take('z')) return out_.small_letters = true;
    const int sign = rest_.front() == '-' ? -1 : 1;
    if (!Take('-') && !Take('+')) return false;
    const auto hours = Number(2);
    if (!hours) return false;
    std::optional<int> minutes = 0;
    if (Take(':') || !rest_.empty()) minutes = Number(2);
    if (!minutes) return false;
    out_.seconds -= sign * (*hours * 3600 + *minutes * 60);
    return true;
  }

  std::string_view rest_;
  TimeText out_;
  std::optional<std::chrono::sys_days> day_;
  bool leap_ = false, has_clock_ = false;
};

// The library's parser on text that a user sent; depth is bounded by the caller.
std::optional<nlohmann::json> ParseShallow(std::string_view text) {
  const auto brackets = std::ranges::count_if(text, [](char c) { return c == '[' || c == '{'; });
  if (brackets > 1000) return std::nullopt;  // no list of ids; keeps the parse tree shallow
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

// Of "+12" at the beginning; 0 if there is none.
std::size_t LengthOfExponent(std::string_view text) {
  const std::size_t sign = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  std::size_t end = sign;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end == sign ? 0 : end;
}

// The same with numbers that any reader holds: without exponents, and of so many digits.
std::string WithSmallNumbers(std::string_view json) {
  constexpr int kMostDigits = 300;
  std::string out;
  bool quoted = false;
  int digits = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && i + 1 < json.size()) out += json[i++];
    const bool in_number = !quoted && i > 0 && IsDigit(json[i - 1]);
    digits = in_number && IsDigit(c) ? digits + 1 : 0;
    const std::size_t exponent =
        in_number && (c == 'e' || c == 'E') ? LengthOfExponent(json.substr(i + 1)) : 0;
    if (exponent == 0 && digits < kMostDigits) out += json[i];
    i += exponent;
  }
  return out;
}

// Not deep: ParseShallow() read it.
void TakeTexts(const nlohmann::json& element, std::vector<std::string>& out) {
  if (element.is_array()) {
    for (const nlohmann::json& inner : element) TakeTexts(inner, out);
  } else {
    out.push_back(element.is_string() ? element.get<std::string>() : element.dump());
  }
}

void TakeElements(const nlohmann::json& array, IdListText& out) {
  for (const nlohmann::json& element : array) {
    if (element.is_string()) {
      out.ids.push_back(element.get<std::string>());
    } else {
      out.other_elements = true;
    }
  }
  if (out.other_elements) TakeTexts(array, out.as_texts);
}

}  // namespace

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

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

namespace {

TimeText ReadUsualTime(std::string_view text) {
  if (text.size() < 10 || !HasShape(text.substr(0, 10), "0000-00-00")) return {};
  if (text.size() == 10) return Known(TimeText::Form::kDate, Seconds(text, "00:00:00"));
  if (text.size() < 16 || (text[10] != 'T' && text[10] != 't')) return {};
  return ReadLongTime(text);
}

}  // namespace

TimeText ReadTime(std::string_view text) {
  const TimeText usual = ReadUsualTime(text);
  if (usual.form != TimeText::Form::kMalformed && usual.form != TimeText::Form::kImpossible) {
    return usual;
  }
  return OtherTimeReader(text).Read().value_or(usual);
}

IdListText ReadIdList(std::string_view text) {
  IdListText out;
  auto value = ParseShallow(text);
  if (!value) {
    value = ParseShallow(WithSmallNumbers(text));
    out.has_huge_number = value.has_value();
  }
  if (value) {
    out.form = value->is_array()  ? IdListText::Form::kArray
               : value->is_null() ? IdListText::Form::kNull
                                  : IdListText::Form::kOtherJson;
    if (value->is_array()) TakeElements(*value, out);
    if (value->is_string()) out.single = value->get<std::string>();
    return out;
  }
  if (text.find('\'') == std::string_view::npos || text.find('"') != std::string_view::npos) {
    return out;
  }
  std::string quoted(text);
  std::ranges::replace(quoted, '\'', '"');
  value = ParseShallow(quoted);
  if (!value || !value->is_array()) return out;
  out.form = IdListText::Form::kSingleQuoted;
  TakeElements(*value, out);
  return out;
}

namespace {

std::string_view WithoutQuotes(std::string_view text) {
  for (const char quote : {'"', '\''}) {
    if (text.starts_with(quote)) text.remove_prefix(1);
    if (text.ends_with(quote)) text.remove_suffix(1);
  }
  return text;
}

}  // namespace

std::vector<std::string> IdsBetweenCommas(std::string_view text, bool loosely) {
  if (loosely) {
    text = Trim(text);
    if (text.starts_with('[')) text.remove_prefix(1);
    if (text.ends_with(']')) text.remove_suffix(1);
  }
  std::vector<std::string> out;
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = text.find(',');
    const std::string_view one = Trim(text.substr(0, comma));
    const std::string_view id = loosely ? WithoutQuotes(one) : one;
    if (!loosely || !id.empty()) out.emplace_back(id);
    text.remove_prefix(std::min(text.size(), comma == std::string_view::npos ? comma : comma + 1));
  }
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
