#include "conformance/covering/tuple_index.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace assay {
namespace {

// Advances to the next ascending choice out of 0..n-1; false after the last.
bool NextChoice(std::vector<int>* choice, int n) {
  const int k = static_cast<int>(choice->size());
  int i = k - 1;
  while (i >= 0 && (*choice)[i] == n - k + i) --i;
  if (i < 0) return false;
  std::iota(choice->begin() + i, choice->end(), (*choice)[i] + 1);
  return true;
}

}  // namespace

double TupleIndex::Count(const std::vector<int>& sizes, int strength) {
  // The sum, over all subsets, of the products of their sizes.
  std::vector<double> tuples(strength + 1);
  tuples[0] = 1;
  for (const int size : sizes) {
    for (int i = strength; i > 0; --i) tuples[i] += tuples[i - 1] * size;
  }
  return tuples[strength];
}

TupleIndex::TupleIndex(std::vector<int> sizes, int strength)
    : sizes_(std::move(sizes)), strength_(strength), starts_(1), subsets_with_(sizes_.size()) {
  const int parameters = static_cast<int>(sizes_.size());
  assert(1 <= strength && strength <= parameters);
  std::vector<int> choice(strength);
  std::iota(choice.begin(), choice.end(), 0);
  do {
    AddSubset(choice);
  } while (NextChoice(&choice, parameters));
}

void TupleIndex::AddSubset(const std::vector<int>& parameters) {
  std::uint32_t stride = 1;
  for (const int parameter : parameters) {
    members_.push_back({parameter, stride});
    stride *= sizes_[parameter];
    subsets_with_[parameter].push_back(static_cast<std::uint32_t>(subsets()));
  }
  starts_.push_back(starts_.back() + stride);
}

std::vector<Cell> TupleIndex::Cells(Id tuple) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), tuple);
  const std::size_t subset = after - starts_.begin() - 1;
  std::vector<Cell> cells(strength_);
  for (int i = 0; i < strength_; ++i) {
    const auto& [parameter, stride] = members_[subset * strength_ + i];
    cells[i] = {parameter,
                static_cast<int>((tuple - starts_[subset]) / stride % sizes_[parameter])};
  }
  return cells;
}

}  // namespace assay
