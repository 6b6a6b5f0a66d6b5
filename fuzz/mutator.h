#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/hints.h"
#include "reference/state/dataset.h"

namespace assay {

// The input with one change that keeps it a sensible input: a parameter added, dropped, repeated,
// given another value (from the spec, the dataset, or the boundaries), a request added or dropped,
// another method or reading. Every second time it is the parameter of the hint, if one is given.
// Equal arguments give equal results.
std::string MutateExchange(std::string_view text, const Dataset& dataset, std::uint64_t seed,
                           const std::optional<Hint>& hint = std::nullopt);

// An input of parts of both: requests of one after those of the other, or parameters of one in a
// request of the other. Equal arguments give equal results.
std::string CrossExchanges(std::string_view one, std::string_view other, std::uint64_t seed);

// One request of the input, with another size or number of its page, since what a filter selects
// may go wrong at one size of page alone: in steps from 0 on, each PageSize from 1 to 100 within
// 150 steps, each MaxResults within 300 and each PageNumber within 600. An input that goes on from
// a token keeps its requests. Equal arguments give equal results.
std::string ResizePage(std::string_view text, std::uint64_t step);

// A value worth trying for the parameter.
std::string SomeValue(std::string_view name, const Dataset& dataset, std::uint64_t seed);

}  // namespace assay
