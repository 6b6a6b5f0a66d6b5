#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The `count` words that the fewest edits of `word` reach, nearest first.
std::vector<std::string_view> NearestTo(std::string_view word,
                                        std::span<const std::string_view> words, std::size_t count);

// "unknown option `WORD` of X; did you mean `Y`?" for a `what` of "option of X": how an unknown
// word is refused everywhere.
std::string UnknownWord(std::string_view what, std::string_view word,
                        std::span<const std::string_view> words);

}  // namespace assay
