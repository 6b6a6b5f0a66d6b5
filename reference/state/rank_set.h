#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace assay {

// A set of ranks, which are numbers below `size`: a range, a sorted list, or a bit for each. Which
// of these it is shows in the cost only. Cheap to copy.
class RankSet {
 public:
  RankSet() = default;
  // All from `begin` up to, but not including, `end`.
  static RankSet Range(std::uint32_t begin, std::uint32_t end, std::uint32_t size);
  // Those of the list, which is sorted and holds none twice.
  static RankSet Of(std::vector<std::uint32_t> ranks, std::uint32_t size);

  std::uint32_t size() const { return size_; }
  std::uint32_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  bool Contains(std::uint32_t rank) const;
  std::uint32_t CountBelow(std::uint32_t rank) const;
  // The rank that `index` others of the set stand before; `index` is below count().
  std::uint32_t At(std::uint32_t index) const;
  // All of them, ascending.
  std::vector<std::uint32_t> Ranks() const;

  // Both sets have one size.
  friend RankSet Intersection(const RankSet& a, const RankSet& b);
  friend RankSet Without(const RankSet& a, const RankSet& b);
  friend RankSet Union(const RankSet& a, const RankSet& b);
  friend RankSet UnionOf(const std::vector<RankSet>& sets, std::uint32_t size);

 private:
  using Words = std::vector<std::uint64_t>;
  enum class Form : std::uint8_t { kRange, kList, kBits };

  static RankSet OfWords(Words words, std::uint32_t size);
  template <typename Keep>
  RankSet Filtered(Keep keep) const;
  template <typename Combine>
  static RankSet Combined(const RankSet& a, const RankSet& b, Combine combine);
  bool IsSparse() const;
  // The 64 ranks from 64 * index on, a bit for each.
  std::uint64_t Word(std::size_t index) const;
  Words AllWords() const;
  void AddTo(Words& words) const;

  Form form_ = Form::kRange;
  std::uint32_t size_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t begin_ = 0;                                 // kRange
  std::shared_ptr<const std::vector<std::uint32_t>> list_;  // kList
  std::shared_ptr<const Words> words_;                      // kBits
  // kBits: how many ranks there are before every kBlock-th word.
  std::shared_ptr<const std::vector<std::uint32_t>> before_;
};

// The union of any number of sets of that size.
RankSet UnionOf(const std::vector<RankSet>& sets, std::uint32_t size);

}  // namespace assay
