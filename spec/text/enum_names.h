#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace assay {

// The names of an enum's values in files, in the order of the values. An enum that files hold
// specialises it beside its definition.
template <typename Enum>
inline constexpr std::array<std::string_view, 0> kNamesOf{};

template <typename Enum>
concept NamedEnum = !kNamesOf<Enum>.empty();

template <NamedEnum Enum>
constexpr std::string_view NameOf(Enum value) {
  return kNamesOf<Enum>[static_cast<std::size_t>(value)];
}

// The value of that name, or nothing.
template <NamedEnum Enum>
constexpr std::optional<Enum> Named(std::string_view name) {
  const auto at = std::ranges::find(kNamesOf<Enum>, name);
  if (at == kNamesOf<Enum>.end()) return std::nullopt;
  return static_cast<Enum>(at - kNamesOf<Enum>.begin());
}

}  // namespace assay
