#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <deque>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <utility>

#include "reference/answer/observed_body.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;

// Says whether a document is well-formed, which the parser that reads the values does not check,
// and notes the encoding that its declaration names. The octets count as UTF-8 all the same.
class StrictCheck {
 public:
  StrictCheck() : parser_(XML_ParserCreate("UTF-8"), XML_ParserFree) {}

  // What is wrong, and where; nothing if it is well-formed.
  std::optional<std::string> Run(std::string_view body) {
    encoding.clear();
    has_doctype = false;
    too_much_.clear();
    elements_ = depth_ = 0;
    XML_Parser parser = parser_.get();
    XML_ParserReset(parser, "UTF-8");
    XML_SetUserData(parser, this);
    XML_SetXmlDeclHandler(parser, [](void* self, const char*, const char* name, int) {
      if (name) static_cast<StrictCheck*>(self)->encoding = name;
    });
    XML_SetStartDoctypeDeclHandler(parser,
                                   [](void* self, const char*, const char*, const char*, int) {
                                     static_cast<StrictCheck*>(self)->has_doctype = true;
                                     static_cast<StrictCheck*>(self)->Stop("a document type");
                                   });
    XML_SetElementHandler(
        parser,
        [](void* self, const char*, const char** attributes) {
          static_cast<StrictCheck*>(self)->Begin(attributes);
        },
        [](void* self, const char*) { --static_cast<StrictCheck*>(self)->depth_; });
    const int size = static_cast<int>(std::min<std::size_t>(body.size(), INT_MAX));
    if (XML_Parse(parser, body.data(), size, XML_TRUE) == XML_STATUS_OK) return std::nullopt;
    if (!too_much_.empty()) {
      return fmt::format("{} at offset {}", too_much_, XML_GetCurrentByteIndex(parser));
    }
    return fmt::format("{} at offset {}", XML_ErrorString(XML_GetErrorCode(parser)),
                       XML_GetCurrentByteIndex(parser));
  }

  std::string encoding;  // "" if none is named
  bool has_doctype = false;

 private:
  // More than any answer has: what is read into memory takes many times the room of the text.
  static constexpr int kDeepest = 200, kMostElements = 200'000, kMostAttributes = 100;

  void Stop(std::string why) {
    if (too_much_.empty()) too_much_ = std::move(why);
    XML_StopParser(parser_.get(), XML_FALSE);
  }
  void Begin(const char** attributes) {
    if (++depth_ > kDeepest) Stop(fmt::format("elements nested more than {} deep", kDeepest));
    if (++elements_ > kMostElements) Stop(fmt::format("more than {} elements", kMostElements));
    int pieces = 0;  // name and value in turn
    while (attributes[pieces] && pieces <= 2 * kMostAttributes) ++pieces;
    if (pieces > 2 * kMostAttributes) {
      Stop(fmt::format("more than {} attributes of an element", kMostAttributes));
    }
  }

  std::string too_much_;
  int elements_ = 0, depth_ = 0;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
};

class XmlWalker {
 public:
  // `texts` keeps the values that the document holds in several pieces.
  XmlWalker(ObservedAnswer& answer, std::deque<std::string>& texts)
      : answer_(answer), texts_(texts) {}

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

}  // namespace

struct XmlBodyReader::Document {
  StrictCheck strict;
  pugi::xml_document document;
  std::deque<std::string> texts;
};

XmlBodyReader::XmlBodyReader() : document_(std::make_unique<Document>()) {}
XmlBodyReader::~XmlBodyReader() = default;

void XmlBodyReader::Read(std::string_view body, ObservedAnswer& answer) {
  document_->texts.clear();
  std::optional<std::string> wrong = document_->strict.Run(body);
  if (document_->strict.has_doctype) {
    AddProblem(answer, "encoding.xml.no_doctype"_rule, "an XML document without a document type",
               fmt::format("a document type, which is not read: {}", ExcerptOfBody(body)));
    return;
  }
  if (wrong) {
    AddProblem(answer, "encoding.xml.well_formed"_rule, "a well-formed XML document",
               fmt::format("{}: {}", *wrong, ExcerptOfBody(body)));
    return;
  }
  // White space inside values counts.
  const pugi::xml_parse_result result = document_->document.load_buffer(
      body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
      pugi::encoding_utf8);
  if (!result) wrong = fmt::format("{} at offset {}", result.description(), result.offset);
  if (wrong) {
    AddProblem(answer, "encoding.xml.well_formed"_rule, "a well-formed XML document",
               fmt::format("{}: {}", *wrong, ExcerptOfBody(body)));
    return;
  }
  answer.declared_encoding = document_->strict.encoding;
  const pugi::xml_node root = document_->document.document_element();
  XmlWalker(answer, document_->texts).Root(root);
  answer.readable = true;
}

}  // namespace assay
