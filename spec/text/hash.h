#pragma once

#include <cstdint>
#include <string_view>

namespace assay {

inline constexpr std::uint64_t kHashStart = 0xCBF29CE484222325ULL;

// Takes one more text into a hash: FNV-1a, with an end mark, so that "ab", "c" and "a", "bc"
// differ. The same on every machine; not for secrets.
constexpr std::uint64_t MixHash(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return (hash ^ 0xFF) * 0x100000001B3ULL;
}

}  // namespace assay
