#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace assay {

// A hash of a text for tables and comparisons within one run: nothing that is kept depends on it.
inline std::uint64_t QuickHash(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

// Takes one more text, or its hash, into such a hash.
inline std::uint64_t MixQuickHash(std::uint64_t hash, std::uint64_t of_text) {
  return (hash ^ of_text) * 0x9E3779B97F4A7C15ULL;
}
inline std::uint64_t MixQuickHash(std::uint64_t hash, std::string_view text) {
  return MixQuickHash(hash, QuickHash(text));
}

}  // namespace assay
