#include "spec/text/base64.h"

#include <cstddef>
#include <cstdint>

namespace assay {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The 24 bits of up to three bytes, as the four characters of base64.
void AppendBase64Group(std::string_view group, std::string* out) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    *out += i <= group.size() ? kBase64[bits >> (18 - 6 * i) & 63] : '=';
  }
}

bool ParseBase64Group(std::string_view group, std::size_t padding, std::string* out) {
  std::uint32_t bits = 0;
  for (const char c : group.substr(0, 4 - padding)) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
  }
  bits <<= 6 * padding;
  for (std::size_t i = 0; i < 3 - padding; ++i) {
    *out += static_cast<char>(bits >> (16 - 8 * i) & 0xFF);
  }
  return true;
}

}  // namespace

std::string ToBase64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) AppendBase64Group(bytes.substr(i, 3), &out);
  return out;
}

bool ParseBase64(std::string_view text, std::string* bytes) {
  bytes->clear();
  if (text.size() % 4 != 0) return false;
  while (!text.empty()) {
    std::size_t padding = 0;
    if (text.size() == 4) padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    if (!ParseBase64Group(text.substr(0, 4), padding, bytes)) return false;
    text.remove_prefix(4);
  }
  return true;
}

}  // namespace assay
