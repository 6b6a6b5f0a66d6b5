#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reference/state/dataset.h"
#include "reference/state/rank_set.h"

namespace assay {

// Ranks in classes, one for each value that occurs.
class RankClasses {
 public:
  struct Entry {
    std::uint64_t hash = 0;  // of the value
    std::uint32_t rank = 0;
  };
  // Sorts the entries; those of one hash are a class.
  RankClasses(std::vector<Entry> entries, std::uint32_t size);

  std::uint32_t count() const { return static_cast<std::uint32_t>(hashes_.size()); }
  std::optional<std::uint32_t> Find(std::uint64_t hash) const;
  RankSet Ranks(std::uint32_t of_class) const;
  // A rank of the class.
  std::uint32_t Example(std::uint32_t of_class) const { return ranks_[starts_[of_class]]; }

 private:
  std::uint32_t size_;
  std::vector<std::uint64_t> hashes_;  // of the classes, ascending
  std::vector<std::uint32_t> starts_;  // of each class in `ranks_`, and the end
  std::vector<std::uint32_t> ranks_;
  std::unordered_map<std::uint32_t, RankSet> large_;  // the classes that are cheaper as bits
};

// The snapshots of one region by rank, which is their place in the order of time (and, created in
// one second, of position); and which of them have which values. The region does not change. Parts
// are made when they are asked for first; safe to call from several threads.
class RegionIndex {
 public:
  RegionIndex(std::span<const Snapshot> snapshots, const std::vector<std::uint32_t>& positions);
  ~RegionIndex();

  std::uint32_t size() const { return static_cast<std::uint32_t>(ranked_.size()); }
  RankSet All() const { return RankSet::Range(0, size(), size()); }
  // False if the state does not tell when a snapshot was created: then the others mean nothing.
  bool knows_times() const { return knows_times_; }

  const std::vector<std::uint32_t>& positions() const { return positions_; }
  std::uint32_t PositionAt(std::uint32_t rank) const { return ranked_[rank]; }
  const Snapshot& At(std::uint32_t rank) const { return snapshots_[ranked_[rank]]; }
  std::int64_t TimeAt(std::uint32_t rank) const { return times_[rank]; }
  // Nothing if the snapshot is not of the region.
  std::optional<std::uint32_t> RankOf(std::uint32_t position) const;
  // How many snapshots are older than `time`, which is also the rank of the first that is not.
  std::uint32_t CountBefore(std::int64_t time) const;

  // The values of a field; a field that is not set has the value "". Null if the state does not
  // tell of each snapshot what it has.
  const RankClasses* Values(Field field) const;
  // Those whose field has the value; nothing if the field cannot be looked up.
  std::optional<RankSet> With(Field field, std::string_view value) const;

  // The pairs of a key and a value that occur as tags; null if they cannot be looked up.
  const RankClasses* Tags() const;
  const Tag& TagOf(std::uint32_t pair) const;
  // The pairs with that key, whatever its letter case.
  const std::vector<std::uint32_t>& PairsWithKey(std::string_view key) const;

  // The classes of SnapshotName that hold the text, whatever its letter case; perhaps more.
  std::vector<std::uint32_t> NamesWith(std::string_view text) const;

 private:
  struct TagIndex;
  struct NameIndex;
  template <typename Part>
  struct Lazy {
    mutable std::once_flag once;
    mutable std::unique_ptr<const Part> part;
  };

  std::unique_ptr<const RankClasses> MakeField(Field field) const;
  std::unique_ptr<const TagIndex> MakeTags() const;
  std::unique_ptr<const NameIndex> MakeNames() const;

  std::span<const Snapshot> snapshots_;
  const std::vector<std::uint32_t>& positions_;
  std::vector<std::uint32_t> ranked_;  // positions, by rank
  std::vector<std::int64_t> times_;    // by rank
  bool knows_times_ = true;
  std::array<Lazy<RankClasses>, kFieldCount> fields_;
  Lazy<TagIndex> tags_;
  Lazy<NameIndex> names_;
};

// The regions of a dataset that does not change.
class DatasetIndex {
 public:
  // The snapshots and their positions stay where they are.
  explicit DatasetIndex(const Dataset& dataset);

  // Null if there is no such region.
  const RegionIndex* Of(std::string_view region) const;

 private:
  struct Part {
    const std::vector<std::uint32_t>* positions = nullptr;
    mutable std::once_flag once;
    mutable std::unique_ptr<const RegionIndex> index;
  };

  std::span<const Snapshot> snapshots_;
  std::map<std::string, Part, std::less<>> regions_;
};

}  // namespace assay
