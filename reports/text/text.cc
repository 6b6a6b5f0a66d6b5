#include "reports/text/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "spec/text/percent.h"
#include "spec/text/utf8.h"
#include "spec/text/xml_entity.h"

namespace assay {
namespace {

bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool IsLineSpace(char32_t code) { return code == '\n' || code == '\t' || code == '\r'; }

// Characters that turn the direction of what follows, or end a line, so that a line reads
// differently from what it holds.
bool TurnsDirection(char32_t code) {
  return code == 0x200E || code == 0x200F || code == 0x061C || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
}

// XML allows these, but a terminal that shows the file obeys them.
bool IsActingControl(char32_t code) { return code >= 0x7F && code < 0xA0; }

bool AllowedInXml(char32_t code) {
  return code < 0x20 ? IsLineSpace(code) : code != 0xFFFE && code != 0xFFFF;
}

std::string_view HtmlEntity(char32_t code) { return code == '\'' ? "&#39;" : XmlEntity(code); }

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
    } else if (TurnsDirection(character.code)) {
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

// An underscore between letters is not markup, and the ids of rules are full of them.
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

bool IsPlainInShell(char c) {
  return IsUnreserved(c) ? c != '~' : std::string_view("/:=@%+,").find(c) != std::string_view::npos;
}

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7F; }

std::string QuoteWithEscapes(std::string_view bytes) {
  std::string out = "$'";
  for (const char c : bytes) {
    if (c == '\'' || c == '\\') {
      out += {'\\', c};
    } else if (IsPrintable(c)) {
      out += c;
    } else if (c != 0) {
      // Octal, always three digits: \x would take hex digits that follow as its own.
      out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    }
  }
  return out + "'";
}

}  // namespace

std::string XmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  ForEachCharacter(text, [&out](const Character& character, std::string_view bytes) {
    const bool acts = IsActingControl(character.code) || TurnsDirection(character.code);
    const bool shown = character.valid && AllowedInXml(character.code) && !acts;
    out += shown ? bytes : kReplacementCharacter;
  });
  return out;
}

std::string HtmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  ForEachCharacter(text, [&out](const Character& character, std::string_view bytes) {
    const bool hidden = IsControl(character.code) && !IsLineSpace(character.code);
    if (!character.valid || hidden || TurnsDirection(character.code)) {
      out += kReplacementCharacter;
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
    } else if (line.compare(i, 3, "://") == 0) {
      out += "&#58;";  // a bare address would become a link
    } else if (IsMarkdown(c) && !IsInsideWord(line, i)) {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out += c;
    }
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
  return fmt::format("{}… (cut; {} bytes in all)", CutUtf8(text, limit), text.size());
}

std::string ShellQuote(std::string_view bytes) {
  if (!bytes.empty() && std::all_of(bytes.begin(), bytes.end(), IsPlainInShell)) {
    return std::string(bytes);
  }
  const bool simple =
      std::all_of(bytes.begin(), bytes.end(), [](char c) { return IsPrintable(c) && c != '\''; });
  return simple ? "'" + std::string(bytes) + "'" : QuoteWithEscapes(bytes);
}

}  // namespace assay
