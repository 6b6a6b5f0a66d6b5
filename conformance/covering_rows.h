#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace assay {

// Parameter and index of its value.
using Cell = std::pair<int, int>;

// One value index for every parameter, in the order of the parameters.
using Row = std::vector<std::uint16_t>;

// Decides which rows are allowed: those that contain none of the forbidden sets of cells.
class RowRules {
 public:
  // `sizes` holds the number of values of every parameter, at least one each.
  RowRules(std::vector<int> sizes, std::vector<std::vector<Cell>> forbidden);

  const std::vector<int>& sizes() const { return sizes_; }

  // Whether a value of the parameter occurs in a forbidden set.
  bool IsConstrained(int parameter) const;

  // Whether the allowed `row` stays allowed when `parameter` takes `value`.
  bool Allows(const Row& row, int parameter, int value) const;

  // An allowed row that keeps the values of `preferred` where it can; nothing where no row is
  // allowed. The search backtracks: its time is exponential in tightly constrained models.
  std::optional<Row> FindRow(const Row& preferred) const;

  // The same, for rows that contain all of `cells`; `preferred` must be an allowed row.
  std::optional<Row> FindRowWith(const std::vector<Cell>& cells, const Row& preferred) const;

 private:
  struct Search;

  bool IsForbiddenIn(const std::vector<Cell>& set, const Row& row) const;
  bool IsContradiction(const Search& search, int parameter) const;
  bool Assign(Search* search, int parameter, int value, std::size_t next) const;
  bool FillFrom(Search* search, std::size_t next) const;

  std::vector<int> sizes_;
  std::vector<std::vector<Cell>> forbidden_;
  std::vector<std::vector<std::vector<int>>> sets_of_;  // by parameter and value
  std::vector<int> order_;                              // the most constrained parameter first
};

}  // namespace assay
