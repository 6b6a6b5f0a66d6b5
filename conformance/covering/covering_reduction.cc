#include "conformance/covering/covering_reduction.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <limits>
#include <utility>

namespace assay {
namespace {

using Id = TupleIndex::Id;

// The rows that hold a cell, one bit each.
class RowSet {
 public:
  using Word = std::uint64_t;
  static constexpr std::size_t kBits = 64;

  void Add(std::size_t row) {
    if (row / kBits >= words_.size()) words_.resize(row / kBits + 1);
    words_[row / kBits] |= Word{1} << row % kBits;
  }
  void Remove(std::size_t row) { words_[row / kBits] &= ~(Word{1} << row % kBits); }
  // Of the rows from 64 * i on.
  Word At(std::size_t i) const { return i < words_.size() ? words_[i] : 0; }

 private:
  std::vector<Word> words_;
};

// Rows with what is known about their tuples: which have become uncovered, and how many a row
// alone contains.
class CountedRows {
 public:
  struct Uncovered {
    Id tuple;
    std::vector<Cell> cells;
  };

  CountedRows(const TupleIndex& index, const std::vector<Row>& rows)
      : index_(index), with_(index.sizes().size()), tuples_(index.tuples()) {
    for (std::size_t p = 0; p < with_.size(); ++p) with_[p].resize(index.sizes()[p]);
    for (const Row& row : rows) Add(row);
  }

  const std::vector<Row>& rows() const { return rows_; }
  // The tuples that rows contained once and contain no more.
  const std::vector<Uncovered>& uncovered() const { return uncovered_; }

  // How many tuples with this cell no other row contains.
  int CountUnique(std::size_t row, int parameter) const { return unique_[row][parameter]; }

  // How many tuples of this row no other row contains.
  int CountUnique(std::size_t row) const {
    int sum = 0;
    for (const int unique : unique_[row]) sum += unique;
    return sum / index_.strength();
  }

  // The rows that lack exactly one of the cells.
  void FindNear(const std::vector<Cell>& cells, std::vector<std::size_t>* near) const {
    near->clear();
    for (std::size_t first = 0; first < rows_.size(); first += RowSet::kBits) {
      RowSet::Word lack_one = 0, lack_more = 0;
      for (const auto& [parameter, value] : cells) {
        const RowSet::Word lack = ~with_[parameter][value].At(first / RowSet::kBits);
        lack_more |= lack_one & lack;
        lack_one |= lack;
      }
      RowSet::Word found = lack_one & ~lack_more;
      for (; found != 0; found &= found - 1) {
        const std::size_t row = first + static_cast<std::size_t>(std::countr_zero(found));
        if (row < rows_.size()) near->push_back(row);
      }
    }
  }

  // The last row takes the number of the one that is removed.
  void Remove(std::size_t row) {
    const Row last = rows_.back();
    for (std::size_t s = 0; s < index_.subsets(); ++s) Decrement(s, rows_.size() - 1);
    for (std::size_t p = 0; p < last.size(); ++p) with_[p][last[p]].Remove(rows_.size() - 1);
    rows_.pop_back();
    unique_.pop_back();
    if (row < rows_.size()) Replace(row, last);
  }

  // Not cell by cell: that would count tuples of rows which are not allowed.
  void Replace(std::size_t row, const Row& replacement) {
    for (std::size_t s = 0; s < index_.subsets(); ++s) Decrement(s, row);
    for (std::size_t p = 0; p < replacement.size(); ++p) Put(row, p, replacement[p]);
    for (std::size_t s = 0; s < index_.subsets(); ++s) Increment(s, row);
  }

  void Change(std::size_t row, int parameter, int value) {
    for (const std::uint32_t s : index_.SubsetsWith(parameter)) Decrement(s, row);
    Put(row, static_cast<std::size_t>(parameter), static_cast<std::uint16_t>(value));
    for (const std::uint32_t s : index_.SubsetsWith(parameter)) Increment(s, row);
  }

 private:
  void Add(const Row& row) {
    rows_.push_back(row);
    unique_.emplace_back(row.size());
    for (std::size_t p = 0; p < row.size(); ++p) with_[p][row[p]].Add(rows_.size() - 1);
    for (std::size_t s = 0; s < index_.subsets(); ++s) Increment(s, rows_.size() - 1);
  }

  void Put(std::size_t row, std::size_t parameter, std::uint16_t value) {
    std::uint16_t& now = rows_[row][parameter];
    with_[parameter][now].Remove(row);
    with_[parameter][value].Add(row);
    now = value;
  }

  void Increment(std::size_t subset, std::size_t row) {
    const Id tuple = index_.Find(subset, rows_[row]);
    Owners& owners = tuples_[tuple];
    const std::uint32_t others = owners.joined;
    owners.joined ^= static_cast<std::uint32_t>(row);
    if (++owners.count == 1) {
      ForgetUncovered(tuple);
      AddUnique(subset, row, 1);
    } else if (owners.count == 2) {
      AddUnique(subset, others, -1);
    }
  }

  void Decrement(std::size_t subset, std::size_t row) {
    const Id tuple = index_.Find(subset, rows_[row]);
    Owners& owners = tuples_[tuple];
    owners.joined ^= static_cast<std::uint32_t>(row);
    if (--owners.count == 0) {
      uncovered_.push_back({tuple, index_.Cells(tuple)});
      AddUnique(subset, row, -1);
    } else if (owners.count == 1) {
      AddUnique(subset, owners.joined, 1);
    }
  }

  void AddUnique(std::size_t subset, std::size_t row, int change) {
    for (int i = 0; i < index_.strength(); ++i) unique_[row][index_.Parameter(subset, i)] += change;
  }

  void ForgetUncovered(Id tuple) {
    const auto found = std::find_if(uncovered_.begin(), uncovered_.end(),
                                    [&](const Uncovered& u) { return u.tuple == tuple; });
    if (found == uncovered_.end()) return;
    std::swap(*found, uncovered_.back());
    uncovered_.pop_back();
  }

  // The rows that contain a tuple.
  struct Owners {
    std::uint32_t count = 0;
    std::uint32_t joined = 0;  // their numbers, by exclusive or
  };

  const TupleIndex& index_;
  std::vector<Row> rows_;
  std::vector<std::vector<RowSet>> with_;  // by parameter and value
  std::vector<Owners> tuples_;
  std::vector<std::vector<int>> unique_;  // by row and parameter: tuples that no other row contains
  std::vector<Uncovered> uncovered_;
};

// The one cell of `cells` that `row` lacks; none if it lacks several.
const Cell* FindOnlyMissing(const std::vector<Cell>& cells, const Row& row) {
  const Cell* found = nullptr;
  for (const Cell& cell : cells) {
    if (row[cell.first] == cell.second) continue;
    if (found != nullptr) return nullptr;
    found = &cell;
  }
  return found;
}

class Reduction {
 public:
  Reduction(const RowRules& rules, const TupleIndex& index, const std::vector<Row>& rows,
            std::uint64_t steps, Random* random)
      : rules_(rules),
        random_(*random),
        array_(index, rows),
        strength_(index.strength()),
        steps_(steps),
        tabu_until_(rows.size(), std::vector<std::uint64_t>(rules.sizes().size())) {}

  std::vector<Row> Run(std::size_t bound) {
    std::vector<Row> complete = array_.rows();
    while (complete.size() > bound) {
      array_.Remove(FindLeastUsefulRow());
      tenure_ = ChooseTenure(bound);
      fewest_ = array_.uncovered().size();
      while (!array_.uncovered().empty() && step_ < steps_) Step();
      if (!array_.uncovered().empty()) break;
      complete = array_.rows();
    }
    return complete;
  }

 private:
  // For at most how many steps a changed cell stays. Found by trial: pairs want freedom, unless the
  // two largest parameters alone settle nearly every row.
  std::size_t ChooseTenure(std::size_t bound) const {
    if (strength_ > 2) return 12;
    return 4 * array_.rows().size() < 5 * bound ? 10 : 3;
  }

  struct Move {
    std::size_t row = 0;
    int parameter = 0;
    int value = 0;
    int change = std::numeric_limits<int>::max();  // in the number of uncovered tuples
  };

  std::size_t FindLeastUsefulRow() const {
    std::size_t least = 0;
    for (std::size_t row = 1; row < array_.rows().size(); ++row) {
      if (array_.CountUnique(row) < array_.CountUnique(least)) least = row;
    }
    return least;
  }

  // Covers a random uncovered tuple by the change of one cell that costs least.
  void Step() {
    ++step_;
    const auto& uncovered = array_.uncovered();
    const std::vector<Cell> cells = uncovered[random_.Below(uncovered.size())].cells;
    const Move move = FindBestMove(cells);
    if (move.change == std::numeric_limits<int>::max()) {
      ForceInto(random_.Below(array_.rows().size()), cells);
    } else {
      Apply(move);
    }
  }

  Move FindBestMove(const std::vector<Cell>& cells) {
    FindRelated(cells);
    Move best;
    std::size_t equals = 0;
    array_.FindNear(cells, &near_);
    for (const std::size_t row : near_) {
      const Cell* cell = FindOnlyMissing(cells, array_.rows()[row]);
      Move move{row, cell->first, cell->second, array_.CountUnique(row, cell->first)};
      move.change -= CountGained(static_cast<std::size_t>(cell - cells.data()), row);
      if (move.change > best.change || IsTabu(move)) continue;
      if (!rules_.Allows(array_.rows()[row], move.parameter, move.value)) continue;
      equals = move.change < best.change ? 1 : equals + 1;
      if (random_.Below(equals) == 0) best = move;
    }
    return best;
  }

  // Collects the uncovered tuples that share a cell with these, for CountGained.
  void FindRelated(const std::vector<Cell>& cells) {
    others_.resize(cells.size());
    for (std::vector<Cell>& others : others_) others.clear();
    for (const CountedRows::Uncovered& uncovered : array_.uncovered()) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (std::ranges::find(uncovered.cells, cells[i]) == uncovered.cells.end()) continue;
        std::ranges::copy_if(uncovered.cells, std::back_inserter(others_[i]),
                             [&](const Cell& cell) { return cell != cells[i]; });
      }
    }
  }

  // How many uncovered tuples the row would cover if it took the i-th of the cells given to
  // FindRelated.
  int CountGained(std::size_t i, std::size_t row_number) const {
    const Row& row = array_.rows()[row_number];
    const std::vector<Cell>& others = others_[i];
    const auto size = static_cast<std::ptrdiff_t>(strength_ - 1);
    if (size == 0) return 1;
    int gained = 0;
    for (auto at = others.begin(); at != others.end(); at += size) {
      gained += std::all_of(at, at + size,
                            [&](const Cell& cell) { return row[cell.first] == cell.second; });
    }
    return gained;
  }

  // A cell that was changed just now stays, unless another change gives fewer uncovered tuples than
  // there ever were since the last row was removed.
  bool IsTabu(const Move& move) const {
    return tabu_until_[move.row][move.parameter] > step_ &&
           static_cast<int>(array_.uncovered().size()) + move.change >= static_cast<int>(fewest_);
  }

  // For the case that no change of a single cell is allowed.
  void ForceInto(std::size_t row, const std::vector<Cell>& cells) {
    const Row before = array_.rows()[row];
    array_.Replace(row, *rules_.FindRow(cells, before));
    for (int p = 0; p < static_cast<int>(before.size()); ++p) {
      if (array_.rows()[row][p] != before[p]) Hold(row, p);
    }
  }

  void Apply(const Move& move) {
    array_.Change(move.row, move.parameter, move.value);
    Hold(move.row, move.parameter);
  }

  void Hold(std::size_t row, int parameter) {
    fewest_ = std::min(fewest_, array_.uncovered().size());
    tabu_until_[row][parameter] = step_ + 1 + random_.Below(tenure_);
  }

  const RowRules& rules_;
  Random& random_;
  CountedRows array_;
  std::size_t tenure_ = 0;
  std::size_t fewest_ = 0;  // uncovered tuples since the last row was removed
  int strength_;
  std::uint64_t steps_;
  std::uint64_t step_ = 0;
  std::vector<std::vector<std::uint64_t>> tabu_until_;  // by row and parameter
  // Scratch of FindBestMove, by cell: of the uncovered tuples with it, one by one, the other cells.
  std::vector<std::vector<Cell>> others_;
  std::vector<std::size_t> near_;  // scratch of FindBestMove
};

}  // namespace

std::vector<Row> Reduce(const RowRules& rules, const TupleIndex& index, std::vector<Row> rows,
                        std::size_t bound, std::uint64_t steps, Random* random) {
  return Reduction(rules, index, std::move(rows), steps, random).Run(bound);
}

}  // namespace assay
