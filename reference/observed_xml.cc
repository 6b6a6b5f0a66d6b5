#include <fmt/format.h>

#include <cstring>
#include <pugixml.hpp>

#include "reference/observed_body.h"

namespace assay {

using Kind = ObservedValue::Kind;

ObservedValue* FindTopLevel(ObservedAnswer& answer, std::string_view name) {
  if (name == "RequestId") return &answer.request_id;
  if (name == "NextToken") return &answer.next_token;
  if (name == "PageSize") return &answer.page_size;
  if (name == "PageNumber") return &answer.page_number;
  if (name == "TotalCount") return &answer.total_count;
  if (name == "Code") return &answer.code;
  if (name == "Message") return &answer.message;
  if (name == "HostId") return &answer.host_id;
  if (name == "Recommend") return &answer.recommend;
  return nullptr;
}

ObservedSnapshot& AddSnapshot(ObservedAnswer& answer) {
  if (answer.snapshot_count == answer.snapshots.size()) answer.snapshots.emplace_back();
  ObservedSnapshot& snapshot = answer.snapshots[answer.snapshot_count++];
  snapshot.fields.fill({});
  snapshot.tags.clear();
  snapshot.tags_kind = Kind::kAbsent;
  return snapshot;
}

namespace {

ObservedValue TextOf(const pugi::xml_node& node) {
  return {Kind::kText, std::string_view(node.child_value())};
}

void ReadTags(const pugi::xml_node& tags, ObservedSnapshot& snapshot) {
  snapshot.tags_kind = Kind::kObject;
  for (const pugi::xml_node& node : tags.children("Tag")) {
    ObservedTag tag;
    if (const auto key = node.child("TagKey")) tag.key = TextOf(key);
    if (const auto value = node.child("TagValue")) tag.value = TextOf(value);
    snapshot.tags.push_back(tag);
  }
}

void ReadSnapshot(const pugi::xml_node& node, ObservedAnswer& answer) {
  ObservedSnapshot& snapshot = AddSnapshot(answer);
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view name = child.name();
    if (name == "Tags") {
      ReadTags(child, snapshot);
    } else if (const FieldInfo* info = FindField(name)) {
      ObservedValue& at = snapshot.fields[static_cast<std::size_t>(info->field)];
      if (at.given()) {
        answer.problems.push_back({"encoding.json.unique_names"_rule, "each element once",
                                   fmt::format("the element {} twice", name), std::string(name)});
      }
      at = TextOf(child);
    }
  }
}

void ReadRoot(const pugi::xml_node& root, ObservedAnswer& answer) {
  const std::string_view name = root.name();
  if (name != "DescribeSnapshotsResponse" && name != "Error") {
    answer.problems.push_back({"encoding.xml.root"_rule,
                               "the root element DescribeSnapshotsResponse, or Error",
                               fmt::format("the root element {}", Excerpt(name)), ""});
  }
  for (const pugi::xml_node& child : root.children()) {
    if (std::string_view(child.name()) == "Snapshots") {
      answer.list_kind = Kind::kObject;
      answer.has_list = true;
      for (const pugi::xml_node& item : child.children("Snapshot")) ReadSnapshot(item, answer);
    } else if (ObservedValue* at = FindTopLevel(answer, child.name())) {
      *at = TextOf(child);
    }
  }
  answer.readable = true;
}

}  // namespace

struct XmlBodyReader::Document {
  pugi::xml_document document;
};

XmlBodyReader::XmlBodyReader() : document_(std::make_unique<Document>()) {}
XmlBodyReader::~XmlBodyReader() = default;

void XmlBodyReader::Read(std::string_view body, ObservedAnswer& answer) {
  // White space inside values counts; a body is at most a few megabytes, depth is not recursive here.
  const auto result = document_->document.load_buffer(
      body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
      pugi::encoding_utf8);
  const pugi::xml_node root = document_->document.document_element();
  if (!result || !root) {
    answer.problems.push_back(
        {"encoding.xml.well_formed"_rule, "a well-formed XML document",
         fmt::format("{} at offset {}: {}", result ? "no element" : result.description(),
                     result.offset, Excerpt(body)),
         ""});
    return;
  }
  ReadRoot(root, answer);
}

}  // namespace assay
