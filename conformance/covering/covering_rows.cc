#include "conformance/covering/covering_rows.h"

#include <algorithm>
#include <utility>

namespace assay {

// A row on its way to become allowed, and which of its values are final.
struct RowRules::Repair {
  Row row;
  std::vector<bool> is_final;

  bool Contains(const std::vector<Cell>& set) const {
    return std::all_of(set.begin(), set.end(),
                       [&](const Cell& cell) { return row[cell.first] == cell.second; });
  }

  std::size_t CountFree(const std::vector<Cell>& set) const {
    return std::count_if(set.begin(), set.end(),
                         [&](const Cell& cell) { return !is_final[cell.first]; });
  }
};

RowRules::RowRules(std::vector<int> sizes, std::vector<std::vector<Cell>> forbidden)
    : sizes_(std::move(sizes)), forbidden_(std::move(forbidden)) {
  for (const int size : sizes_) sets_of_.emplace_back(size);
  for (std::size_t set = 0; set < forbidden_.size(); ++set) {
    for (const auto& [parameter, value] : forbidden_[set]) {
      sets_of_.at(parameter).at(value).push_back(static_cast<int>(set));
    }
  }
}

bool RowRules::IsConstrained(int parameter) const {
  const auto& sets = sets_of_[parameter];
  return std::any_of(sets.begin(), sets.end(),
                     [](const auto& of_value) { return !of_value.empty(); });
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

std::optional<Row> RowRules::FindRow(const std::vector<Cell>& cells, const Row& preferred) const {
  Repair repair{preferred, std::vector<bool>(sizes_.size())};
  for (const auto& [parameter, value] : cells) {
    repair.row[parameter] = static_cast<std::uint16_t>(value);
    repair.is_final[parameter] = true;
  }
  if (!Mend(&repair)) return std::nullopt;
  return repair.row;
}

// The forbidden set in the row that leaves the fewest ways out; none if the row is allowed.
const std::vector<Cell>* RowRules::FindViolated(const Repair& repair) const {
  const std::vector<Cell>* found = nullptr;
  for (const std::vector<Cell>& set : forbidden_) {
    if (!repair.Contains(set)) continue;
    if (found == nullptr || repair.CountFree(set) < repair.CountFree(*found)) found = &set;
  }
  return found;
}

// A row without the violated set differs from it in a cell that is not final: trying each other
// value of each of them finds an allowed row wherever there is one.
bool RowRules::Mend(Repair* repair) const {
  const std::vector<Cell>* set = FindViolated(*repair);
  if (set == nullptr) return true;
  return std::any_of(set->begin(), set->end(), [&](const Cell& cell) {
    return !repair->is_final[cell.first] && MendByChanging(cell.first, repair);
  });
}

bool RowRules::MendByChanging(int parameter, Repair* repair) const {
  const Row before = repair->row;
  repair->is_final[parameter] = true;
  for (int i = 1; i < sizes_[parameter]; ++i) {
    repair->row[parameter] =
        static_cast<std::uint16_t>((before[parameter] + i) % sizes_[parameter]);
    if (Mend(repair)) return true;
    repair->row = before;
  }
  repair->is_final[parameter] = false;
  return false;
}

}  // namespace assay
