#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "reference/state/dataset_index.h"

namespace assay {

// The snapshots that a request lists: their positions in the dataset, or their ranks in a region,
// from which the positions are made when somebody asks for them.
class MatchSet {
 public:
  MatchSet() : positions_(std::make_shared<std::vector<std::uint32_t>>()) {}
  // Positions, ascending.
  MatchSet(std::vector<std::uint32_t> positions)
      : positions_(std::make_shared<std::vector<std::uint32_t>>(std::move(positions))) {}
  // `region` outlives this and its copies.
  MatchSet(const RegionIndex& region, RankSet ranks) : region_(&region), ranks_(std::move(ranks)) {}

  std::size_t size() const { return region_ ? ranks_.count() : positions_->size(); }
  bool empty() const { return size() == 0; }
  bool Contains(std::uint32_t position) const;
  // Ascending, unless Arrange() gave them another order.
  const std::vector<std::uint32_t>& positions() const;
  auto begin() const { return positions().begin(); }
  auto end() const { return positions().end(); }

  // The region whose ranks these are; null if there are positions only.
  const RegionIndex* region() const { return region_; }
  const RankSet& ranks() const { return ranks_; }

  friend bool operator==(const MatchSet& a, const MatchSet& b) {
    return a.positions() == b.positions();
  }

  // Gives the same positions another order.
  void Arrange(std::vector<std::uint32_t> positions) { *this = MatchSet(std::move(positions)); }

 private:
  const RegionIndex* region_ = nullptr;
  RankSet ranks_;
  mutable std::shared_ptr<const std::vector<std::uint32_t>> positions_;
};

// How many of the matches were created before that time, and how many after. They have a region.
std::int64_t CountOlder(const MatchSet& matches, std::int64_t time);
std::int64_t CountNewer(const MatchSet& matches, std::int64_t time);

// A part of the matches, which have a region, in the order of their time; those of one second are
// in the order of their positions. Less than `count` where the matches end.
std::vector<std::uint32_t> OldestFirst(const MatchSet& matches, std::int64_t start,
                                       std::int64_t count);
std::vector<std::uint32_t> NewestFirst(const MatchSet& matches, std::int64_t start,
                                       std::int64_t count);

}  // namespace assay
