#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "reference/state/dataset.h"

namespace assay {
namespace {

using enum Field;
using Positions = std::set<std::uint32_t>;
using Filter = std::function<bool(const Snapshot&)>;

const Dataset& BuiltIn() {
  static const Dataset* const dataset = new Dataset(BuiltInDataset());
  return *dataset;
}

constexpr std::string_view kFirst = "cn-hangzhou";

std::size_t CountIn(std::string_view region, const Filter& filter) {
  std::size_t count = 0;
  for (std::uint32_t position : BuiltIn().by_region.at(region)) {
    if (filter(BuiltIn().snapshots[position])) ++count;
  }
  return count;
}

Filter Is(Field field, std::string value) {
  return [=](const Snapshot& snapshot) { return snapshot[field] == value; };
}

Filter HasTag(std::string key, std::string value) {
  return [=](const Snapshot& snapshot) {
    return std::ranges::find(snapshot.tags, Tag{key, value}) != snapshot.tags.end();
  };
}

// The values of the field in that region, "" for unset.
std::set<std::string> ValuesIn(std::string_view region, Field field) {
  std::set<std::string> values;
  for (std::uint32_t position : BuiltIn().by_region.at(region)) {
    values.insert(BuiltIn().snapshots[position][field]);
  }
  return values;
}

std::set<std::string> Values(Field field) {
  std::set<std::string> values;
  for (const Snapshot& snapshot : BuiltIn().snapshots) values.insert(snapshot[field]);
  return values;
}

std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string Lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

std::uint64_t Fnv1a(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

bool AnyPair(const std::set<std::string>& values,
             const std::function<bool(const std::string&, const std::string&)>& related) {
  for (const std::string& a : values) {
    for (const std::string& b : values) {
      if (a != b && !a.empty() && !b.empty() && related(a, b)) return true;
    }
  }
  return false;
}

bool IsPrefix(const std::string& a, const std::string& b) { return b.starts_with(a); }

TEST(GenerateDatasetTest, EveryCountIsValidAndReadBack) {
  for (std::size_t count : {0U, 1U, 2U, 3U, 7U, 8U, 10U, 16U, 17U, 50U, 99U, 100U, 300U, 2000U}) {
    for (std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      const Dataset dataset = GenerateDataset(count, seed);
      const std::string text = DatasetText(dataset);
      const Result<Dataset> read = ParseDataset(text, "generated");
      ASSERT_TRUE(read) << count << ", " << seed << ": " << read.error().Text();
      EXPECT_EQ(read->snapshots.size(), count);
      EXPECT_EQ(DatasetText(*read), text);
    }
  }
}

TEST(GenerateDatasetTest, EqualArgumentsGiveEqualDatasetsOnEveryMachine) {
  EXPECT_EQ(Fnv1a(DatasetText(GenerateDataset(50, 1))), 12116870949373898266ULL);
}

TEST(GenerateDatasetTest, AnotherSeedGivesAnotherDataset) {
  EXPECT_NE(DatasetText(GenerateDataset(50, 1)), DatasetText(GenerateDataset(50, 2)));
}

TEST(GenerateDatasetTest, TheFirstRegionNeverEndsOnAFullPage) {
  for (std::size_t count = 2; count < 400; ++count) {
    const Dataset dataset = GenerateDataset(count, count);
    const std::size_t first = dataset.by_region.at(kFirst).size();
    EXPECT_NE(first % 10, 0U) << count;
    EXPECT_GE(first * 2, count);
  }
}

TEST(GenerateDatasetTest, SnapshotsStandInTheOrderOfTheirCreation) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Dataset dataset = GenerateDataset(300, seed);
    EXPECT_TRUE(std::ranges::is_sorted(dataset.snapshots, {}, &Snapshot::creation_time));
  }
}

TEST(BuiltInDatasetTest, IsTheSameEachTime) {
  EXPECT_EQ(DatasetText(BuiltInDataset()), DatasetText(BuiltIn()));
}

TEST(BuiltInDatasetTest, IsValid) {
  const Result<Dataset> read = ParseDataset(DatasetText(BuiltIn()), "built in");
  ASSERT_TRUE(read) << read.error().Text();
}

TEST(BuiltInDatasetTest, RegionsHoldManyAFullLastPageFewAndNone) {
  const auto& regions = BuiltIn().by_region;
  EXPECT_GE(BuiltIn().regions.size(), 4U);
  EXPECT_GT(regions.at(kFirst).size(), 150U);
  EXPECT_NE(regions.at(kFirst).size() % 10, 0U);
  EXPECT_GT(regions.at("cn-shanghai").size(), 10U);
  EXPECT_EQ(regions.at("cn-shanghai").size() % 10, 0U);
  EXPECT_EQ(regions.at("ap-southeast-1").size(), 3U);
  EXPECT_TRUE(regions.at("eu-central-1").empty());
}

TEST(BuiltInDatasetTest, OneRegionHoldsMoreOfATagAndOfAGroupThanAListMayEndAfter) {
  const std::string_view crowd = BuiltIn().regions.back();
  EXPECT_GT(CountIn(crowd, HasTag("count", "crowd")), 1000U);
  EXPECT_EQ(CountIn(crowd, Is(kResourceGroupId, "rg-rj9crowd000000001")), 1001U);
}

TEST(BuiltInDatasetTest, OneRegionHoldsNoFlashSnapshot) {
  EXPECT_EQ(CountIn("cn-beijing", Is(kCategory, "flash")), 0U);
  EXPECT_GT(CountIn("cn-beijing", Is(kCategory, "standard")), 10U);
}

TEST(BuiltInDatasetTest, AFilterMatchesExactlyOneTenTwentyAndAHundred) {
  const std::pair<const char*, std::size_t> counts[] = {
      {"one", 1}, {"ten", 10}, {"twenty", 20}, {"hundred", 100}};
  for (const auto& [value, count] : counts) {
    EXPECT_EQ(CountIn(kFirst, HasTag("count", value)), count);
    EXPECT_GT(CountIn("cn-shanghai", HasTag("count", value)), 0U);
    char disk[32];
    std::snprintf(disk, sizeof disk, "d-bp1exactcount%05zu", count);
    EXPECT_EQ(CountIn(kFirst, Is(kSourceDiskId, disk)), count);
    EXPECT_GT(CountIn("cn-shanghai", Is(kSourceDiskId, disk)), 0U);
  }
  EXPECT_GT(CountIn(kFirst, Is(kCategory, "standard")), 100U);
}

TEST(BuiltInDatasetTest, EveryEnumeratedValueOccurs) {
  using Set = std::set<std::string>;
  for (std::string_view region : {kFirst, std::string_view("cn-shanghai")}) {
    EXPECT_EQ(ValuesIn(region, kStatus), (Set{"accomplished", "failed", "progressing"}));
    EXPECT_EQ(ValuesIn(region, kSnapshotType), (Set{"auto", "user"}));
    EXPECT_EQ(ValuesIn(region, kUsage), (Set{"disk", "image", "image_disk", "none"}));
    EXPECT_EQ(ValuesIn(region, kSourceDiskType), (Set{"data", "system"}));
    EXPECT_EQ(ValuesIn(region, kCategory), (Set{"flash", "standard"}));
    for (Field field : {kEncrypted, kInstantAccess, kAvailable}) {
      EXPECT_EQ(ValuesIn(region, field), (Set{"false", "true"}));
    }
    EXPECT_EQ(ValuesIn(region, kSourceDiskSize), (Set{"1", "20", "2048", "40", "65536"}));
    EXPECT_EQ(ValuesIn(region, kRetentionDays), (Set{"", "1", "30", "65536", "7"}));
  }
}

TEST(BuiltInDatasetTest, EveryOptionalFieldIsSetOnSomeAndUnsetOnOthers) {
  for (const FieldInfo& info : kFields) {
    const auto set = [&](const Snapshot& snapshot) { return snapshot.Has(info.field); };
    const std::size_t count = CountIn(kFirst, set);
    EXPECT_GT(count, 5U) << info.name;
    EXPECT_EQ(count == BuiltIn().by_region.at(kFirst).size(), info.required) << info.name;
  }
}

TEST(BuiltInDatasetTest, ProgressKeyAndRemainTimeFitTheRest) {
  for (const Snapshot& snapshot : BuiltIn().snapshots) {
    EXPECT_EQ(snapshot[kProgress] == "100%", snapshot[kStatus] == "accomplished");
    EXPECT_TRUE(!snapshot.Has(kRemainTime) || snapshot[kStatus] == "progressing");
    EXPECT_TRUE(!snapshot.Has(kKMSKeyId) || snapshot[kEncrypted] == "true");
    EXPECT_LE(snapshot[kCreationTime], snapshot[kLastModifiedTime]);
    EXPECT_LE(snapshot[kLastModifiedTime], "2026-01-01T00:08:20Z");
    EXPECT_NE(snapshot[kSnapshotId], snapshot[kSourceSnapshotId]);
  }
}

TEST(BuiltInDatasetTest, SnapshotIdsLookAlike) {
  const std::set<std::string> ids = ValuesIn(kFirst, kSnapshotId);
  EXPECT_GE(ids.size(), 101U);
  EXPECT_TRUE(AnyPair(ids, IsPrefix));
  for (const std::string& id : ids) {
    EXPECT_TRUE(id.starts_with("s-bp1")) << id;
    EXPECT_TRUE(id.size() >= 20 && id.size() <= 22) << id;
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789", 2), id.npos) << id;
  }
}

TEST(BuiltInDatasetTest, OtherIdsAreSharedAndOneContinuesAnother) {
  for (Field field : {kInstanceId, kSourceDiskId, kSnapshotLinkId, kResourceGroupId, kKMSKeyId}) {
    const std::set<std::string> ids = ValuesIn(kFirst, field);
    EXPECT_GE(ids.size(), 5U);
    EXPECT_EQ(AnyPair(ids, IsPrefix), field != kKMSKeyId);
  }
}

TEST(BuiltInDatasetTest, SomeIdsOccurInAnotherRegionOnly) {
  for (Field field : {kInstanceId, kSourceDiskId, kSnapshotLinkId, kResourceGroupId, kKMSKeyId}) {
    std::set<std::string> elsewhere = Values(field);
    for (const std::string& id : ValuesIn(kFirst, field)) elsewhere.erase(id);
    std::erase_if(elsewhere, [](const std::string& id) { return id.find("crowd") != id.npos; });
    EXPECT_EQ(elsewhere.size(), 1U) << kFields[static_cast<std::size_t>(field)].name;
  }
}

TEST(BuiltInDatasetTest, AChainHasNoSnapshot) {
  std::set<std::string> links(BuiltIn().snapshot_links.begin(), BuiltIn().snapshot_links.end());
  for (const std::string& link : Values(kSnapshotLinkId)) links.erase(link);
  EXPECT_EQ(links.size(), 1U);
}

TEST(BuiltInDatasetTest, AReleasedDiskHasSnapshotsAndNoInstance) {
  std::map<std::string, std::pair<int, int>> disks;  // snapshots, of them with an instance
  for (std::uint32_t position : BuiltIn().by_region.at(kFirst)) {
    const Snapshot& snapshot = BuiltIn().snapshots[position];
    auto& [all, attached] = disks[snapshot[kSourceDiskId]];
    ++all;
    attached += snapshot.Has(kInstanceId) ? 1 : 0;
  }
  EXPECT_TRUE(std::ranges::any_of(
      disks, [](const auto& disk) { return disk.second.first >= 2 && disk.second.second == 0; }));
}

TEST(BuiltInDatasetTest, EveryRegionWithSnapshotsHasSomeInTheDefaultGroup) {
  const Filter in_default = Is(kResourceGroupId, BuiltIn().default_resource_group);
  for (const auto& [region, positions] : BuiltIn().by_region) {
    EXPECT_EQ(CountIn(region, in_default) > 0, !positions.empty()) << region;
    EXPECT_LE(CountIn(region, in_default) * 2, positions.size() + 1) << region;
  }
}

TEST(BuiltInDatasetTest, CreationTimesLieAroundEveryBoundary) {
  const std::set<std::string> times = ValuesIn(kFirst, kCreationTime);
  for (const char* time : {"1999-12-31T23:59:59Z", "2019-12-13T16:59:59Z", "2019-12-13T17:00:00Z",
                           "2019-12-13T17:00:30Z", "2019-12-13T22:00:00Z", "2019-12-13T22:00:30Z",
                           "2019-12-13T22:00:59Z", "2019-12-13T22:01:00Z", "2024-02-28T23:59:59Z",
                           "2024-02-29T00:00:00Z", "2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z",
                           "2024-06-30T23:59:59Z", "2024-07-01T00:00:00Z", "2024-12-31T23:59:59Z",
                           "2025-01-01T00:00:00Z"}) {
    EXPECT_TRUE(times.contains(time)) << time;
  }
  EXPECT_GE(CountIn(kFirst, Is(kCreationTime, "2020-08-20T14:52:28Z")), 3U);
}

TEST(BuiltInDatasetTest, NamesAreEasyToConfuse) {
  const std::set<std::string> names = ValuesIn(kFirst, kSnapshotName);
  EXPECT_TRUE(AnyPair(names, IsPrefix));
  EXPECT_TRUE(AnyPair(names, [](const std::string& a, const std::string& b) {
    return b.find(a) != b.npos && !b.starts_with(a);
  }));
  EXPECT_TRUE(AnyPair(
      names, [](const std::string& a, const std::string& b) { return Lowered(a) == Lowered(b); }));
  for (const char* name :
       {"data", "data*", "**", "a b", "a+b", "a%20b", "a%2Bb", "a&b", "a&amp;b", "]]>", "null",
        "数据盘", "数据盘快照", "e\u0301clair", "\u00e9clair", "back\\slash", "a=b&c=d"}) {
    EXPECT_TRUE(names.contains(name)) << name;
    EXPECT_TRUE(ValuesIn("cn-shanghai", kSnapshotName).contains(name)) << name;
  }
  for (char c : std::string("<>&\"'\\/ +%*")) {
    const auto has = [&](const std::string& name) { return name.find(c) != name.npos; };
    EXPECT_TRUE(std::ranges::any_of(names, has)) << c;
  }
}

TEST(BuiltInDatasetTest, LengthsReachTheirLimits) {
  const auto bounds = [](const std::set<std::string>& texts) {
    std::set<std::size_t> lengths;
    for (const std::string& text : texts) lengths.insert(Characters(text));
    lengths.erase(0);
    return std::pair(*lengths.begin(), *lengths.rbegin());
  };
  EXPECT_EQ(bounds(ValuesIn(kFirst, kSnapshotName)), std::pair(std::size_t{2}, std::size_t{128}));
  EXPECT_EQ(bounds(ValuesIn(kFirst, kDescription)), std::pair(std::size_t{2}, std::size_t{256}));
}

TEST(BuiltInDatasetTest, NoTextHoldsAControlCharacter) {
  const auto is_clean = [](const std::string& text) {
    return std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' '; });
  };
  for (const Snapshot& snapshot : BuiltIn().snapshots) {
    EXPECT_TRUE(std::ranges::all_of(snapshot.text, is_clean)) << snapshot[kSnapshotName];
    for (const Tag& tag : snapshot.tags) EXPECT_TRUE(is_clean(tag.key) && is_clean(tag.value));
  }
}

// Whoever trims what is shown changes a description; what a filter compares has none.
TEST(BuiltInDatasetTest, OuterBlanksAreOfDescriptionsAlone) {
  const auto has_outer_blank = [](const std::string& text) {
    return text.starts_with(' ') || text.ends_with(' ');
  };
  std::size_t descriptions = 0;
  for (const Snapshot& snapshot : BuiltIn().snapshots) {
    const bool of_description = has_outer_blank(snapshot[Field::kDescription]);
    descriptions += of_description ? 1 : 0;
    EXPECT_EQ(std::ranges::count_if(snapshot.text, has_outer_blank), of_description ? 1 : 0);
    for (const Tag& tag : snapshot.tags) {
      EXPECT_FALSE(has_outer_blank(tag.key) || has_outer_blank(tag.value));
    }
  }
  EXPECT_GT(descriptions, 0U);
}

TEST(BuiltInDatasetTest, EveryNumberOfTagsOccurs) {
  for (std::size_t count = 0; count <= 20; ++count) {
    EXPECT_GT(CountIn(kFirst, [&](const Snapshot& s) { return s.tags.size() == count; }), 0U)
        << count;
  }
}

std::set<std::pair<std::string, std::string>> TagsIn(std::string_view region) {
  std::set<std::pair<std::string, std::string>> tags;
  for (std::uint32_t position : BuiltIn().by_region.at(region)) {
    for (const Tag& tag : BuiltIn().snapshots[position].tags) tags.emplace(tag.key, tag.value);
  }
  return tags;
}

TEST(BuiltInDatasetTest, TagsAreEasyToConfuse) {
  for (std::string_view region : {kFirst, std::string_view("cn-shanghai")}) {
    const auto tags = TagsIn(region);
    const std::pair<const char*, const char*> expected[] = {
        {"env", "prod"},    {"env", "test"},  {"env", "Prod"},  {"env", ""},
        {"Env", "prod"},    {"ENV", "prod"},  {"team", "prod"}, {"prod", "env"},
        {"team", "blue"},   {"blue", "team"}, {"own", "alice"}, {"owner", "alice"},
        {"owners", "alice"}};
    for (const auto& [key, value] : expected) EXPECT_TRUE(tags.contains({key, value})) << key;
    const auto longest = [&](auto part) {
      return std::ranges::max(tags, {}, [&](const auto& tag) { return Characters(tag.*part); });
    };
    using Pair = std::pair<std::string, std::string>;
    EXPECT_EQ(Characters(longest(&Pair::first).first), 64U);
    EXPECT_EQ(Characters(longest(&Pair::second).second), 128U);
  }
}

TEST(BuiltInDatasetTest, AKeyAndAValueOccurInDifferentTagsOfOneSnapshot) {
  const Filter split = [](const Snapshot& s) {
    const auto has_key = std::ranges::any_of(s.tags, [](const Tag& t) { return t.key == "env"; });
    const auto has_value =
        std::ranges::any_of(s.tags, [](const Tag& t) { return t.value == "prod"; });
    return has_key && has_value && !HasTag("env", "prod")(s);
  };
  EXPECT_GT(CountIn(kFirst, split), 0U);
  EXPECT_GT(CountIn(kFirst, HasTag("env", "prod")), 0U);
}

TEST(BuiltInDatasetTest, TwentyTagsOfOneSnapshotMatchExactlyTwo) {
  std::map<std::set<std::pair<std::string, std::string>>, int> sets;
  for (std::uint32_t position : BuiltIn().by_region.at(kFirst)) {
    std::set<std::pair<std::string, std::string>> tags;
    for (const Tag& tag : BuiltIn().snapshots[position].tags) tags.emplace(tag.key, tag.value);
    if (tags.size() == 20) ++sets[tags];
  }
  EXPECT_TRUE(std::ranges::any_of(sets, [](const auto& set) { return set.second == 2; }));
}

// The filters of the operation, each by the sets of positions that its values select in the first
// region.
std::map<std::string, std::vector<Positions>> Selections() {
  std::map<std::string, std::map<std::string, Positions>> by_value;
  for (std::uint32_t position : BuiltIn().by_region.at(kFirst)) {
    const Snapshot& snapshot = BuiltIn().snapshots[position];
    for (Field field :
         {kInstanceId, kSourceDiskId, kSnapshotLinkId, kSnapshotName, kStatus, kSnapshotType,
          kUsage, kSourceDiskType, kEncrypted, kResourceGroupId, kKMSKeyId, kCategory}) {
      if (!snapshot.Has(field)) continue;
      const std::string name(kFields[static_cast<std::size_t>(field)].name);
      by_value[name][snapshot[field]].insert(position);
    }
    by_value["Year"][snapshot[kCreationTime].substr(0, 4)].insert(position);
    for (const Tag& tag : snapshot.tags) {
      by_value["TagKey"][tag.key].insert(position);
      by_value["Tag"][tag.key + "=" + tag.value].insert(position);
    }
  }
  std::map<std::string, std::vector<Positions>> selections;
  for (const auto& [filter, values] : by_value) {
    for (const auto& [value, positions] : values) selections[filter].push_back(positions);
  }
  return selections;
}

Positions Both(const Positions& a, const Positions& b) {
  Positions both;
  std::ranges::set_intersection(a, b, std::inserter(both, both.end()));
  return both;
}

TEST(BuiltInDatasetTest, AnyTwoFiltersCutEachOtherShort) {
  const auto selections = Selections();
  for (const auto& [a_name, a_values] : selections) {
    for (const auto& [b_name, b_values] : selections) {
      if (a_name == b_name || a_name + b_name == "TagTagKey") continue;
      const bool found = std::ranges::any_of(a_values, [&, &values = b_values](const Positions& a) {
        return std::ranges::any_of(values, [&](const Positions& b) {
          const std::size_t both = Both(a, b).size();
          return both > 0 && both < a.size() && both < b.size();
        });
      });
      const bool nested = a_name + b_name == "KMSKeyIdEncrypted" ||
                          a_name + b_name == "EncryptedKMSKeyId" || a_name + b_name == "TagKeyTag";
      EXPECT_TRUE(found || nested) << a_name << " and " << b_name;
    }
  }
}

TEST(BuiltInDatasetTest, AnyThreeFiltersHaveAMatch) {
  const auto selections = Selections();
  for (const auto& [a_name, a_values] : selections) {
    for (const auto& [b_name, b_values] : selections) {
      for (const auto& [c_name, c_values] : selections) {
        if (a_name >= b_name || b_name >= c_name) continue;
        bool found = false;
        for (std::size_t i = 0; i < a_values.size() && !found; ++i) {
          for (std::size_t j = 0; j < b_values.size() && !found; ++j) {
            const Positions two = Both(a_values[i], b_values[j]);
            found = std::ranges::any_of(c_values,
                                        [&](const Positions& c) { return !Both(two, c).empty(); });
          }
        }
        EXPECT_TRUE(found) << a_name << ", " << b_name << ", " << c_name;
      }
    }
  }
}

TEST(BuiltInDatasetTest, AnyTwoEnumeratedValuesHaveAMatch) {
  const std::vector<Field> fields = {kStatus,         kSnapshotType, kUsage,
                                     kSourceDiskType, kEncrypted,    kCategory};
  for (Field a : fields) {
    for (Field b : fields) {
      if (a == b) continue;
      for (const std::string& x : ValuesIn(kFirst, a)) {
        for (const std::string& y : ValuesIn(kFirst, b)) {
          EXPECT_GT(CountIn(kFirst, [&](const Snapshot& s) { return s[a] == x && s[b] == y; }), 0U)
              << x << " and " << y;
        }
      }
    }
  }
}

TEST(BuiltInDatasetTest, EveryFilterValueOccursInAnotherRegionToo) {
  for (Field field : {kInstanceId, kSourceDiskId, kSnapshotLinkId, kResourceGroupId, kKMSKeyId,
                      kStatus, kSnapshotType, kUsage, kSourceDiskType, kEncrypted, kCategory}) {
    const std::set<std::string> others = ValuesIn("cn-shanghai", field);
    for (const std::string& value : ValuesIn(kFirst, field)) {
      EXPECT_TRUE(others.contains(value)) << value;
    }
  }
}

TEST(BuiltInDatasetTest, NoFilterValueMatchesAllOfTheFirstRegion) {
  const std::size_t all = BuiltIn().by_region.at(kFirst).size();
  for (const auto& [name, values] : Selections()) {
    for (const Positions& positions : values) EXPECT_LT(positions.size(), all) << name;
  }
}

}  // namespace
}  // namespace assay
