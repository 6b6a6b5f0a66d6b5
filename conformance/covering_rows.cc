#include "conformance/covering_rows.h"

#include <algorithm>
#include <numeric>

namespace assay {

struct RowRules::Search {
  const Row& preferred;
  Row row;
  std::vector<bool> is_set;
};

RowRules::RowRules(std::vector<int> sizes, std::vector<std::vector<Cell>> forbidden)
    : sizes_(std::move(sizes)), forbidden_(std::move(forbidden)), order_(sizes_.size()) {
  for (const int size : sizes_) sets_of_.emplace_back(size);
  std::vector<int> degree(sizes_.size());
  for (std::size_t set = 0; set < forbidden_.size(); ++set) {
    for (const auto& [parameter, value] : forbidden_[set]) {
      sets_of_.at(parameter).at(value).push_back(static_cast<int>(set));
      ++degree[parameter];
    }
  }
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](int a, int b) { return degree[a] > degree[b]; });
}

bool RowRules::IsConstrained(int parameter) const {
  const auto& sets = sets_of_[parameter];
  return std::any_of(sets.begin(), sets.end(),
                     [](const auto& of_value) { return !of_value.empty(); });
}

bool RowRules::IsForbiddenIn(const std::vector<Cell>& set, const Row& row) const {
  return std::all_of(set.begin(), set.end(),
                     [&](const Cell& cell) { return row[cell.first] == cell.second; });
}

bool RowRules::Allows(const Row& row, int parameter, int value) const {
  const auto keeps_apart = [&](int set) {
    return std::any_of(forbidden_[set].begin(), forbidden_[set].end(), [&](const Cell& cell) {
      return (cell.first == parameter ? value : row[cell.first]) != cell.second;
    });
  };
  const std::vector<int>& sets = sets_of_[parameter][value];
  return std::all_of(sets.begin(), sets.end(), keeps_apart);
}

std::optional<Row> RowRules::FindRow(const Row& preferred) const {
  const auto is_in_preferred = [&](const auto& set) { return IsForbiddenIn(set, preferred); };
  if (std::none_of(forbidden_.begin(), forbidden_.end(), is_in_preferred)) return preferred;
  if (std::any_of(forbidden_.begin(), forbidden_.end(), [](auto& set) { return set.empty(); })) {
    return std::nullopt;
  }
  Search search{preferred, preferred, std::vector<bool>(sizes_.size())};
  if (!FillFrom(&search, 0)) return std::nullopt;
  return search.row;
}

std::optional<Row> RowRules::FindRowWith(const std::vector<Cell>& cells,
                                         const Row& preferred) const {
  Row row = preferred;
  for (const auto& [parameter, value] : cells) row[parameter] = static_cast<std::uint16_t>(value);
  // A set that `preferred` does not contain can only have come with one of the new cells.
  const auto is_harmless = [&](const Cell& cell) { return Allows(row, cell.first, cell.second); };
  if (std::all_of(cells.begin(), cells.end(), is_harmless)) return row;

  Search search{preferred, row, std::vector<bool>(sizes_.size())};
  for (const auto& [parameter, value] : cells) {
    search.is_set[parameter] = true;
    if (IsContradiction(search, parameter)) return std::nullopt;
  }
  if (!FillFrom(&search, 0)) return std::nullopt;
  return search.row;
}

// Whether the cells that are set contain a forbidden set with `parameter` in it.
bool RowRules::IsContradiction(const Search& search, int parameter) const {
  const auto is_set_to = [&](const Cell& cell) {
    return search.is_set[cell.first] && search.row[cell.first] == cell.second;
  };
  const std::vector<int>& sets = sets_of_[parameter][search.row[parameter]];
  return std::any_of(sets.begin(), sets.end(), [&](int set) {
    return std::all_of(forbidden_[set].begin(), forbidden_[set].end(), is_set_to);
  });
}

bool RowRules::Assign(Search* search, int parameter, int value, std::size_t next) const {
  search->row[parameter] = static_cast<std::uint16_t>(value);
  search->is_set[parameter] = true;
  if (!IsContradiction(*search, parameter) && FillFrom(search, next)) return true;
  search->is_set[parameter] = false;
  return false;
}

bool RowRules::FillFrom(Search* search, std::size_t next) const {
  while (next < order_.size() && search->is_set[order_[next]]) ++next;
  if (next == order_.size()) return true;
  const int parameter = order_[next];
  const int first = search->preferred[parameter];
  for (int i = 0; i < sizes_[parameter]; ++i) {
    if (Assign(search, parameter, (first + i) % sizes_[parameter], next + 1)) return true;
  }
  return false;
}

}  // namespace assay
