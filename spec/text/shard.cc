#include "spec/text/shard.h"

#include <charconv>

namespace assay {

std::optional<Shard> ParseShard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<int> index = ParseInteger(text.substr(0, slash));
  const std::optional<int> count = ParseInteger(text.substr(slash + 1));
  if (!index || !count || *count < 1 || *index < 0 || *index > *count) return std::nullopt;
  return Shard{*index, *count};
}

std::optional<int> ParseInteger(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace assay
