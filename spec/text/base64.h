#pragma once

#include <string>
#include <string_view>

namespace assay {

// Base64 with padding (RFC 4648, section 4).
std::string ToBase64(std::string_view bytes);
// The bytes; false if the text is not Base64 with padding.
bool ParseBase64(std::string_view text, std::string* bytes);

}  // namespace assay
