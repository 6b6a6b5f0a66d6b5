#pragma once

#include <array>
#include <string_view>

#include "spec/text/enum_names.h"

namespace assay {

// How binding a rule is.
enum class Level { kMust, kShould };
template <>
inline constexpr std::array<std::string_view, 2> kNamesOf<Level> = {"must", "should"};

}  // namespace assay
