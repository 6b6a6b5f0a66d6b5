#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

// The text with its lines broken between words where they are wider than so many columns; what
// follows is indented as the line's text is. Words that are too wide stay whole, and so do
// commands, which a reader copies: what follows `try` or `again`, and `assay …` in a column of its
// own.
std::string WrapWords(std::string_view text, std::size_t columns);

}  // namespace assay
