#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

// U+FFFD, which replaces what is not a character.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// True if the text is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool IsValidUtf8(std::string_view text);
// The text with U+FFFD in place of each byte that belongs to no UTF-8 character.
std::string ReplaceInvalidUtf8(std::string_view text);
// The longest beginning of at most `limit` bytes that does not cut a UTF-8 character in two.
std::string_view CutUtf8(std::string_view text, std::size_t limit);

// One character, or one byte that belongs to none.
struct Character {
  char32_t code = 0xFFFD;
  std::size_t bytes = 1;
  bool valid = false;
};

// The first of a text that is not empty.
Character FirstCharacter(std::string_view text);

// Calls `visit(character, its bytes)` for each character, or byte that belongs to none.
template <typename Visit>
void ForEachCharacter(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const Character character = FirstCharacter(text);
    visit(character, text.substr(0, character.bytes));
    text.remove_prefix(character.bytes);
  }
}

}  // namespace assay
