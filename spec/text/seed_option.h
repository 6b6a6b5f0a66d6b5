#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace assay {

// Adds --seed, a number from 0 to 2^64-1 in digits alone: `-1` is refused, and not taken for the
// largest number. `text` says what equal seeds give. `seed` outlives the parsing.
void AddSeedOption(CLI::App& command, std::uint64_t& seed, const std::string& text);

}  // namespace assay
