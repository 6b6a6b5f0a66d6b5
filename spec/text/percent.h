#pragma once

#include <array>
#include <string>
#include <string_view>

namespace assay {

// The characters that percent-encoding leaves as they are: RFC 3986, section 2.3.
inline constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (const char c :
       std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();
inline bool IsUnreserved(char c) { return kUnreserved[static_cast<unsigned char>(c)]; }

// Percent-encodes for signing and for URLs: RFC 3986 unreserved characters stay, hex in capitals.
std::string PercentEncode(std::string_view text);
// The same, at the end of `*out`, so that a buffer can be used again.
void AppendPercentEncoded(std::string_view text, std::string* out);
// Decodes %XX, and '+' as a blank (form rules). A '%' without two hex digits is kept as it is and
// sets `*valid` (if given) to false.
std::string FormDecode(std::string_view text, bool* valid = nullptr);

}  // namespace assay
