#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

inline constexpr std::size_t kMadeUpStems = 3;
// A value that nothing has: the prefix, one of kMadeUpStems beginnings, and the number. It has no
// two letters and no two equal digits side by side, so that a short name is hardly ever part of
// one.
std::string MadeUpValue(std::string_view prefix, std::size_t stem, int number);
// True for such a value, whatever its letter case, and for parts of it that are long enough.
bool IsMadeUp(std::string_view value);

}  // namespace assay
