#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <pugixml.hpp>
#include <string>

#include "reference/observed_body.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// XML 1.0, section 2.2: of the control characters only these three may stand in a document.
bool HasForbiddenControl(std::string_view body) {
  return std::ranges::any_of(body, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
}

class Walker {
 public:
  // `texts` keeps the values that the document holds in several pieces.
  Walker(ObservedAnswer& answer, std::deque<std::string>& texts) : answer_(answer), texts_(texts) {}

  void Root(const pugi::xml_node& root) {
    const std::string_view name = root.name();
    if (name != "DescribeSnapshotsResponse" && name != "Error") {
      AddProblem(answer_, "encoding.xml.root"_rule,
                 "the root element DescribeSnapshotsResponse, or Error",
                 fmt::format("the root element {}", Excerpt(name)));
    }
    for (const pugi::xml_node& child : root.children()) {
      if (std::string_view(child.name()) == "Snapshots") {
        Snapshots(child);
      } else if (ObservedValue* at = FindTopLevel(answer_, child.name())) {
        Set(*at, child);
      }
    }
  }

 private:
  void Set(ObservedValue& at, const pugi::xml_node& node) {
    if (at.given()) AddRepeatedName(answer_, node.name());
    at = TextOf(node);
  }

  // The text of an element; comments and CDATA sections may cut it into pieces.
  ObservedValue TextOf(const pugi::xml_node& node) {
    const pugi::xml_node first = node.first_child();
    if (!first) return {Kind::kText, ""};
    if (!first.next_sibling() && first.type() != pugi::node_element) {
      return {Kind::kText, first.value()};
    }
    std::string text;
    for (const pugi::xml_node& piece : node.children()) {
      if (piece.type() == pugi::node_element) return {Kind::kObject, ""};
      text += piece.value();
    }
    return {Kind::kText, texts_.emplace_back(std::move(text))};
  }

  void Snapshots(const pugi::xml_node& node) {
    if (answer_.has_list) AddRepeatedName(answer_, "Snapshots");
    answer_.list_kind = Kind::kObject;
    answer_.has_list = true;
    for (const pugi::xml_node& item : node.children("Snapshot")) Snapshot(item);
  }

  void Snapshot(const pugi::xml_node& node) {
    ObservedSnapshot& snapshot = AddSnapshot(answer_);
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = child.name();
      if (name == "Tags") {
        Tags(child, snapshot);
      } else if (const FieldInfo* info = FindField(name)) {
        Set(snapshot.fields[static_cast<std::size_t>(info->field)], child);
      }
    }
  }

  void Tags(const pugi::xml_node& node, ObservedSnapshot& snapshot) {
    if (snapshot.tags_kind != Kind::kAbsent) AddRepeatedName(answer_, "Tags");
    snapshot.tags_kind = Kind::kObject;
    for (const pugi::xml_node& item : node.children("Tag")) {
      ObservedTag tag;
      if (const auto key = item.child("TagKey")) tag.key = TextOf(key);
      if (const auto value = item.child("TagValue")) tag.value = TextOf(value);
      AddTag(tag, snapshot, answer_);
    }
  }

  ObservedAnswer& answer_;
  std::deque<std::string>& texts_;
};

// The one root element, or nothing where there is another number of them, or text beside it.
pugi::xml_node OnlyElement(const pugi::xml_document& document) {
  pugi::xml_node root;
  for (const pugi::xml_node& node : document.children()) {
    const bool text = node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
    if (text && !IsBlank(node.value())) return {};
    if (node.type() != pugi::node_element) continue;
    if (root) return {};
    root = node;
  }
  return root;
}

}  // namespace

struct XmlBodyReader::Document {
  pugi::xml_document document;
  std::deque<std::string> texts;
};

XmlBodyReader::XmlBodyReader() : document_(std::make_unique<Document>()) {}
XmlBodyReader::~XmlBodyReader() = default;

void XmlBodyReader::Read(std::string_view body, ObservedAnswer& answer) {
  document_->texts.clear();
  // White space inside values counts. With parse_fragment, text beside the root element is seen.
  const pugi::xml_parse_result result = document_->document.load_buffer(
      body.data(), body.size(),
      pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_fragment,
      pugi::encoding_utf8);
  const pugi::xml_node root = OnlyElement(document_->document);
  const bool control = HasForbiddenControl(body);
  if (!result || !root || control) {
    AddProblem(answer, "encoding.xml.well_formed"_rule, "a well-formed XML document",
               fmt::format("{} at offset {}: {}",
                           control   ? "a control character"
                           : !result ? result.description()
                                     : "not one element",
                           result.offset, Excerpt(body)));
    return;
  }
  Walker(answer, document_->texts).Root(root);
  answer.readable = true;
}

}  // namespace assay
