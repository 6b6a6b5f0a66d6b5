#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "reference/answer/observed.h"

namespace assay {

// The parameter that a refusal named: the one to change next.
struct Hint {
  std::size_t request = 0;  // position in the input
  std::string parameter;    // "PageSize", "Tag.1.Key"
};

// The documented parameter that code or text of a refusal name, the longest name if there are
// several; "" for none.
std::string NamedParameter(const ObservedAnswer& refusal);

// What is remembered of an input; the latest of a bounded number of inputs.
void RememberHint(std::string_view input, Hint hint);
std::optional<Hint> FindHint(std::string_view input);

}  // namespace assay
