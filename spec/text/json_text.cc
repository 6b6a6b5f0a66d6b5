#include "spec/text/json_text.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace assay {
namespace {

constexpr std::uint64_t Repeat(unsigned char byte) { return 0x0101010101010101ULL * byte; }

// The top bit of each byte that JSON wants escaped: below 0x20, the quote and the backslash.
std::uint64_t EscapeMask(std::uint64_t word) {
  const std::uint64_t low = word & Repeat(0x7F);
  const std::uint64_t control = ~(low + Repeat(0x60));
  const std::uint64_t quote = ~((low ^ Repeat('"')) + Repeat(0x7F));
  const std::uint64_t backslash = ~((low ^ Repeat('\\')) + Repeat(0x7F));
  return (control | quote | backslash) & ~word & Repeat(0x80);
}

bool MustEscape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

char ShortEscape(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

char* WriteEscape(char c, char* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  *out++ = '\\';
  if (const char letter = ShortEscape(c)) {
    *out++ = letter;
    return out;
  }
  const auto byte = static_cast<unsigned char>(c);
  for (const char digit : {'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]}) *out++ = digit;
  return out;
}

// Writes the escaped piece; `out` has room for 6 bytes for each of `text`, and 8 more.
char* WriteJsonPiece(std::string_view text, char* out) {
  const char* in = text.data();
  const char* const end = in + text.size();
  while (end - in >= 8) {
    std::uint64_t word;
    std::memcpy(&word, in, 8);
    std::memcpy(out, in, 8);
    if (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    const std::uint64_t mask = EscapeMask(word);
    const int plain = mask == 0 ? 8 : std::countr_zero(mask) / 8;
    in += plain;
    out += plain;
    if (mask != 0) out = WriteEscape(*in++, out);
  }
  for (; in != end; ++in) {
    if (MustEscape(*in)) {
      out = WriteEscape(*in, out);
    } else {
      *out++ = *in;
    }
  }
  return out;
}

}  // namespace

void AppendJsonText(std::string_view utf8, fmt::memory_buffer* out) {
  constexpr std::size_t kPiece = 4096;  // bounds the room that is kept for the worst case
  out->push_back('"');
  while (!utf8.empty()) {
    const std::string_view piece = utf8.substr(0, kPiece);
    const std::size_t size = out->size();
    out->try_reserve(size + 6 * piece.size() + 8);
    const char* end = WriteJsonPiece(piece, out->data() + size);
    out->try_resize(static_cast<std::size_t>(end - out->data()));
    utf8.remove_prefix(piece.size());
  }
  out->push_back('"');
}

void AppendJsonText(std::string_view utf8, std::string* out) {
  out->push_back('"');
  while (!utf8.empty()) {
    const auto special = std::ranges::find_if(utf8, MustEscape);
    out->append(utf8.begin(), special);
    utf8.remove_prefix(static_cast<std::size_t>(special - utf8.begin()));
    if (utf8.empty()) break;
    char escape[6];
    out->append(escape, WriteEscape(utf8.front(), escape));
    utf8.remove_prefix(1);
  }
  out->push_back('"');
}

}  // namespace assay
