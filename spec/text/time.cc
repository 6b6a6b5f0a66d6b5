#include "spec/text/time.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>

#include "spec/text/letters.h"

namespace assay {
namespace {

int ReadDigits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (const char c : text.substr(at, count)) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

bool ParseTime(std::string_view text, std::int64_t* seconds) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kForm[i] == 'd' ? !IsDigit(text[i]) : text[i] != kForm[i]) return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(ReadDigits(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(ReadDigits(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(ReadDigits(text, 8, 2)))};
  const int hour = ReadDigits(text, 11, 2);
  const int minute = ReadDigits(text, 14, 2);
  const int second = ReadDigits(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return false;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  *seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return true;
}

std::string FormatTime(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string FormatMinute(std::int64_t seconds) { return FormatTime(seconds).substr(0, 16) + "Z"; }

std::int64_t SecondsNow() {
  using std::chrono::system_clock;
  return system_clock::to_time_t(system_clock::now());
}

}  // namespace assay
