#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The `count` words that take the fewest edits to reach from `word`, nearest first.
std::vector<std::string_view> NearestTo(std::string_view word,
                                        std::span<const std::string_view> words, std::size_t count);

// "`WORD` is no WHAT; the nearest is `X`": how an unknown word is refused everywhere.
std::string UnknownWord(std::string_view what, std::string_view word,
                        std::span<const std::string_view> words);

}  // namespace assay
