#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace assay {

// Appends a JSON string, quotes included. `utf8` must be valid UTF-8.
void AppendJsonText(std::string_view utf8, fmt::memory_buffer* out);
void AppendJsonText(std::string_view utf8, std::string* out);

}  // namespace assay
