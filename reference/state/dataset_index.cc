#include "reference/state/dataset_index.h"

#include <algorithm>
#include <functional>

#include "spec/text/letters.h"

namespace assay {
namespace {

std::uint64_t HashOf(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::uint64_t HashOf(const Tag& tag) {
  return HashOf(tag.key) * 0x9E3779B97F4A7C15ULL + HashOf(tag.value);
}

}  // namespace

RankClasses::RankClasses(std::vector<Entry> entries, std::uint32_t size) : size_(size) {
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair(e.hash, e.rank); });
  ranks_.reserve(entries.size());
  for (const Entry& entry : entries) {
    const bool is_new = hashes_.empty() || hashes_.back() != entry.hash;
    if (is_new) {
      hashes_.push_back(entry.hash);
      starts_.push_back(static_cast<std::uint32_t>(ranks_.size()));
    } else if (ranks_.back() == entry.rank) {
      continue;
    }
    ranks_.push_back(entry.rank);
  }
  starts_.push_back(static_cast<std::uint32_t>(ranks_.size()));
  constexpr std::uint32_t kLarge = 32;  // as bits, such a class takes less than as a list
  for (std::uint32_t i = 0; i < count(); ++i) {
    if (starts_[i + 1] - starts_[i] <= size_ / kLarge) continue;
    large_[i] = RankSet::Of({ranks_.begin() + starts_[i], ranks_.begin() + starts_[i + 1]}, size_);
  }
}

std::optional<std::uint32_t> RankClasses::Find(std::uint64_t hash) const {
  const auto at = std::ranges::lower_bound(hashes_, hash);
  if (at == hashes_.end() || *at != hash) return std::nullopt;
  return static_cast<std::uint32_t>(at - hashes_.begin());
}

RankSet RankClasses::Ranks(std::uint32_t of_class) const {
  const auto large = large_.find(of_class);
  if (large != large_.end()) return large->second;
  return RankSet::Of({ranks_.begin() + starts_[of_class], ranks_.begin() + starts_[of_class + 1]},
                     size_);
}

struct RegionIndex::TagIndex {
  RankClasses pairs;
  std::vector<Tag> tags;                                               // of each pair
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_key;  // in small letters
};

struct RegionIndex::NameIndex {
  std::string text;                 // the names of all classes, in small letters
  std::vector<std::size_t> starts;  // of each class
};

RegionIndex::RegionIndex(std::span<const Snapshot> snapshots,
                         const std::vector<std::uint32_t>& positions)
    : snapshots_(snapshots), positions_(positions) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> order;
  order.reserve(positions.size());
  for (const std::uint32_t position : positions) {
    order.emplace_back(snapshots[position].creation_time, position);
    knows_times_ &= snapshots[position].Knows(Field::kCreationTime);
  }
  std::ranges::sort(order);
  ranked_.reserve(order.size());
  times_.reserve(order.size());
  for (const auto& [time, position] : order) {
    ranked_.push_back(position);
    times_.push_back(time);
  }
}
RegionIndex::~RegionIndex() = default;

std::optional<std::uint32_t> RegionIndex::RankOf(std::uint32_t position) const {
  const auto [begin, end] = std::ranges::equal_range(times_, snapshots_[position].creation_time);
  const auto first = ranked_.begin() + (begin - times_.begin());
  const auto last = ranked_.begin() + (end - times_.begin());
  const auto at = std::lower_bound(first, last, position);
  if (at == last || *at != position) return std::nullopt;
  return static_cast<std::uint32_t>(at - ranked_.begin());
}

std::uint32_t RegionIndex::CountBefore(std::int64_t time) const {
  return static_cast<std::uint32_t>(std::ranges::lower_bound(times_, time) - times_.begin());
}

// Two values of one hash would be one class, so the field could not be looked up.
std::unique_ptr<const RankClasses> RegionIndex::MakeField(Field field) const {
  std::vector<RankClasses::Entry> entries;
  entries.reserve(size());
  for (std::uint32_t rank = 0; rank < size(); ++rank) {
    if (!At(rank).Knows(field)) return nullptr;
    entries.push_back({HashOf(At(rank)[field]), rank});
  }
  auto out = std::make_unique<const RankClasses>(std::move(entries), size());
  for (std::uint32_t rank = 0; rank < size(); ++rank) {
    const std::string& text = At(rank)[field];
    if (At(out->Example(*out->Find(HashOf(text))))[field] != text) return nullptr;
  }
  return out;
}

const RankClasses* RegionIndex::Values(Field field) const {
  const auto& lazy = fields_[static_cast<std::size_t>(field)];
  std::call_once(lazy.once, [&] { lazy.part = MakeField(field); });
  return lazy.part.get();
}

std::optional<RankSet> RegionIndex::With(Field field, std::string_view value) const {
  const RankClasses* classes = Values(field);
  if (!classes) return std::nullopt;
  const auto found = classes->Find(HashOf(value));
  if (!found || At(classes->Example(*found))[field] != value) return RankSet::Of({}, size());
  return classes->Ranks(*found);
}

std::unique_ptr<const RegionIndex::TagIndex> RegionIndex::MakeTags() const {
  std::vector<RankClasses::Entry> entries;
  for (std::uint32_t rank = 0; rank < size(); ++rank) {
    for (const Tag& tag : At(rank).tags) entries.push_back({HashOf(tag), rank});
  }
  auto out = std::unique_ptr<TagIndex>(new TagIndex{{std::move(entries), size()}, {}, {}});
  out->tags.resize(out->pairs.count());
  std::vector<bool> seen(out->pairs.count());
  for (std::uint32_t rank = 0; rank < size(); ++rank) {
    for (const Tag& tag : At(rank).tags) {
      const std::uint32_t pair = *out->pairs.Find(HashOf(tag));
      if (seen[pair] && out->tags[pair] != tag) return nullptr;
      if (seen[pair]) continue;
      seen[pair] = true;
      out->tags[pair] = tag;
      out->by_key[SmallLetters(tag.key)].push_back(pair);
    }
  }
  return out;
}

const RankClasses* RegionIndex::Tags() const {
  std::call_once(tags_.once, [&] { tags_.part = MakeTags(); });
  return tags_.part ? &tags_.part->pairs : nullptr;
}

const Tag& RegionIndex::TagOf(std::uint32_t pair) const { return tags_.part->tags[pair]; }

const std::vector<std::uint32_t>& RegionIndex::PairsWithKey(std::string_view key) const {
  static const std::vector<std::uint32_t> none;
  const auto at = tags_.part->by_key.find(SmallLetters(key));
  return at == tags_.part->by_key.end() ? none : at->second;
}

std::unique_ptr<const RegionIndex::NameIndex> RegionIndex::MakeNames() const {
  auto out = std::make_unique<NameIndex>();
  const RankClasses& names = *Values(Field::kSnapshotName);
  for (std::uint32_t i = 0; i < names.count(); ++i) {
    out->starts.push_back(out->text.size());
    out->text += SmallLetters(At(names.Example(i))[Field::kSnapshotName]);
    out->text += '\n';  // if a text reaches beyond the end of a name, the name does not hold it
  }
  return out;
}

std::vector<std::uint32_t> RegionIndex::NamesWith(std::string_view text) const {
  std::call_once(names_.once, [&] { names_.part = MakeNames(); });
  const auto& [all, starts] = *names_.part;
  const std::string small = SmallLetters(text);
  std::vector<std::uint32_t> out;
  for (std::size_t from = 0; from < all.size();) {
    const std::size_t found = all.find(small, from);
    if (found == std::string::npos) break;
    const auto next = std::ranges::upper_bound(starts, found);
    out.push_back(static_cast<std::uint32_t>(next - starts.begin() - 1));
    if (next == starts.end()) break;
    from = *next;
  }
  return out;
}

DatasetIndex::DatasetIndex(const Dataset& dataset) : snapshots_(dataset.snapshots) {
  for (const auto& [region, positions] : dataset.by_region) {
    regions_[std::string(region)].positions = &positions;
  }
}

const RegionIndex* DatasetIndex::Of(std::string_view region) const {
  const auto at = regions_.find(region);
  if (at == regions_.end()) return nullptr;
  const Part& part = at->second;
  std::call_once(part.once, [&] {
    part.index = std::make_unique<const RegionIndex>(snapshots_, *part.positions);
  });
  return part.index.get();
}

}  // namespace assay
