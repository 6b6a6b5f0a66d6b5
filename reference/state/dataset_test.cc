#include "reference/state/dataset.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "spec/text/time.h"

namespace assay {
namespace {

using Json = nlohmann::json;

// Two snapshots with every field set on the first one and none of the optional ones on the second.
Json SmallDataset() {
  return Json::parse(R"json({
    "format": "assay-dataset/1", "regions": ["cn-hangzhou", "cn-beijing"],
    "default_resource_group": "rg-default", "snapshot_links": ["sl-1", "sl-2"],
    "snapshots": [
      {"SnapshotId": "s-1", "SnapshotName": "名 \"one\"\\", "Description": "d", "Status": "failed",
       "Progress": "7%", "CreationTime": "2024-02-29T23:59:59Z",
       "LastModifiedTime": "2024-03-01T00:00:00Z", "SourceDiskId": "d-1", "SourceDiskSize": 40,
       "SourceDiskType": "system", "SourceStorageType": "disk", "SnapshotType": "auto",
       "Usage": "image_disk", "Category": "flash", "Encrypted": true, "InstantAccess": true,
       "Available": false, "InstantAccessRetentionDays": 1, "RetentionDays": 65536, "RemainTime": 0,
       "KMSKeyId": "k", "ResourceGroupId": "rg-default", "SnapshotSN": "sn", "ProductCode": "p",
       "SourceSnapshotId": "s-0", "SourceRegionId": "cn-beijing", "RegionId": "cn-hangzhou",
       "SnapshotLinkId": "sl-1", "InstanceId": "i-1",
       "Tags": [{"TagKey": "a", "TagValue": ""}, {"TagKey": "A", "TagValue": "b"}]},
      {"SnapshotId": "s-2", "Status": "accomplished", "Progress": "100%",
       "CreationTime": "2025-01-01T00:00:00Z", "LastModifiedTime": "2025-01-01T00:00:00Z",
       "SourceDiskId": "d-1", "SourceDiskSize": 20, "SourceDiskType": "data",
       "SnapshotType": "user", "Usage": "none", "Category": "standard", "Encrypted": false,
       "InstantAccess": false, "Available": true, "ResourceGroupId": "rg-2",
       "RegionId": "cn-hangzhou", "SnapshotLinkId": "sl-2", "Tags": []}]})json");
}

std::string ErrorOf(std::string_view text) {
  const Result<Dataset> dataset = ParseDataset(text, "F");
  return dataset ? "no error" : dataset.error().Text();
}

TEST(DatasetTest, EveryFieldIsRead) {
  const Result<Dataset> dataset = ParseDataset(SmallDataset().dump(), "F");
  ASSERT_TRUE(dataset) << dataset.error().Text();
  EXPECT_EQ(dataset->regions, (std::vector<std::string>{"cn-hangzhou", "cn-beijing"}));
  EXPECT_EQ(dataset->default_resource_group, "rg-default");
  EXPECT_EQ(dataset->snapshot_links, (std::vector<std::string>{"sl-1", "sl-2"}));
  ASSERT_EQ(dataset->snapshots.size(), 2U);
  const Snapshot& first = dataset->snapshots[0];
  const Json source = SmallDataset()["snapshots"][0];
  for (const FieldInfo& info : kFields) {
    const Json& value = source[std::string(info.name)];
    EXPECT_TRUE(first.Has(info.field)) << info.name;
    EXPECT_EQ(first[info.field], value.is_string() ? value.get<std::string>() : value.dump());
  }
  EXPECT_EQ(first.tags, (std::vector<Tag>{{"a", ""}, {"A", "b"}}));
  EXPECT_EQ(first.creation_time, 1709251199);
}

TEST(DatasetTest, AnOptionalFieldThatIsAbsentStaysUnset) {
  const Result<Dataset> dataset = ParseDataset(SmallDataset().dump(), "F");
  ASSERT_TRUE(dataset);
  for (const FieldInfo& info : kFields) {
    EXPECT_EQ(dataset->snapshots[1].Has(info.field), info.required) << info.name;
  }
  EXPECT_TRUE(dataset->snapshots[1].tags.empty());
}

TEST(DatasetTest, TheFieldTableIsInTheOrderOfTheFields) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kFields[i].field), i);
    EXPECT_EQ(FindField(kFields[i].name), &kFields[i]);
  }
  EXPECT_EQ(FindField("snapshotId"), nullptr);
  EXPECT_EQ(FindField("Tags"), nullptr);
}

TEST(DatasetTest, TheIndexesSurviveAMove) {
  Result<Dataset> read = ParseDataset(SmallDataset().dump(), "F");
  ASSERT_TRUE(read);
  const Dataset moved = *std::move(read);
  EXPECT_EQ(moved.by_id.at("s-1"), 0U);
  EXPECT_EQ(moved.by_id.at("s-2"), 1U);
  EXPECT_EQ(moved.by_region.at("cn-hangzhou"), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_TRUE(moved.by_region.at("cn-beijing").empty());
  for (const auto& [id, position] : moved.by_id) {
    EXPECT_EQ(id.data(), moved.snapshots[position][Field::kSnapshotId].data());
  }
}

TEST(DatasetTest, TextIsReadBackToTheSameText) {
  const Result<Dataset> first = ParseDataset(SmallDataset().dump(), "F");
  ASSERT_TRUE(first);
  const std::string text = DatasetText(*first);
  EXPECT_EQ(Json::parse(text), SmallDataset());
  const Result<Dataset> second = ParseDataset(text, "F");
  ASSERT_TRUE(second) << second.error().Text();
  EXPECT_EQ(DatasetText(*second), text);
}

TEST(DatasetTest, TextHoldsOneSnapshotALine) {
  const Result<Dataset> dataset = ParseDataset(SmallDataset().dump(), "F");
  ASSERT_TRUE(dataset);
  const std::string text = DatasetText(*dataset);
  EXPECT_NE(text.find("\n  {\"SnapshotId\": \"s-1\""), std::string::npos);
  EXPECT_NE(text.find("},\n  {\"SnapshotId\": \"s-2\""), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8);
}

TEST(DatasetTest, ControlCharactersAreEscapedInTheText) {
  Json json = SmallDataset();
  json["snapshots"][0]["Description"] = "\x01\n\t\x7f";
  const Result<Dataset> dataset = ParseDataset(json.dump(), "F");
  ASSERT_TRUE(dataset) << dataset.error().Text();
  EXPECT_EQ(Json::parse(DatasetText(*dataset)), json);
}

// An edit of SmallDataset() and the error that it must bring.
struct Edit {
  const char* name;
  const char* pointer;  // JSON pointer of the value that is set; "-" before it removes
  const char* value;
  const char* error;
};

class DatasetEditTest : public testing::TestWithParam<Edit> {};

TEST_P(DatasetEditTest, NamesPlaceAndMend) {
  Json json = SmallDataset();
  const std::string pointer = GetParam().pointer;
  if (pointer.front() == '-') {
    const Json::json_pointer at(pointer.substr(1));
    json[at.parent_pointer()].erase(at.back());
  } else {
    json[Json::json_pointer(pointer)] = Json::parse(GetParam().value);
  }
  EXPECT_EQ(ErrorOf(json.dump()), GetParam().error);
}

constexpr const char* kTimeError =
    " is not a time that exists in the form yyyy-MM-ddTHH:mm:ssZ; write a time in UTC such as "
    "\"2024-02-29T23:59:59Z\"";
const std::string kNoSuchDay =
    std::string("F: snapshots[1].CreationTime: \"2023-02-29T00:00:00Z\"") + kTimeError;
const std::string kNoSeconds =
    std::string("F: snapshots[1].LastModifiedTime: \"2023-02-28T00:00Z\"") + kTimeError;

INSTANTIATE_TEST_SUITE_P(
    Edits, DatasetEditTest,
    testing::Values(
        Edit{"OtherFormat", "/format", R"("assay-dataset/2")",
             "F: format: \"assay-dataset/2\" is not a format that this program reads; write "
             "\"assay-dataset/1\""},
        Edit{"FormatMissing", "-/format", "",
             "F: format: the key is missing; write "
             "\"assay-dataset/1\""},
        Edit{"RegionsMissing", "-/regions", "",
             "F: regions: the key is missing; write an array of strings"},
        Edit{"SnapshotsMissing", "-/snapshots", "",
             "F: snapshots: the key is missing; write an array of objects, one for each snapshot"},
        Edit{"GroupMissing", "-/default_resource_group", "",
             "F: default_resource_group: the key is missing; write a non-empty string"},
        Edit{"LinksMissing", "-/snapshot_links", "",
             "F: snapshot_links: the key is missing; write an array of strings"},
        Edit{"RegionsAreText", "/regions", R"("cn-hangzhou")",
             "F: regions: \"cn-hangzhou\" is not an array; write an array of strings"},
        Edit{"SnapshotsAreAnObject", "/snapshots", "{}",
             "F: snapshots: an object is not an array; write an array of objects, one for each "
             "snapshot"},
        Edit{"RegionIsANumber", "/regions/1", "7",
             "F: regions[1]: 7 is not a non-empty string; write a non-empty string"},
        Edit{"RegionTwice", "/regions/1", R"("cn-hangzhou")",
             "F: regions[1]: \"cn-hangzhou\" is also regions[0]; remove one of the two"},
        Edit{"LinkTwice", "/snapshot_links/1", R"("sl-1")",
             "F: snapshot_links[1]: \"sl-1\" is also snapshot_links[0]; remove one of the two"},
        Edit{"UnknownTopKey", "/instances", "[]",
             "F: instances: unknown key; did you mean \"regions\"? Correct or remove it"},
        Edit{"SnapshotIsText", "/snapshots/1", R"("s-1")",
             "F: snapshots[1]: \"s-1\" is not an object; write an object with the fields of one "
             "snapshot"},
        Edit{"KeyInOtherLetters", "/snapshots/1/snapshotName", R"("x")",
             "F: snapshots[1].snapshotName: unknown key; did you mean \"SnapshotName\"? Correct "
             "or remove it"},
        Edit{"RequiredMissing", "-/snapshots/1/Progress", "",
             "F: snapshots[1].Progress: the key is missing; write \"0%\" to \"100%\""},
        Edit{"TagsMissing", "-/snapshots/1/Tags", "",
             "F: snapshots[1].Tags: the key is missing; write [] if there are none"},
        Edit{"IdTwice", "/snapshots/1/SnapshotId", R"("s-1")",
             "F: snapshots[1].SnapshotId: \"s-1\" is also the id of snapshots[0]; give each "
             "snapshot its own id"},
        Edit{"UnknownRegion", "/snapshots/1/RegionId", R"("cn-nowhere")",
             "F: snapshots[1].RegionId: \"cn-nowhere\" is not in regions; add it there, or correct "
             "it"},
        Edit{"UnknownLink", "/snapshots/1/SnapshotLinkId", R"("sl-3")",
             "F: snapshots[1].SnapshotLinkId: \"sl-3\" is not in snapshot_links; add it there, or "
             "correct it"},
        Edit{"ProgressAboveHundred", "/snapshots/1/Progress", R"("101%")",
             "F: snapshots[1].Progress: \"101%\" is not a percentage; write \"0%\" to \"100%\""},
        Edit{"ProgressWithoutSign", "/snapshots/1/Progress", R"("100")",
             "F: snapshots[1].Progress: \"100\" is not a percentage; write \"0%\" to \"100%\""},
        Edit{"ProgressWithZeros", "/snapshots/1/Progress", R"("007%")",
             "F: snapshots[1].Progress: \"007%\" is not a percentage; write \"0%\" to \"100%\""},
        Edit{"ProgressIsANumber", "/snapshots/1/Progress", "100",
             "F: snapshots[1].Progress: 100 is not a percentage; write \"0%\" to \"100%\""},
        Edit{"NoSuchDay", "/snapshots/1/CreationTime", R"("2023-02-29T00:00:00Z")",
             kNoSuchDay.c_str()},
        Edit{"NoSeconds", "/snapshots/1/LastModifiedTime", R"("2023-02-28T00:00Z")",
             kNoSeconds.c_str()},
        Edit{"UnknownStatus", "/snapshots/1/Status", R"("all")",
             "F: snapshots[1].Status: \"all\" is not a status; write \"progressing\", "
             "\"accomplished\" or \"failed\""},
        Edit{"EmptyStatus", "/snapshots/1/Status", R"("")",
             "F: snapshots[1].Status: \"\" is not a status; write \"progressing\", "
             "\"accomplished\" or \"failed\""},
        Edit{"UnknownDiskType", "/snapshots/1/SourceDiskType", R"("System")",
             "F: snapshots[1].SourceDiskType: \"System\" is not a disk type; write \"system\" or "
             "\"data\""},
        Edit{"UnknownSnapshotType", "/snapshots/1/SnapshotType", R"("timer")",
             "F: snapshots[1].SnapshotType: \"timer\" is not a snapshot type; write \"auto\" or "
             "\"user\""},
        Edit{"UnknownUsage", "/snapshots/1/Usage", R"("mage_disk")",
             "F: snapshots[1].Usage: \"mage_disk\" is not a usage; write \"image\", \"disk\", "
             "\"image_disk\" or \"none\""},
        Edit{"UnknownCategory", "/snapshots/1/Category", R"("archive")",
             "F: snapshots[1].Category: \"archive\" is not a category; write \"standard\" or "
             "\"flash\""},
        Edit{"SizeIsText", "/snapshots/1/SourceDiskSize", R"("40")",
             "F: snapshots[1].SourceDiskSize: \"40\" is not an integer from 0 to 2147483647; write "
             "a whole number from 0 to 2147483647, without quotes"},
        Edit{"SizeIsNegative", "/snapshots/1/SourceDiskSize", "-1",
             "F: snapshots[1].SourceDiskSize: -1 is not an integer from 0 to 2147483647; write "
             "a whole number from 0 to 2147483647, without quotes"},
        Edit{"SizeIsAFraction", "/snapshots/1/SourceDiskSize", "1.5",
             "F: snapshots[1].SourceDiskSize: 1.5 is not an integer from 0 to 2147483647; write "
             "a whole number from 0 to 2147483647, without quotes"},
        Edit{"SizeBeyond32Bits", "/snapshots/1/SourceDiskSize", "2147483648",
             "F: snapshots[1].SourceDiskSize: 2147483648 is not an integer from 0 to 2147483647; "
             "write a whole number from 0 to 2147483647, without quotes"},
        Edit{"BooleanIsText", "/snapshots/1/Encrypted", R"("false")",
             "F: snapshots[1].Encrypted: \"false\" is not a boolean; write true or false, without "
             "quotes"},
        Edit{"OptionalIsNull", "/snapshots/1/SnapshotName", "null",
             "F: snapshots[1].SnapshotName: null is not a non-empty string; write a non-empty "
             "string, or leave the key out if it is unset"},
        Edit{"OptionalIsEmpty", "/snapshots/1/InstanceId", R"("")",
             "F: snapshots[1].InstanceId: \"\" is not a non-empty string; write a non-empty "
             "string, or leave the key out if it is unset"},
        Edit{"FieldIsAnArray", "/snapshots/1/SnapshotId", R"(["s-1"])",
             "F: snapshots[1].SnapshotId: an array is not a non-empty string; write a non-empty "
             "string"},
        Edit{"TagsAreAnObject", "/snapshots/1/Tags", R"({"Tag": []})",
             "F: snapshots[1].Tags: an object is not an array; write an array of "
             "{\"TagKey\": …, \"TagValue\": …}"},
        Edit{"TagsAreNull", "/snapshots/1/Tags", "null",
             "F: snapshots[1].Tags: null is not an array; write an array of "
             "{\"TagKey\": …, \"TagValue\": …}"},
        Edit{"TagIsText", "/snapshots/0/Tags/1", R"("a=b")",
             "F: snapshots[0].Tags[1]: \"a=b\" is not an object; write "
             "{\"TagKey\": …, \"TagValue\": …}"},
        Edit{"TagKeyTwice", "/snapshots/0/Tags/1/TagKey", R"("a")",
             "F: snapshots[0].Tags[1].TagKey: \"a\" is also the key of Tags[0]; give each tag its "
             "own key"},
        Edit{"TagKeyEmpty", "/snapshots/0/Tags/1/TagKey", R"("")",
             "F: snapshots[0].Tags[1].TagKey: \"\" is not a non-empty string; write a non-empty "
             "string"},
        Edit{"TagValueIsANumber", "/snapshots/0/Tags/1/TagValue", "1",
             "F: snapshots[0].Tags[1].TagValue: 1 is not a string; write a string; it may be "
             "empty"},
        Edit{"TagValueMissing", "-/snapshots/0/Tags/1/TagValue", "",
             "F: snapshots[0].Tags[1].TagValue: the key is missing; write a string; it may be "
             "empty"},
        Edit{"TagKeyUnknown", "/snapshots/0/Tags/1/Key", R"("b")",
             "F: snapshots[0].Tags[1].Key: unknown key; did you mean \"TagKey\"? Correct or "
             "remove it"}),
    [](const testing::TestParamInfo<Edit>& edit) { return edit.param.name; });

// What JSON's own form can get wrong, as text.
TEST(DatasetTest, AKeyThatIsGivenTwiceIsNamed) {
  EXPECT_EQ(ErrorOf(R"({"format": "assay-dataset/1", "format": "assay-dataset/1"})"),
            "F: format: the key is given twice in one object; remove one of the two");
  EXPECT_EQ(ErrorOf(R"({"snapshots": [{"Status": "failed", "Status": "failed"}]})"),
            "F: snapshots[0].Status: the key is given twice in one object; remove one of the two");
  EXPECT_EQ(ErrorOf(R"({"snapshots": [{"Tags": [], "Tags": []}]})"),
            "F: snapshots[0].Tags: the key is given twice in one object; remove one of the two");
  EXPECT_EQ(ErrorOf(R"({"snapshots": [{"Tags": [{"TagKey": "a", "TagKey": "a"}]}]})"),
            "F: snapshots[0].Tags[0].TagKey: the key is given twice in one object; remove one of "
            "the two");
}

TEST(DatasetTest, ATwentyFirstTagIsRefused) {
  Json json = SmallDataset();
  Json& tags = json["snapshots"][1]["Tags"];
  for (int i = 0; i < 20; ++i) tags.push_back({{"TagKey", std::to_string(i)}, {"TagValue", ""}});
  EXPECT_EQ(ErrorOf(json.dump()), "no error");
  tags.push_back({{"TagKey", "20"}, {"TagValue", ""}});
  EXPECT_EQ(ErrorOf(json.dump()),
            "F: snapshots[1].Tags: a snapshot has at most 20 tags; remove the rest");
}

TEST(DatasetTest, TextThatIsNoJsonIsNamedByLineAndColumn) {
  EXPECT_EQ(ErrorOf("{\"regions\": [\"é\",\n \"b\" x"),
            "F: line 2, column 6: this is not JSON (parsing array - invalid literal; expected "
            "']'); correct it here or just before");
  EXPECT_EQ(ErrorOf("SnapshotId,Status\n").substr(0, 38), "F: line 1, column 1: this is not JSON ");
  EXPECT_EQ(ErrorOf("{\"regions\": [").substr(0, 39), "F: line 1, column 14: this is not JSON ");
  EXPECT_EQ(ErrorOf("{\"regions\": [1e999").find("F: line 1, column 18: this is not JSON"), 0U);
  EXPECT_EQ(ErrorOf(SmallDataset().dump() + " {}").find("F: line 1, column "), 0U);
  EXPECT_EQ(ErrorOf(R"({"regions": ["\ud800"]})").find("F: line 1, column "), 0U);
}

TEST(DatasetTest, BytesThatAreNotUtf8AreNamedByLineAndColumn) {
  EXPECT_EQ(ErrorOf("{\"regions\":\n[\"\xC3\xA9\xFF\"]}"),
            "F: line 2, column 4: the bytes here are not UTF-8; save the file in UTF-8");
  EXPECT_EQ(ErrorOf("{\"regions\":\n[\"\xC0\x80\"]}"),
            "F: line 2, column 3: the bytes here are not UTF-8; save the file in UTF-8");
}

TEST(DatasetTest, AnythingButAnObjectIsRefused) {
  constexpr const char* kMend =
      " is not an object; write one JSON object that begins {\"format\": \"assay-dataset/1\", …}";
  EXPECT_EQ(ErrorOf("[]"), std::string("F: an array") + kMend);
  EXPECT_EQ(ErrorOf("null"), std::string("F: null") + kMend);
  EXPECT_EQ(ErrorOf("\"assay-dataset/1\""), std::string("F: \"assay-dataset/1\"") + kMend);
}

TEST(DatasetTest, AnEmptyTextIsRefused) {
  const std::string error =
      "F: the file is empty; write one JSON object that begins "
      "{\"format\": \"assay-dataset/1\", …}";
  EXPECT_EQ(ErrorOf(""), error);
  EXPECT_EQ(ErrorOf(" \n\t\r\n"), error);
}

TEST(DatasetTest, DeepNestingIsAnErrorAndNoCrash) {
  const std::string deep(10'000'000, '[');
  EXPECT_EQ(ErrorOf("{\"regions\": " + deep).substr(0, 25), "F: regions[0]: an array i");
  EXPECT_EQ(ErrorOf("{\"snapshots\": [{\"Tags\": [" + deep).substr(0, 33),
            "F: snapshots[0].Tags[0]: an array");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"regions\":";
  EXPECT_EQ(ErrorOf(objects).substr(0, 22), "F: regions: an object ");
}

TEST(DatasetTest, ALongValueIsCutBetweenCharactersInAnError) {
  Json json = SmallDataset();
  std::string value;
  for (int i = 0; i < 1000; ++i) value += "盘";
  json["snapshots"][0]["Status"] = "a" + value;
  const std::string error = ErrorOf(json.dump());
  EXPECT_LT(error.size(), 250U);
  EXPECT_NE(error.find("盘…\" is not a status"), std::string::npos) << error;
}

TEST(DatasetTest, ALongUnknownKeyIsCut) {
  const std::string error = ErrorOf("{\"" + std::string(1'000'000, 'x') + "\": 1}");
  EXPECT_LT(error.size(), 250U);
  EXPECT_NE(error.find("unknown key"), std::string::npos);
}

TEST(DatasetTest, AByteOrderMarkIsRead) {
  EXPECT_EQ(ErrorOf("\xEF\xBB\xBF" + SmallDataset().dump()), "no error");
}

class DatasetFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const std::string name =
        testing::TempDir() + "/assay_dataset_test." + std::to_string(getpid()) + ".json";
    std::ofstream(name, std::ios::binary) << text;
    written_ = name;
    return name;
  }
  void TearDown() override {
    if (!written_.empty()) std::filesystem::remove(written_);
  }

 private:
  std::string written_;
};

TEST_F(DatasetFileTest, AFileIsRead) {
  const Result<Dataset> dataset = LoadDataset(Write(SmallDataset().dump()));
  ASSERT_TRUE(dataset) << dataset.error().Text();
  EXPECT_EQ(dataset->snapshots.size(), 2U);
}

TEST_F(DatasetFileTest, AnErrorNamesTheFile) {
  const std::string file = Write("");
  const Result<Dataset> dataset = LoadDataset(file);
  ASSERT_FALSE(dataset);
  EXPECT_EQ(dataset.error().where, file);
  EXPECT_EQ(dataset.error().exit, ExitCode::kBadUsage);
}

TEST_F(DatasetFileTest, AMissingFileIsAnError) {
  const Result<Dataset> dataset = LoadDataset(testing::TempDir() + "/no_such_file.json");
  ASSERT_FALSE(dataset);
  EXPECT_NE(dataset.error().Text().find("no_such_file.json: the dataset cannot be read (No such "
                                        "file or directory)"),
            std::string::npos);
}

TEST_F(DatasetFileTest, ADirectoryIsAnError) {
  const Result<Dataset> dataset = LoadDataset(testing::TempDir());
  ASSERT_FALSE(dataset);
  EXPECT_EQ(dataset.error().what, "this is a directory; name a dataset file in it");
}

TEST(TimeTest, EveryTimeIsReadBack) {
  const std::pair<const char*, std::int64_t> times[] = {
      {"1970-01-01T00:00:00Z", 0},          {"1969-12-31T23:59:59Z", -1},
      {"1999-12-31T23:59:59Z", 946684799},  {"2000-02-29T12:00:00Z", 951825600},
      {"2024-02-29T23:59:59Z", 1709251199}, {"2024-03-01T00:00:00Z", 1709251200},
      {"2025-12-31T23:59:59Z", 1767225599}, {"9999-12-31T23:59:59Z", 253402300799}};
  for (const auto& [text, expected] : times) {
    std::int64_t seconds = 7;
    EXPECT_TRUE(ParseTime(text, &seconds)) << text;
    EXPECT_EQ(seconds, expected) << text;
    EXPECT_EQ(FormatTime(expected), text);
  }
}

TEST(TimeTest, TextThatIsNoTimeIsRefused) {
  for (const char* text : {"",
                           "2023-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2024-02-30T00:00:00Z",
                           "2024-04-31T00:00:00Z",
                           "2024-00-01T00:00:00Z",
                           "2024-13-01T00:00:00Z",
                           "2024-01-00T00:00:00Z",
                           "2024-01-32T00:00:00Z",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T23:60:00Z",
                           "2024-01-01T23:59:60Z",
                           "2024-01-01T00:00Z",
                           "2024-01-01",
                           "2024-01-01T00:00:00",
                           "2024-01-01T00:00:00Z ",
                           " 2024-01-01T00:00:00Z",
                           "2024-01-01T00:00:00ZZ",
                           "2024-01-01T00:00:00z",
                           "2024-01-01t00:00:00Z",
                           "2024-01-01 00:00:00Z",
                           "2024-01-01T00:00:00+00:00",
                           "2024-1-01T000:00:00Z",
                           "+024-01-01T00:00:00Z",
                           "2024-01-01T-1:00:00Z",
                           "2024/01/01T00:00:00Z"}) {
    std::int64_t seconds = 7;
    EXPECT_FALSE(ParseTime(text, &seconds)) << text;
    EXPECT_EQ(seconds, 7) << text;
  }
}

}  // namespace
}  // namespace assay
