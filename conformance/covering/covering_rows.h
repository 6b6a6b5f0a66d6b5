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

  // An allowed row that contains all of `cells` and keeps the values of `preferred` elsewhere, but
  // for those that have to give way; nothing if no such row exists.
  std::optional<Row> FindRow(const std::vector<Cell>& cells, const Row& preferred) const;

 private:
  struct Repair;

  const std::vector<Cell>* FindViolated(const Repair& repair) const;
  bool Mend(Repair* repair) const;
  bool MendByChanging(int parameter, Repair* repair) const;

  std::vector<int> sizes_;
  std::vector<std::vector<Cell>> forbidden_;
  std::vector<std::vector<std::vector<int>>> sets_of_;  // by parameter and value
};

}  // namespace assay
