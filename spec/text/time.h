#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

// Reads `yyyy-MM-ddTHH:mm:ssZ` as seconds since 1970; false if the text is not such a time, or not
// a day of the calendar.
bool ParseTime(std::string_view text, std::int64_t* seconds);
// The inverse, in the same form.
std::string FormatTime(std::int64_t seconds);
// The same to the minute: `yyyy-MM-ddTHH:mmZ`, the form in which a filter takes a time.
std::string FormatMinute(std::int64_t seconds);

// The system's clock: seconds since 1970.
std::int64_t SecondsNow();

}  // namespace assay
