#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace assay {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Letter case of ASCII; other characters stay as they are, whatever the locale.
inline char SmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
inline char CapitalLetter(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

inline std::string SmallLetters(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), SmallLetter);
  return out;
}

inline bool EqualAnyCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, SmallLetter, SmallLetter);
}

inline bool StartsWithAnyCase(std::string_view text, std::string_view start) {
  return EqualAnyCase(text.substr(0, start.size()), start);
}

}  // namespace assay
