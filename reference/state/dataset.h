#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reference/state/shared_text.h"
#include "spec/catalogue/fields.h"
#include "spec/text/result.h"

namespace assay {

class DatasetIndex;
class RegionIndex;

struct Tag {
  std::string key;
  std::string value;
  friend bool operator==(const Tag&, const Tag&) = default;
};

// One snapshot. Scalars are text: integers in decimal, booleans as `true` / `false`.
struct Snapshot {
  std::array<SharedText, kFieldCount> text;
  std::uint32_t present = 0;       // bit per Field: set in the file
  std::uint32_t unknown = 0;       // bit per Field: no answer showed what it is, nor whether it is
  std::int64_t creation_time = 0;  // CreationTime in seconds since 1970, UTC
  std::vector<Tag> tags;

  bool Has(Field f) const { return (present >> static_cast<unsigned>(f)) & 1U; }
  bool Knows(Field f) const { return !((unknown >> static_cast<unsigned>(f)) & 1U); }
  const std::string& operator[](Field f) const { return text[static_cast<std::size_t>(f)]; }
  void Set(Field f, SharedText value) {
    text[static_cast<std::size_t>(f)] = std::move(value);
    present |= 1U << static_cast<unsigned>(f);
  }
  void Set(Field f, std::string value) { Set(f, SharedText(std::move(value))); }
};

// The complete state of a target (`assay-dataset/1`): what the model needs to predict every answer.
// If it was discovered, as much of it as answers show: the snapshots of one region, with
// Snapshot::unknown. The target may then have more regions, and snapshots and chains in them.
struct Dataset {
  bool discovered = false;
  bool changed = false;  // listings showed that it is no more what it was at first
  std::vector<std::string> regions;
  std::string default_resource_group;
  std::vector<std::string> snapshot_links;
  std::vector<Snapshot> snapshots;  // in the order in which the target created them

  // Position of each SnapshotId in `snapshots`; filled by Index().
  std::unordered_map<std::string_view, std::uint32_t> by_id;
  // Positions of the snapshots of each region, in ascending order; filled by Index().
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_region;
  // What is looked up in large regions, instead of in every snapshot; made by Index(). Null if the
  // snapshots may change.
  std::shared_ptr<const DatasetIndex> index;
  // Regions with fewer snapshots are not worth it.
  std::size_t indexed_from = 2'000;

  Dataset() = default;
  Dataset(const Dataset&) = delete;  // the indexes point into the snapshots
  Dataset& operator=(const Dataset&) = delete;
  Dataset(Dataset&&) = default;
  Dataset& operator=(Dataset&&) = default;
  // Fills the indexes (and each creation_time); to be called once after the last change.
  void Index();
  // Positions of the snapshots of a region; none if there is no such region.
  const std::vector<std::uint32_t>& In(std::string_view region) const;
  // The same, by what they have; null if that is not looked up but compared one by one.
  const RegionIndex* IndexOf(std::string_view region) const;
};

// Reads a dataset file. The error names `file`, the snapshot's position (from 0), the key and what
// is wrong.
Result<Dataset> LoadDataset(const std::string& file);
// The same from text; errors use `name` as the file name.
Result<Dataset> ParseDataset(std::string_view json, const std::string& name);
// The file's text (UTF-8 JSON, one snapshot a line), read back by ParseDataset to an equal dataset.
std::string DatasetText(const Dataset& dataset);
// `count` adversarial snapshots (see README, "The dataset"); equal arguments give equal datasets
// everywhere.
Dataset GenerateDataset(std::size_t count, std::uint64_t seed);
// The built-in dataset: it can decide every rule and ask every question. About 300 snapshots that
// differ in everything, and a region of 1,002 similar ones, since lists by a tag or a resource
// group may end after "up to 1,000 resources".
Dataset BuiltInDataset();
// The same without that region.
Dataset VariedDataset();

// The first region with snapshots, or the first at all.
std::string HomeRegion(const Dataset& dataset);

// Of a snapshot: "Maximum 20 tag key-value pairs".
inline constexpr std::size_t kMaximumTags = 20;

// A region with more snapshots is a crowd: even draws would nearly always come from there.
inline constexpr std::size_t kCrowd = 1000;
// Positions of snapshots to draw from, ascending: all, but only a few of a crowd if there are
// smaller regions.
std::vector<std::uint32_t> DrawnPositions(const Dataset& dataset);

}  // namespace assay
