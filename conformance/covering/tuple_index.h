#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conformance/covering/covering_rows.h"

namespace assay {

// Numbers the tuples of a model without gaps. A tuple is a choice of values for a subset of as many
// parameters as the strength says; the tuples of a subset follow one another.
class TupleIndex {
 public:
  using Id = std::uint32_t;

  // The number of tuples, without building anything.
  static double Count(const std::vector<int>& sizes, int strength);

  // `sizes` holds the number of values of every parameter. The strength is at least 1 and at most
  // the number of parameters, and there are less than 2^32 tuples.
  TupleIndex(std::vector<int> sizes, int strength);

  const std::vector<int>& sizes() const { return sizes_; }
  int strength() const { return strength_; }
  std::size_t subsets() const { return starts_.size() - 1; }
  std::size_t tuples() const { return starts_.back(); }

  // The number of the first tuple of a subset; tuples() for the one behind the last.
  Id First(std::size_t subset) const { return starts_[subset]; }

  // The tuple of a subset that `row` contains.
  Id Find(std::size_t subset, const Row& row) const {
    const Member* member = &members_[subset * strength_];
    Id tuple = starts_[subset];
    for (int i = 0; i < strength_; ++i) tuple += row[member[i].parameter] * member[i].stride;
    return tuple;
  }

  int Parameter(std::size_t subset, int member) const {
    return members_[subset * strength_ + member].parameter;
  }
  std::vector<Cell> Cells(Id tuple) const;

  // The subsets that contain a parameter, in ascending order. Each parameter has equally many.
  const std::vector<std::uint32_t>& SubsetsWith(int parameter) const {
    return subsets_with_[parameter];
  }

 private:
  struct Member {
    int parameter;
    std::uint32_t stride;
  };

  void AddSubset(const std::vector<int>& parameters);

  std::vector<int> sizes_;
  int strength_;
  std::vector<Member> members_;  // by subset and place in it
  std::vector<Id> starts_;       // by subset, and the end
  std::vector<std::vector<std::uint32_t>> subsets_with_;
};

}  // namespace assay
