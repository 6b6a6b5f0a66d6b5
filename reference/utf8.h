#pragma once

#include <string_view>

namespace assay {

// True where the text is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool IsValidUtf8(std::string_view text);

}  // namespace assay
