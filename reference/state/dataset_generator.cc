#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/state/dataset.h"
#include "reference/state/dataset_writer.h"
#include "reference/state/text_pool.h"
#include "spec/text/random.h"
#include "spec/text/time.h"

namespace assay {

using enum Field;

namespace {

using Texts = std::vector<std::string>;

// Deals its cards in random order and shuffles again when all are out, so that as many draws as
// there are cards hold every card.
class Deck {
 public:
  Deck() = default;
  explicit Deck(Texts cards) : cards_(std::move(cards)), next_(cards_.size()) {}

  const std::string& Deal(Random* random) {
    if (next_ == cards_.size()) {
      random->Shuffle(&cards_);
      next_ = 0;
      ++rounds_;
    }
    return cards_[next_++];
  }
  // Every card was dealt at least once.
  bool all_dealt() const { return rounds_ > 1 || (rounds_ == 1 && next_ == cards_.size()); }

 private:
  Texts cards_;
  std::size_t next_ = 0;
  std::size_t rounds_ = 0;
};

std::string Repeat(std::string_view text, std::size_t count) {
  std::string repeated;
  for (std::size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

enum RegionNumber : std::size_t { kHangzhou, kShanghai, kBeijing, kSingapore, kFrankfurt };
constexpr std::size_t kRegionCount = 5;
constexpr std::array<std::string_view, kRegionCount> kRegions = {
    "cn-hangzhou", "cn-shanghai", "cn-beijing", "ap-southeast-1", "eu-central-1"};

// About 60 % in the first region and never a multiple of ten there, a multiple of ten in the
// second, a few in the fourth, none in the fifth, the rest in the third.
std::array<std::size_t, kRegionCount> CountsOfRegions(std::size_t count) {
  std::array<std::size_t, kRegionCount> counts{};
  counts[kHangzhou] = (count * 6 + 9) / 10;
  if (counts[kHangzhou] % 10 == 0 && counts[kHangzhou] < count) ++counts[kHangzhou];
  std::size_t rest = count - counts[kHangzhou];
  counts[kSingapore] = std::min<std::size_t>(3, rest / 8);
  rest -= counts[kSingapore];
  counts[kShanghai] = rest * 7 / 10 / 10 * 10;
  counts[kBeijing] = rest - counts[kShanghai];
  return counts;
}

// Whole, prefix, part, wildcard, letter case, encodings, escapes: each name has a neighbour that a
// target confuses with it if it compares, escapes or decodes wrongly.
const Texts kSnapshotNames = {"data",
                              "data-backup",
                              "data-backup-2024",
                              "my-data-backup",
                              "backup",
                              "Data-Backup",
                              "DATA-BACKUP",
                              "db",
                              "DB",
                              "00",
                              "000",
                              "null",
                              "true",
                              "auto2.0_20240229_sp-bp1etszs074z",
                              std::string(128, 'n'),
                              std::string(127, 'n'),
                              Repeat("盘", 128),
                              Repeat("🚀", 64),
                              "数据盘",
                              "数据盘快照",
                              "备份数据盘快照",
                              "😀 snapshot 🚀",
                              "👨‍👩‍👧 one",
                              "👨 one",
                              "e\u0301clair",
                              "\u00e9clair",
                              "straße",
                              "STRASSE",
                              "strasse",
                              "Istanbul",
                              "İstanbul",
                              "ıstanbul",
                              "file",
                              "ﬁle",
                              "لقطة القرص",
                              "line\u2028separator",
                              "no\u00a0break",
                              "no break",
                              "a b",
                              "a  b",
                              "a+b",
                              "a%20b",
                              "a%2Bb",
                              "100%",
                              "a*",
                              "*a",
                              "**",
                              "*data",
                              "data*",
                              "d*a",
                              "d?ta",
                              "a&b",
                              "a&amp;b",
                              "<name attr=\"1\">'text'</name>",
                              "&lt;b&gt;",
                              "]]>",
                              "<!--c-->",
                              "{\"json\": [1, \"two\"]}",
                              "[\"s-bp1\"]",
                              "back\\slash",
                              "back\\\\slash",
                              "a/b",
                              "../../etc",
                              "quote\"d",
                              "'quote'd",
                              "a=b&c=d",
                              "a;b,c",
                              "a~b",
                              "#hash",
                              "$HOME",
                              "\\u0041",
                              "%00",
                              "%E6%95%B0"};

Texts Descriptions() {
  return {"",
          "",
          "",
          "",
          "",
          "",
          "",
          "",
          "ab",
          "a description",
          "A Description",
          std::string(256, 'd'),
          Repeat("描", 256),
          Repeat("é", 256),
          "quotes \" and ' and \\ and /",
          "<Description>&amp;&#38;</Description>",
          "  two  blanks, a plus + and 100% * ",
          "emoji 👩🏽‍💻 and a\u0308",
          "{\"a\": null}",
          "null"};
}

// Instants next to every boundary of the calendar, some of them twice; each a creation time.
Texts CreationTimes() {
  return {"1998-11-30T12:00:00Z", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z",
          "2000-02-29T00:00:00Z", "2015-06-30T23:59:59Z", "2016-12-31T23:59:59Z",
          "2017-01-01T00:00:00Z", "2019-12-13T16:59:59Z", "2019-12-13T17:00:00Z",
          "2019-12-13T17:00:30Z", "2019-12-13T17:01:00Z", "2019-12-13T21:59:59Z",
          "2019-12-13T22:00:00Z", "2019-12-13T22:00:00Z", "2019-12-13T22:00:30Z",
          "2019-12-13T22:00:59Z", "2019-12-13T22:01:00Z", "2020-02-29T23:59:59Z",
          "2020-08-20T14:52:28Z", "2020-08-20T14:52:28Z", "2020-08-20T14:52:28Z",
          "2020-08-20T14:52:29Z", "2023-02-28T23:59:59Z", "2023-03-01T00:00:00Z",
          "2023-12-31T23:59:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z",
          "2024-02-28T23:59:59Z", "2024-02-29T00:00:00Z", "2024-02-29T12:00:00Z",
          "2024-02-29T23:59:00Z", "2024-02-29T23:59:30Z", "2024-02-29T23:59:59Z",
          "2024-03-01T00:00:00Z", "2024-03-31T01:00:00Z", "2024-03-31T02:30:00Z",
          "2024-06-30T23:59:59Z", "2024-07-01T00:00:00Z", "2024-09-30T09:59:59Z",
          "2024-09-30T10:00:00Z", "2024-12-31T23:59:59Z", "2025-01-01T00:00:00Z",
          "2025-01-01T00:00:01Z", "2025-06-15T08:30:00Z", "2025-06-15T08:30:00Z",
          "2025-06-15T08:30:01Z", "2025-11-30T23:59:59Z", "2025-12-01T00:00:00Z"};
}
constexpr std::int64_t kEarliest = 1401062400;  // 2014-05-26T00:00:00Z, the API's version
constexpr std::int64_t kLatest = 1767225599;    // 2025-12-31T23:59:59Z

struct TagPlan {
  std::string key;
  Texts values;
};

// Keys and values that are shared, swapped, cut, doubled in other letters, empty, or as long as may
// be. The first `kCommonTags` plans are drawn most.
constexpr std::size_t kCommonTags = 7;
std::vector<TagPlan> TagPlans() {
  return {{"env", {"prod", "test", "Prod", "PROD", "", "blue", "prod-eu"}},
          {"team", {"blue", "prod", "env", "Blue", ""}},
          {"Env", {"prod", "test", "Prod"}},
          {"prod", {"env", "team", "blue"}},
          {"blue", {"team", "env"}},
          {"owner", {"alice", "Alice", "bob", "alice bob"}},
          {"ENV", {"prod", "PROD"}},
          {"own", {"alice", "er"}},
          {"owners", {"alice", "bob"}},
          {"test", {"env", ""}},
          {"empty", {""}},
          {std::string(64, 'k'), {std::string(128, 'v'), std::string(127, 'v'), "v"}},
          {std::string(63, 'k'), {std::string(128, 'v')}},
          {Repeat("键", 64), {Repeat("值", 128)}},
          {"成本中心", {"研发", "研发部", "成本中心"}},
          {"🚀", {"🌍", "🚀", ""}},
          {"e\u0301quipe", {"\u00e9", "e\u0301"}},
          {"\u00e9quipe", {"\u00e9", "e\u0301"}},
          {"<key attr=\"1\">&'</key>", {"<value/>", "&lt;value/&gt;", "]]>"}},
          {"a key with  blanks", {"two  blanks", "two blanks"}},
          {"100%", {"50%", "100%25", "100%"}},
          {"a+b", {"c+d", "c d", "c%20d", "c%2Bd"}},
          {"*", {"*", "pr*", "prod"}},
          {"back\\slash/", {"\\", "/", "\\\\"}},
          {"{\"json\": 1}", {"[1, \"two\"]", "null"}},
          {"a=b&c", {"d&e=f", "Tag.1.Key=env"}},
          {"null", {"null", "true", "0"}},
          {"0", {"0", "1", "00"}}};
}

Texts TagCounts() {
  Texts counts = {"0", "0", "0", "1", "1", "1", "1", "2", "2", "2", "2", "2", "3", "3", "3", "4"};
  for (std::size_t n = 0; n <= kMaximumTags; ++n) counts.push_back(std::to_string(n));
  return counts;
}

std::string RandomDigits(std::string_view digits, std::size_t length, Random* random) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += digits[random->Below(digits.size())];
  return text;
}

constexpr std::string_view kIdDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

// `count` ids of 20 characters that differ in the last two only; the third continues the second.
Texts SimilarIds(const std::string& prefix, std::size_t count, Random* random) {
  const std::string stem = prefix + RandomDigits(kIdDigits, 18 - prefix.size(), random);
  Texts ids;
  for (std::size_t i = 0; i < count; ++i) {
    ids.push_back(i == 2 ? ids[1] + "z" : stem + kIdDigits[i] + kIdDigits[(i * 7 + 3) % 36]);
  }
  return ids;
}

Texts KeyIds(std::size_t count, Random* random) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string stem = RandomDigits(kHex, 8, random);
  stem += "-" + RandomDigits(kHex, 4, random);
  stem += "-4" + RandomDigits(kHex, 3, random);
  stem += "-8" + RandomDigits(kHex, 3, random);
  stem += "-" + RandomDigits(kHex, 11, random);
  Texts ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(stem + kHex[i]);
  return ids;
}

// A text of at most `longest` characters, short ones more often, that begins and ends visibly.
std::string RandomText(std::size_t longest, Random* random) {
  static const Texts kCharacters = {
      "a", "B", "7",  " ", "-",  "_", ".", ":", "é", "ß", "盘", "快", "🚀", "\u0301", "<",
      ">", "&", "\"", "'", "\\", "/", "+", "%", "*", "=", "?",  "#",  "~",  "\u00a0", "\u200d"};
  const std::size_t inner = random->Below(random->Coin() ? 12 : longest - 1);
  std::string text(1, static_cast<char>('a' + random->Below(26)));
  for (std::size_t i = 0; i < inner; ++i) text += random->Pick(kCharacters);
  return text + static_cast<char>('a' + random->Below(26));
}

// The ids that the snapshots of one dataset share. The first chain is never used.
struct Pool {
  explicit Pool(Random* random)
      : instances(SimilarIds("i-bp1", 7, random)),
        disks(SimilarIds("d-bp1", 10, random)),
        links(SimilarIds("sl-bp1", 10, random)),
        groups(SimilarIds("rg-bp1", 6, random)),
        keys(KeyIds(6, random)) {}

  Texts instances, disks, links, groups, keys;

  const std::string& default_group() const { return groups[0]; }
  const std::string& released_disk() const { return disks[0]; }
};

// The cards of each field: its values, some of them several times; "" leaves the field out.
using Decks = std::map<Field, Deck>;

// The last id of each kind occurs outside the first region only.
void AddIdentifierDecks(const Pool& pool, bool first_region, Decks* decks) {
  Pool used = pool;
  for (Texts* ids : {&used.instances, &used.disks, &used.links, &used.groups, &used.keys}) {
    if (first_region) ids->pop_back();
  }
  used.instances.insert(used.instances.end(), 2, "");
  used.keys.insert(used.keys.end(), 2, "");
  used.links.erase(used.links.begin());
  decks->emplace(kInstanceId, Deck(used.instances));
  decks->emplace(kSourceDiskId, Deck(used.disks));
  decks->emplace(kSnapshotLinkId, Deck(used.links));
  decks->emplace(kResourceGroupId, Deck(used.groups));
  decks->emplace(kKMSKeyId, Deck(used.keys));
}

Decks DecksOf(std::size_t region, const Pool& pool) {
  Texts categories = {"standard", "standard"};
  if (region != kBeijing) categories.push_back("flash");
  Texts names = kSnapshotNames;
  names.insert(names.end(), 6, "");
  Decks decks = {
      {kSnapshotName, Deck(names)},
      {kDescription, Deck(Descriptions())},
      {kStatus, Deck({"accomplished", "accomplished", "accomplished", "accomplished", "progressing",
                      "progressing", "failed", "failed"})},
      {kCreationTime, Deck(CreationTimes())},
      {kSourceDiskSize, Deck({"1", "20", "40", "40", "2048", "65536"})},
      {kSourceDiskType, Deck({"system", "data"})},
      {kSourceStorageType, Deck({"disk", "disk", ""})},
      {kSnapshotType, Deck({"auto", "user"})},
      {kUsage, Deck({"none", "none", "image", "disk", "image_disk"})},
      {kCategory, Deck(categories)},
      {kEncrypted, Deck({"true", "false"})},
      {kInstantAccess, Deck({"true", "false"})},
      {kAvailable, Deck({"true", "false"})},
      {kInstantAccessRetentionDays, Deck({"", "1", "30", "65536"})},
      {kRetentionDays, Deck({"", "", "1", "7", "30", "65536"})},
      {kRemainTime, Deck({"", "0", "38", "86400"})},
      {kSnapshotSN, Deck({"", "64472-116742336-619760001", "64472-116742336-619760002"})},
      {kProductCode, Deck({"", "", "jxsc000204", "jxsc000205"})}};
  AddIdentifierDecks(pool, region == kHangzhou, &decks);
  return decks;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed), pool_(&random_) {
    for (std::size_t region = 0; region < kRegionCount; ++region) {
      decks_.push_back(DecksOf(region, pool_));
    }
    tag_counts_.assign(kRegionCount, Deck(TagCounts()));
    for (std::size_t i = 0; i < 3; ++i) stems_.push_back(RandomDigits(kIdDigits, 10, &random_));
  }

  // The dataset without its snapshots, which Next() then makes.
  Dataset Begin(std::size_t count);
  Snapshot Next() { return MakeSnapshot(made_++); }

 private:
  struct Birth {
    std::int64_t time;
    std::size_t region;
  };

  std::vector<Birth> PlanBirths(std::size_t count);
  Snapshot MakeSnapshot(std::size_t position);
  std::string SnapshotIdAt(std::size_t position) const;
  void SetIdentity(std::size_t position, Snapshot* snapshot);
  void SetNames(std::size_t region, Snapshot* snapshot);
  void SetProgress(std::size_t region, Snapshot* snapshot);
  void SetTimes(const Birth& birth, Snapshot* snapshot);
  void SetEncryption(std::size_t region, Snapshot* snapshot);
  void SetSource(std::size_t position, Snapshot* snapshot);
  std::vector<Tag> MakeTags(std::size_t count);

  // Deals the field in that region; an empty card leaves it unset.
  void Deal(Field field, std::size_t region, Snapshot* snapshot) {
    const std::string& card = decks_[region].at(field).Deal(&random_);
    if (!card.empty()) snapshot->Set(field, texts_.Share(field, card));
  }

  Random random_;
  Pool pool_;
  TextPool texts_;
  std::vector<Decks> decks_;      // by region
  std::vector<Deck> tag_counts_;  // by region
  Texts stems_;                   // of the snapshot ids
  std::vector<TagPlan> tag_plans_ = TagPlans();
  std::vector<Birth> births_;
  std::array<bool, kRegionCount> begun_{};
  std::size_t made_ = 0;
};

std::vector<Generator::Birth> Generator::PlanBirths(std::size_t count) {
  std::vector<Birth> births;
  const auto counts = CountsOfRegions(count);
  for (std::size_t region = 0; region < kRegionCount; ++region) {
    Deck& times = decks_[region].at(kCreationTime);
    for (std::size_t i = 0; i < counts[region]; ++i) {
      std::int64_t time = kEarliest + static_cast<std::int64_t>(random_.Below(kLatest - kEarliest));
      if (!times.all_dealt() || random_.Coin()) ParseTime(times.Deal(&random_), &time);
      births.push_back({time, region});
    }
  }
  random_.Shuffle(&births);  // so that regions alternate within one second
  std::ranges::stable_sort(births, {}, &Birth::time);
  return births;
}

Dataset Generator::Begin(std::size_t count) {
  Dataset dataset;
  dataset.regions.assign(kRegions.begin(), kRegions.end());
  dataset.default_resource_group = pool_.default_group();
  dataset.snapshot_links = pool_.links;
  births_ = PlanBirths(count);
  return dataset;
}

Snapshot Generator::MakeSnapshot(std::size_t position) {
  Snapshot snapshot;
  const std::size_t region = births_[position].region;
  SetIdentity(position, &snapshot);
  SetNames(region, &snapshot);
  SetProgress(region, &snapshot);
  SetTimes(births_[position], &snapshot);
  SetEncryption(region, &snapshot);
  SetSource(position, &snapshot);
  for (Field field : {kSourceDiskSize, kSourceDiskType, kSourceStorageType, kSnapshotType, kUsage,
                      kCategory, kAvailable, kRetentionDays, kSnapshotSN, kProductCode}) {
    Deal(field, region, &snapshot);
  }
  const std::string& tags = tag_counts_[region].Deal(&random_);
  snapshot.tags = MakeTags(std::stoul(tags));
  return snapshot;
}

// Not in the order of creation; every eighth id is the one before it and a character or two more.
std::string Generator::SnapshotIdAt(std::size_t position) const {
  constexpr std::uint64_t kIds = 36ULL * 36 * 36 * 36 * 36;
  constexpr std::uint64_t kStep = 25214903;  // prime to 36, so that no id comes twice
  if (position % 8 == 7) return SnapshotIdAt(position - 1) + (position % 16 == 7 ? "0" : "0z");
  std::string digits;
  for (std::uint64_t rest = position * kStep % kIds; digits.size() < 5; rest /= 36) {
    digits.insert(digits.begin(), kIdDigits[rest % 36]);
  }
  return "s-bp1" + stems_[position % stems_.size()] + digits;
}

void Generator::SetIdentity(std::size_t position, Snapshot* snapshot) {
  const std::size_t region = births_[position].region;
  snapshot->Set(kSnapshotId, SnapshotIdAt(position));
  snapshot->Set(kRegionId, std::string(kRegions[region]));
  Deal(kSnapshotLinkId, region, snapshot);
  Deal(kSourceDiskId, region, snapshot);
  if ((*snapshot)[kSourceDiskId] != pool_.released_disk()) Deal(kInstanceId, region, snapshot);
  Deal(kResourceGroupId, region, snapshot);
  if (!std::exchange(begun_[region], true)) {
    snapshot->Set(kResourceGroupId, pool_.default_group());
  }
}

void Generator::SetNames(std::size_t region, Snapshot* snapshot) {
  if (decks_[region].at(kSnapshotName).all_dealt() && random_.Coin()) {
    snapshot->Set(kSnapshotName, RandomText(128, &random_));
  } else {
    Deal(kSnapshotName, region, snapshot);
  }
  if (decks_[region].at(kDescription).all_dealt() && random_.Coin()) {
    snapshot->Set(kDescription, RandomText(256, &random_));
  } else {
    Deal(kDescription, region, snapshot);
  }
}

void Generator::SetProgress(std::size_t region, Snapshot* snapshot) {
  static const Texts kUnderWay = {"0%", "1%", "37%", "99%"};
  Deal(kStatus, region, snapshot);
  const bool accomplished = (*snapshot)[kStatus] == "accomplished";
  snapshot->Set(kProgress, accomplished ? "100%" : random_.Pick(kUnderWay));
  if ((*snapshot)[kStatus] == "progressing") Deal(kRemainTime, region, snapshot);
  Deal(kInstantAccess, region, snapshot);
  if ((*snapshot)[kInstantAccess] == "true") Deal(kInstantAccessRetentionDays, region, snapshot);
}

void Generator::SetTimes(const Birth& birth, Snapshot* snapshot) {
  static const std::vector<std::int64_t> kLater = {0, 0, 1, 59, 60, 3600, 86400, 31536000};
  const std::int64_t modified = std::min(kLatest, birth.time + random_.Pick(kLater));
  snapshot->Set(kCreationTime, FormatTime(birth.time));
  snapshot->Set(kLastModifiedTime, FormatTime(modified));
}

void Generator::SetEncryption(std::size_t region, Snapshot* snapshot) {
  Deal(kEncrypted, region, snapshot);
  if ((*snapshot)[kEncrypted] == "true") Deal(kKMSKeyId, region, snapshot);
}

// A quarter are copies of an earlier snapshot, often one of another region.
void Generator::SetSource(std::size_t position, Snapshot* snapshot) {
  if (position == 0 || random_.Below(4) != 0) return;
  const std::size_t source = random_.Below(position);
  snapshot->Set(kSourceSnapshotId, SnapshotIdAt(source));
  if (random_.Coin()) return;
  snapshot->Set(kSourceRegionId, std::string(kRegions[births_[source].region]));
}

std::vector<Tag> Generator::MakeTags(std::size_t count) {
  const bool common = count <= kCommonTags / 2 && random_.Below(4) != 0;
  std::vector<std::size_t> plans(common ? kCommonTags : tag_plans_.size());
  for (std::size_t i = 0; i < plans.size(); ++i) plans[i] = i;
  random_.Shuffle(&plans);
  std::vector<Tag> tags;
  for (std::size_t i = 0; i < count; ++i) {
    const TagPlan& plan = tag_plans_[plans[i]];
    tags.push_back({plan.key, random_.Pick(plan.values)});
  }
  return tags;
}

constexpr std::size_t kBuiltInCount = 300;  // besides the crowd
constexpr std::uint64_t kBuiltInSeed = 20140526;

// Numbers of matches at which pages of 10, 20, 50 and 100 end full, and a single one.
struct Portion {
  std::string_view disk;
  std::string_view tag_value;
  std::size_t in_first_region;
  std::size_t in_second_region;
};
constexpr std::array<Portion, 4> kPortions = {{{"d-bp1exactcount00001", "one", 1, 2},
                                               {"d-bp1exactcount00010", "ten", 10, 3},
                                               {"d-bp1exactcount00020", "twenty", 20, 5},
                                               {"d-bp1exactcount00100", "hundred", 100, 10}}};

// Gives each portion's disk to its number of snapshots of the region, and its tag to as many,
// chosen anew; a snapshot with twenty tags gets no other.
void PlacePortions(std::size_t region, std::size_t Portion::*number, Random* random,
                   Dataset* dataset) {
  std::vector<std::uint32_t> positions = dataset->by_region.at(kRegions[region]);
  random->Shuffle(&positions);
  auto next = positions.begin();
  for (const Portion& portion : kPortions) {
    for (std::size_t i = 0; i < portion.*number; ++i) {
      dataset->snapshots[*next++].Set(kSourceDiskId, std::string(portion.disk));
    }
  }
  std::erase_if(positions, [&](std::uint32_t position) {
    return dataset->snapshots[position].tags.size() == kMaximumTags;
  });
  random->Shuffle(&positions);
  next = positions.begin();
  for (const Portion& portion : kPortions) {
    for (std::size_t i = 0; i < portion.*number; ++i) {
      dataset->snapshots[*next++].tags.push_back({"count", std::string(portion.tag_value)});
    }
  }
}

// Two snapshots of the first region with the same twenty tags, in different order, and neighbours
// that differ from them in one value, one key, and by one tag less.
void PlaceTwentyTags(Dataset* dataset) {
  std::vector<Tag> tags;
  for (const TagPlan& plan : TagPlans()) {
    if (tags.size() < kMaximumTags) tags.push_back({plan.key, plan.values.front()});
  }
  const std::vector<std::uint32_t>& positions = dataset->by_region.at(kRegions[kHangzhou]);
  const auto place = [&](std::size_t index, std::vector<Tag> changed) {
    dataset->snapshots[positions[index]].tags = std::move(changed);
  };
  std::vector<Tag> reversed(tags.rbegin(), tags.rend());
  std::vector<Tag> other_value = tags, other_key = tags, fewer(tags.begin(), tags.end() - 1);
  other_value.back().value += "x";
  other_key.back().key += "x";
  // Twenty that every reading tells apart, so that the twentieth alone can exclude a snapshot.
  std::vector<Tag> plain;
  for (std::size_t i = 1; i <= kMaximumTags; ++i) {
    plain.push_back({"plain" + std::to_string(i), "value" + std::to_string(i)});
  }
  place(20, tags);
  place(60, reversed);
  place(90, other_value);
  place(120, other_key);
  place(150, fewer);
  place(31, plain);
}

// Names that differ in one character only, which a target takes for a wildcard of its own: of SQL,
// of the shell, of regular expressions.
void PlaceLookalikes(Dataset* dataset) {
  const std::vector<std::uint32_t>& positions = dataset->by_region.at(kRegions[kHangzhou]);
  auto next = positions.begin();
  for (const char* name :
       {"wildcard-a", "wildcard-_", "wildcard-%", "wildcard-?", "wildcard-.", "wildcard-[ab]"}) {
    // Those that have a name keep it.
    while (dataset->snapshots[*next].Has(kSnapshotName)) ++next;
    dataset->snapshots[*next].Set(kSnapshotName, name);
  }
}

// A region of its own with one snapshot more than "up to 1,000 resources" of one resource group and
// one more of the default group, all with one tag; alike otherwise, and created last.
constexpr std::size_t kCrowdSnapshots = 1002;
void PlaceCrowd(Dataset* dataset) {
  const std::string region = "us-west-1", link = "sl-rj9crowd000000001";
  dataset->regions.push_back(region);
  dataset->snapshot_links.push_back(link);
  Snapshot alike;
  for (const auto& [field, value] :
       std::initializer_list<std::pair<Field, std::string>>{{kRegionId, region},
                                                            {kSnapshotLinkId, link},
                                                            {kSourceDiskId, "d-rj9crowd0000000001"},
                                                            {kSourceDiskSize, "40"},
                                                            {kSourceDiskType, "system"},
                                                            {kStatus, "accomplished"},
                                                            {kProgress, "100%"},
                                                            {kSnapshotType, "auto"},
                                                            {kUsage, "none"},
                                                            {kCategory, "standard"},
                                                            {kEncrypted, "false"},
                                                            {kInstantAccess, "false"},
                                                            {kAvailable, "true"}}) {
    alike.Set(field, value);
  }
  alike.tags = {{"count", "crowd"}};
  for (std::size_t i = 0; i < kCrowdSnapshots; ++i) {
    const std::string time = FormatTime(kLatest + 1 + static_cast<std::int64_t>(i) / 2);
    alike.Set(kSnapshotId, fmt::format("s-rj9crowd{:010}", i));
    alike.Set(kResourceGroupId, i == 0 ? dataset->default_resource_group : "rg-rj9crowd000000001");
    alike.Set(kCreationTime, time);
    alike.Set(kLastModifiedTime, time);
    dataset->snapshots.push_back(alike);
  }
}

}  // namespace

Dataset GenerateDataset(std::size_t count, std::uint64_t seed) {
  Generator generator(seed);
  Dataset dataset = generator.Begin(count);
  dataset.snapshots.reserve(count);
  for (std::size_t i = 0; i < count; ++i) dataset.snapshots.push_back(generator.Next());
  dataset.Index();
  return dataset;
}

void WriteGeneratedDataset(std::size_t count, std::uint64_t seed, DatasetWriter& writer) {
  Generator generator(seed);
  writer.Begin(generator.Begin(count));
  for (std::size_t i = 0; i < count; ++i) writer.Add(generator.Next());
  writer.End();
}

Dataset VariedDataset() {
  Dataset dataset = GenerateDataset(kBuiltInCount, kBuiltInSeed);
  Random random(kBuiltInSeed);
  PlaceTwentyTags(&dataset);
  PlacePortions(kHangzhou, &Portion::in_first_region, &random, &dataset);
  PlacePortions(kShanghai, &Portion::in_second_region, &random, &dataset);
  PlaceLookalikes(&dataset);
  dataset.Index();
  return dataset;
}

Dataset BuiltInDataset() {
  Dataset dataset = VariedDataset();
  PlaceCrowd(&dataset);
  dataset.Index();
  return dataset;
}

}  // namespace assay
