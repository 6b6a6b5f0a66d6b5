#include "reference/describe_snapshots/render.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"

namespace assay {
namespace {

using Json = nlohmann::json;

RenderedList WholeRegion() {
  RenderedList list;
  list.listed = TestDataset().by_region.at("cn-hangzhou");
  list.total = 181;
  list.page_number = 1;
  list.page_size = 200;
  list.next_token = "a\"b<&";
  list.request_id = "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E";
  return list;
}

std::string Rendered(const RenderedList& list, bool xml, Pairs pins = {}) {
  FixedReading choices(Pins(pins));
  return RenderList(list, TestDataset(), xml, choices);
}

// A list of one snapshot that satisfies `wanted`.
template <typename Wanted>
RenderedList OneThat(const Wanted& wanted) {
  RenderedList list;
  for (std::uint32_t i = 0; i < TestDataset().snapshots.size() && list.listed.empty(); ++i) {
    if (wanted(TestDataset().snapshots[i])) list.listed = {i};
  }
  return list;
}

Json Item(const RenderedList& list, Pairs pins = {}) {
  return Json::parse(Rendered(list, false, pins))["Snapshots"]["Snapshot"][0];
}

TEST(RenderList, WritesJsonThatReadsBackToTheState) {
  const RenderedList list = WholeRegion();
  const std::string text = Rendered(list, false);
  EXPECT_EQ(text.find('\n'), std::string::npos) << "one line, as the service writes it";
  const Json body = Json::parse(text);
  EXPECT_EQ(body["RequestId"], list.request_id);
  EXPECT_EQ(body["TotalCount"], 181);
  EXPECT_EQ(body["PageNumber"], 1);
  EXPECT_EQ(body["PageSize"], 200);
  EXPECT_EQ(body["NextToken"], "a\"b<&");
  const Json& items = body["Snapshots"]["Snapshot"];
  ASSERT_EQ(items.size(), list.listed.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Snapshot& snapshot = TestDataset().snapshots[list.listed[i]];
    for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) {
      const FieldInfo& info = kFields[f];
      if (!snapshot.Has(info.field)) continue;
      const Json& value = items[i][std::string(info.name)];
      const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
      EXPECT_EQ(shown, snapshot[info.field]) << info.name;
    }
    const Json& tags = items[i]["Tags"]["Tag"];
    ASSERT_EQ(tags.size(), snapshot.tags.size());
    for (std::size_t t = 0; t < tags.size(); ++t) {
      EXPECT_EQ(tags[t]["TagKey"], snapshot.tags[t].key);
      EXPECT_EQ(tags[t]["TagValue"], snapshot.tags[t].value);
    }
    EXPECT_FALSE(items[i].contains("InstanceId"));
    EXPECT_FALSE(items[i].contains("RegionId"));
    EXPECT_FALSE(items[i].contains("SnapshotLinkId"));
  }
}

TEST(RenderList, WritesXmlThatReadsBackToTheState) {
  const RenderedList list = WholeRegion();
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(Rendered(list, true).c_str(),
                                   pugi::parse_default | pugi::parse_ws_pcdata_single));
  const pugi::xml_node root = document.document_element();
  EXPECT_EQ(std::string(root.name()), "DescribeSnapshotsResponse");
  EXPECT_EQ(std::string(root.child_value("TotalCount")), "181");
  EXPECT_EQ(std::string(root.child_value("NextToken")), "a\"b<&");
  std::size_t i = 0;
  for (const pugi::xml_node& item : root.child("Snapshots").children("Snapshot")) {
    ASSERT_LT(i, list.listed.size());
    const Snapshot& snapshot = TestDataset().snapshots[list.listed[i++]];
    for (std::size_t f = 0; f < kDocumentedFieldCount; ++f) {
      const FieldInfo& info = kFields[f];
      if (!snapshot.Has(info.field)) continue;
      EXPECT_EQ(item.child_value(std::string(info.name).c_str()), snapshot[info.field]);
    }
    std::size_t t = 0;
    for (const pugi::xml_node& tag : item.child("Tags").children("Tag")) {
      ASSERT_LT(t, snapshot.tags.size());
      EXPECT_EQ(tag.child_value("TagKey"), snapshot.tags[t].key);
      EXPECT_EQ(tag.child_value("TagValue"), snapshot.tags[t++].value);
    }
    EXPECT_EQ(t, snapshot.tags.size());
  }
  EXPECT_EQ(i, list.listed.size());
}

TEST(RenderList, LeavesOutWhatIsNotSet) {
  const Json body = Json::parse(Rendered({}, false));
  for (const char* name : {"TotalCount", "PageNumber", "PageSize", "NextToken"}) {
    EXPECT_FALSE(body.contains(name)) << name;
  }
  EXPECT_EQ(body["Snapshots"]["Snapshot"], Json::array());
  RenderedList empty_token;
  empty_token.next_token = "";
  EXPECT_EQ(Json::parse(Rendered(empty_token, false))["NextToken"], "");
}

TEST(RenderList, TakesTheFormOfEachScalarFromTheReading) {
  const RenderedList list = OneThat([](const Snapshot&) { return true; });
  EXPECT_TRUE(Item(list, {{"form.source_disk_size", "number"}})["SourceDiskSize"].is_number());
  EXPECT_TRUE(Item(list, {{"form.source_disk_size", "string"}})["SourceDiskSize"].is_string());
  EXPECT_TRUE(Item(list, {{"form.available", "boolean"}})["Available"].is_boolean());
  EXPECT_TRUE(Item(list, {{"form.available", "string"}})["Available"].is_string());
  EXPECT_TRUE(Item(list)["Encrypted"].is_boolean());
  const RenderedList automatic =
      OneThat([](const Snapshot& s) { return s[Field::kSnapshotType] == "auto"; });
  EXPECT_EQ(Item(automatic, {{"form.automatic_snapshot_type", "auto"}})["SnapshotType"], "auto");
  EXPECT_EQ(Item(automatic, {{"form.automatic_snapshot_type", "timer"}})["SnapshotType"], "timer");
}

TEST(RenderList, TakesTheFormOfEachUnsetTextFromTheReading) {
  for (const auto& [question, field] : std::vector<std::pair<std::string, Field>>{
           {"form.unset.snapshot_name", Field::kSnapshotName},
           {"form.unset.description", Field::kDescription},
           {"form.unset.kms_key_id", Field::kKMSKeyId},
           {"form.unset.snapshot_sn", Field::kSnapshotSN},
           {"form.unset.product_code", Field::kProductCode},
           {"form.unset.source_snapshot_id", Field::kSourceSnapshotId},
           {"form.unset.source_region_id", Field::kSourceRegionId},
           {"form.unset.source_storage_type", Field::kSourceStorageType}}) {
    const Field unset = field;
    const RenderedList list = OneThat([&](const Snapshot& s) { return !s.Has(unset); });
    const std::string name(kFields[static_cast<std::size_t>(field)].name);
    EXPECT_EQ(Item(list, {{question, "empty_string"}})[name], "") << name;
    EXPECT_FALSE(Item(list, {{question, "absent"}}).contains(name)) << name;
  }
  const RenderedList no_days =
      OneThat([](const Snapshot& s) { return !s.Has(Field::kRetentionDays); });
  EXPECT_FALSE(Item(no_days).contains("RetentionDays"));
  const RenderedList no_tags = OneThat([](const Snapshot& s) { return s.tags.empty(); });
  EXPECT_EQ(Item(no_tags, {{"form.no_tags", "empty_list"}})["Tags"]["Tag"], Json::array());
  EXPECT_FALSE(Item(no_tags, {{"form.no_tags", "absent"}}).contains("Tags"));
}

TEST(RenderError, WritesTheEnvelopeInBothFormats) {
  const RenderedError error{404, "InvalidUsage", "The \"specifed\" <Usage> & so on.", "host",
                            "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"};
  const Json json = Json::parse(RenderError(error, false));
  EXPECT_EQ(json["Code"], error.code);
  EXPECT_EQ(json["Message"], error.message);
  EXPECT_EQ(json["HostId"], error.host_id);
  EXPECT_EQ(json["RequestId"], error.request_id);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(RenderError(error, true).c_str()));
  const pugi::xml_node root = document.document_element();
  EXPECT_EQ(std::string(root.name()), "Error");
  EXPECT_EQ(root.child_value("Message"), error.message);
  EXPECT_EQ(root.child_value("Code"), error.code);
}

TEST(DescribeRefusal, NamesTheParameterInTexts) {
  const Catalogue& catalogue = Catalogue::Get();
  const RenderedError parameter =
      DescribeRefusal({.error = catalogue.FindError("InvalidParameter"), .subject = "PageSize"});
  EXPECT_EQ(parameter.status, 400);
  EXPECT_EQ(parameter.message, "The specified parameter \"PageSize\" is not valid.");
  const RenderedError usage = DescribeRefusal({.error = catalogue.FindError("InvalidUsage")});
  EXPECT_EQ(usage.status, 404);
  EXPECT_EQ(usage.message, catalogue.FindError("InvalidUsage")->message);
  EXPECT_EQ(DescribeRefusal({.any_code = true, .subject = "X"}).code, "InvalidParameter");
}

}  // namespace
}  // namespace assay
