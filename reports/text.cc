#include "reports/text.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace assay {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

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

bool IsAscii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

struct Character {
  char32_t code = 0xFFFD;
  std::size_t bytes = 1;
  bool valid = false;
};

bool IsScalar(char32_t code, std::size_t bytes) {
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  return code >= kSmallest[bytes] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

// The character at the beginning of the text, or one byte that belongs to none.
Character FirstCharacter(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = (code << 6) | (next & 0x3FU);
  }
  if (!IsScalar(code, bytes)) return {};
  return {code, bytes, true};
}

// Calls `visit(character, its bytes)` for each character, or byte that belongs to none.
template <typename Visit>
void ForEachCharacter(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const Character character = FirstCharacter(text);
    visit(character, text.substr(0, character.bytes));
    text.remove_prefix(character.bytes);
  }
}

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool IsLineSpace(char32_t code) { return code == '\n' || code == '\t' || code == '\r'; }

// Characters that turn the direction of what follows, so that a line shows other than it is.
bool TurnsDirection(char32_t code) {
  return code == 0x200E || code == 0x200F || code == 0x061C || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool AllowedInXml(char32_t code) {
  return code < 0x20 ? IsLineSpace(code) : code != 0xFFFE && code != 0xFFFF;
}

std::string_view HtmlEntity(char32_t code) {
  switch (code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

// Control characters as visible escapes, so that a text stays on its line.
std::string OneLine(std::string_view text) {
  std::string out;
  ForEachCharacter(text, [&out](const Character& character, std::string_view bytes) {
    if (!character.valid) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(bytes[0]));
    } else if (character.code == '\n') {
      out += "\\n";
    } else if (IsControl(character.code)) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned>(character.code));
    } else if (TurnsDirection(character.code) || character.code == 0x2028 ||
               character.code == 0x2029) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(character.code));
    } else {
      out += bytes;
    }
  });
  return out;
}

bool IsMarkdown(char c) {
  return std::string_view("\\`*_{}[]()#+!|~@$").find(c) != std::string_view::npos;
}

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// An underscore between letters is no markup, and the ids of rules are full of them.
bool IsInsideWord(std::string_view text, std::size_t at) {
  return text[at] == '_' && at > 0 && at + 1 < text.size() && IsLetterOrDigit(text[at - 1]) &&
         IsLetterOrDigit(text[at + 1]);
}

std::size_t LongestRun(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

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

bool IsUtf8(std::string_view bytes) {
  // Most texts are short and plain, and then the call costs more than the look.
  if (bytes.size() <= 64 && IsAscii(bytes)) return true;
  return simdjson::validate_utf8(bytes);
}

std::string ReplaceInvalidUtf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  ForEachCharacter(bytes, [&out](const Character& character, std::string_view text) {
    out += character.valid ? text : kReplacement;
  });
  return out;
}

std::string_view CutUtf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && limit - end < 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return text.substr(0, end);
}

void AppendJsonString(std::string_view utf8, fmt::memory_buffer* out) {
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

std::string Base64(std::string_view bytes) {
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

std::string XmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachCharacter(text, [&out](const Character& character, std::string_view bytes) {
    out += character.valid && AllowedInXml(character.code) ? bytes : kReplacement;
  });
  return out;
}

std::string HtmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  ForEachCharacter(text, [&out](const Character& character, std::string_view bytes) {
    const bool hidden = IsControl(character.code) && !IsLineSpace(character.code);
    if (!character.valid || hidden || TurnsDirection(character.code)) {
      out += kReplacement;
    } else if (const std::string_view entity = HtmlEntity(character.code); !entity.empty()) {
      out += entity;
    } else {
      out += bytes;
    }
  });
  return out;
}

std::string MarkdownText(std::string_view text) {
  const std::string line = OneLine(text);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (const std::string_view entity = HtmlEntity(static_cast<unsigned char>(c));
        !entity.empty()) {
      out += entity;
    } else if (IsMarkdown(c) && !IsInsideWord(line, i)) {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  // A bare address would become a link.
  for (std::size_t at = 0; (at = out.find("://", at)) != std::string::npos; at += 3) {
    out.replace(at, 1, "&#58;");
  }
  return out;
}

std::string MarkdownCode(std::string_view text) {
  // HTML rather than backticks: a pipe cannot be written inside backticks in every table.
  return "<code>" + MarkdownText(text) + "</code>";
}

std::string MarkdownBlock(std::string_view text) {
  const std::string clean = XmlText(text);
  const std::string fence(std::max<std::size_t>(3, LongestRun(clean, '`') + 1), '`');
  return fence + "text\n" + clean + (clean.ends_with('\n') ? "" : "\n") + fence + "\n";
}

std::string TerminalText(std::string_view text) { return OneLine(text); }

std::string Shorten(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  return fmt::format("{}… ({} bytes)", CutUtf8(text, limit), text.size());
}

}  // namespace assay
