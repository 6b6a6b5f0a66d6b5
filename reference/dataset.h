#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "spec/result.h"

namespace assay {

// The scalar fields of a snapshot under their API names (base document, "Response parameters"),
// then the three that only select it. `kFieldNames` has the same order.
enum class Field : std::uint8_t {
  kSnapshotId,
  kSnapshotName,
  kDescription,
  kStatus,
  kProgress,
  kCreationTime,
  kLastModifiedTime,
  kSourceDiskId,
  kSourceDiskSize,
  kSourceDiskType,
  kSourceStorageType,
  kSnapshotType,
  kUsage,
  kCategory,
  kEncrypted,
  kInstantAccess,
  kAvailable,
  kInstantAccessRetentionDays,
  kRetentionDays,
  kRemainTime,
  kKMSKeyId,
  kResourceGroupId,
  kSnapshotSN,
  kProductCode,
  kSourceSnapshotId,
  kSourceRegionId,
  kRegionId,
  kSnapshotLinkId,
  kInstanceId,
};
inline constexpr std::size_t kFieldCount = 29;
// The first 26 are documented response fields; RegionId and SnapshotLinkId appear in newer
// editions only, InstanceId never.
inline constexpr std::size_t kDocumentedFieldCount = 26;
enum class FieldType : std::uint8_t { kString, kInteger, kBoolean };

struct FieldInfo {
  Field field;
  std::string_view name;
  FieldType type;  // the type in a dataset file
  bool required;   // in a dataset file
};
extern const std::array<FieldInfo, kFieldCount> kFields;
// The field of that API name, or nullptr.
const FieldInfo* FindField(std::string_view name);

struct Tag {
  std::string key;
  std::string value;
  friend bool operator==(const Tag&, const Tag&) = default;
};

class HiddenValues;

// One snapshot. Scalars are text: integers in decimal, booleans as `true` / `false`.
struct Snapshot {
  std::array<std::string, kFieldCount> text;
  std::uint32_t present = 0;       // bit per Field: set in the file
  std::uint32_t unknown = 0;       // bit per Field: no answer showed what it is, nor whether it is
  std::int64_t creation_time = 0;  // CreationTime in seconds since 1970, UTC
  std::vector<Tag> tags;

  bool Has(Field f) const { return (present >> static_cast<unsigned>(f)) & 1U; }
  bool Knows(Field f) const { return !((unknown >> static_cast<unsigned>(f)) & 1U); }
  const std::string& operator[](Field f) const { return text[static_cast<std::size_t>(f)]; }
  void Set(Field f, std::string value) {
    text[static_cast<std::size_t>(f)] = std::move(value);
    present |= 1U << static_cast<unsigned>(f);
  }
};

// The complete state of a target (`assay-dataset/1`): what the model needs to predict every answer.
// Or as much of it as answers show, where it was discovered: the snapshots of one region, with
// Snapshot::unknown. Then the target may have more regions, and snapshots and chains in them.
struct Dataset {
  bool discovered = false;
  std::shared_ptr<HiddenValues> hidden;  // what judging taught about unknown fields; or null
  std::vector<std::string> regions;
  std::string default_resource_group;
  std::vector<std::string> snapshot_links;
  std::vector<Snapshot> snapshots;  // in the order in which the target created them

  // Position of each SnapshotId in `snapshots`; filled by Index().
  std::unordered_map<std::string_view, std::uint32_t> by_id;
  // Positions of the snapshots of each region, in ascending order; filled by Index().
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> by_region;

  Dataset() = default;
  Dataset(const Dataset&) = delete;  // the indexes point into the snapshots
  Dataset& operator=(const Dataset&) = delete;
  Dataset(Dataset&&) = default;
  Dataset& operator=(Dataset&&) = default;
  // Fills the indexes (and each creation_time); to be called once after the last change.
  void Index();
  // Positions of the snapshots of a region; none where there is no such region.
  const std::vector<std::uint32_t>& In(std::string_view region) const;
};

// Reads a dataset file. The error names `file`, the snapshot's position (from 0), the key and what
// is wrong.
Result<Dataset> LoadDataset(const std::string& file);
// The same from text; `name` stands in errors in place of a file name.
Result<Dataset> ParseDataset(std::string_view json, const std::string& name);
// The file's text (UTF-8 JSON, one snapshot a line), read back by ParseDataset to an equal dataset.
std::string DatasetText(const Dataset& dataset);
// `count` adversarial snapshots (see README, "The dataset"); equal arguments give equal datasets
// everywhere.
Dataset GenerateDataset(std::size_t count, std::uint64_t seed);
// The built-in dataset: every rule can be decided on it, every question asked. About 300 snapshots
// that differ in everything, and a region of 1,002 alike, since lists by a tag or a resource group
// may end after "up to 1,000 resources".
Dataset BuiltInDataset();
// The same without that region.
Dataset VariedDataset();

// A region with more snapshots is a crowd: what is drawn evenly would nearly always be from there.
inline constexpr std::size_t kCrowd = 1000;
// Positions of snapshots to draw from, ascending: all, but of a crowd only a few where there are
// smaller regions.
std::vector<std::uint32_t> DrawnPositions(const Dataset& dataset);

// Seconds since 1970 of `yyyy-MM-ddTHH:mm:ssZ`, or nothing where the text is no such time (calendar
// checked).
bool ParseTime(std::string_view text, std::int64_t* seconds);
// The inverse, in the same form.
std::string FormatTime(std::int64_t seconds);

}  // namespace assay
