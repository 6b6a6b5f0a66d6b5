#pragma once

#include <optional>
#include <string_view>

namespace assay {

// A share of the tests: number `index` from 1 of `count`.
struct Shard {
  int index = 1;
  int count = 1;
};

// Reads "2/5"; nothing if it is not a share. "0/5" is read too: some count from 0.
std::optional<Shard> ParseShard(std::string_view text);

// The whole text as a number; nothing if it is not one.
std::optional<int> ParseInteger(std::string_view text);

}  // namespace assay
