#include "spec/text/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace assay {
namespace {

// Levenshtein distance, one row of the table at a time.
std::size_t Edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string_view> NearestTo(std::string_view word,
                                        std::span<const std::string_view> words,
                                        std::size_t count) {
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const std::string_view candidate : words) {
    ranked.emplace_back(Edits(word, candidate), candidate);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<std::string_view> nearest;
  for (const auto& [edits, candidate] : ranked) {
    if (nearest.size() == count) break;
    nearest.push_back(candidate);
  }
  return nearest;
}

std::string UnknownWord(std::string_view what, std::string_view word,
                        std::span<const std::string_view> words) {
  const std::size_t noun = std::min(what.find(' '), what.size());
  const std::string unknown =
      fmt::format("unknown {} `{}`{}", what.substr(0, noun), word, what.substr(noun));
  const std::vector<std::string_view> nearest = NearestTo(word, words, 1);
  if (nearest.empty()) return unknown;
  return fmt::format("{}; did you mean `{}`?", unknown, nearest.front());
}

}  // namespace assay
