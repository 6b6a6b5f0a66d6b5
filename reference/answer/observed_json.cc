#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "reference/answer/observed_body.h"
#include "reference/answer/seen_snapshots.h"

namespace assay {
namespace {

using Kind = ObservedValue::Kind;
namespace ondemand = simdjson::ondemand;

// Levels of a value that nobody asks for; no answer has so many.
constexpr int kDeepest = 200;

constexpr int kFewBodies = 4;

// RFC 8259, section 2.
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Cuts off the digits at the beginning of the text; false if there are none.
bool TakeDigits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(end);
  return end > 0;
}

// RFC 8259, section 6: a number without fraction and exponent.
bool IsInteger(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() > 1 && text.front() == '0') return false;
  return TakeDigits(text) && text.empty();
}

bool IsNumber(std::string_view text) {
  if (!IsInteger(text.substr(0, text.find_first_of(".eE")))) return false;
  text.remove_prefix(std::min(text.find_first_of(".eE"), text.size()));
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!TakeDigits(text)) return false;
  }
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return TakeDigits(text) && text.empty();
}

// Whether the key of a field is the name, letter by letter. False if the key is written with
// escapes: that takes reading it.
bool IsPlainly(simdjson::simdjson_result<ondemand::field>& field, std::string_view name) {
  // The key ends with a quote, and the body is followed by padding that is longer than any name.
  const char* key = field.key().value().raw();
  return key[name.size()] == '"' && std::memcmp(key, name.data(), name.size()) == 0;
}

// The value as it is written, without the white space behind it.
std::string_view TokenOf(ondemand::value& value) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && IsBlank(token.back())) token.remove_suffix(1);
  return token;
}

// One object's names: each may occur once. Linear, since objects are small.
class Names {
 public:
  bool Add(std::string_view name) {
    if (std::ranges::find(seen_, name) != seen_.end()) return false;
    if (seen_.size() < 256) seen_.push_back(name);
    return true;
  }
  void Clear() { seen_.clear(); }

 private:
  std::vector<std::string_view> seen_;
};

class JsonWalker {
 public:
  // Snapshots that were seen before are not read again; `seen` may be null.
  JsonWalker(ObservedAnswer& answer, SeenSnapshots* seen) : answer_(answer), seen_(seen) {}

  // Throws simdjson::simdjson_error if the body is not well formed.
  void Body(ondemand::document& document) {
    if (document.type() != ondemand::json_type::object) {
      Problem("encoding.format.json"_rule, "a JSON object", "a JSON body that is not an object");
      return;
    }
    document_ = &document;
    Names names;
    for (auto field : document.get_object()) {
      const std::string_view name = field.unescaped_key();
      ondemand::value value = field.value();
      if (!names.Add(name)) Twice(name);
      if (name == "Snapshots") {
        Snapshots(value);
      } else if (ObservedValue* at = FindTopLevel(answer_, name)) {
        *at = Scalar(value);
        if (at->kind == Kind::kNull) NullField(name);
      } else {
        Skip(value);
      }
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      Problem("encoding.json.well_formed"_rule, "one JSON object", "text after the JSON object");
    }
    answer_.readable = true;
  }

 private:
  void Problem(Rule rule, std::string expected, std::string actual, std::string shape = "") {
    AddProblem(answer_, rule, std::move(expected), std::move(actual), std::move(shape));
  }
  void Twice(std::string_view name) { AddRepeatedName(answer_, name); }
  void NullField(std::string_view name) {
    Problem("response.null.absent"_rule, fmt::format("{} left out or of its type", Excerpt(name)),
            fmt::format("{} is null", Excerpt(name)), Excerpt(name));
  }

  // Values that nobody asks for are still read to the end, so that a broken body is seen.
  void Skip(ondemand::value value, int depth = 0) {
    if (depth > kDeepest) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
    switch (value.type()) {
      case ondemand::json_type::array:
        for (auto item : value.get_array()) Skip(item.value(), depth + 1);
        return;
      case ondemand::json_type::object:
        for (auto field : value.get_object()) {
          (void)field.unescaped_key().value();
          Skip(field.value(), depth + 1);
        }
        return;
      default:
        (void)Scalar(value);
    }
  }

  // A text without escapes is taken as it stands in the body, in place of a copy. That it ends, is
  // UTF-8 and holds no control characters is known: simdjson finds that when it begins.
  static std::string_view Text(ondemand::value& value) {
    const std::string_view token = TokenOf(value);
    const bool escaped = token.find('\\') != std::string_view::npos;
    if (escaped || token.size() < 2 || !token.ends_with('"')) return value.get_string().value();
    (void)value.get_raw_json_string().value();
    return token.substr(1, token.size() - 2);
  }

  static ObservedValue Boolean(ondemand::value& value) {
    const std::string_view token = TokenOf(value);
    return {Kind::kBoolean, token.substr(0, value.get_bool().value() ? 4 : 5)};
  }

  ObservedValue Scalar(ondemand::value value) {
    switch (value.type()) {
      case ondemand::json_type::string:
        return {Kind::kText, Text(value)};
      case ondemand::json_type::number: {
        const std::string_view token = TokenOf(value);
        // The parser checks a number only when it is read.
        if (std::ranges::any_of(token, [](char c) { return c == '.' || c == 'e' || c == 'E'; })) {
          // Well formed, though no double holds it: 1e999.
          const auto error = value.get_double().error();
          if (error && !IsNumber(token)) throw simdjson::simdjson_error(error);
          return {Kind::kFraction, token};
        }
        if (token.size() < 19) {
          (void)value.get_int64().value();
        } else if (!IsInteger(token)) {
          throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
        }
        return {Kind::kInteger, token};
      }
      case ondemand::json_type::boolean:
        return Boolean(value);
      case ondemand::json_type::null:
        if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
        return {Kind::kNull, ""};
      case ondemand::json_type::array:
        Skip(value);
        return {Kind::kArray, ""};
      case ondemand::json_type::object:
        Skip(value);
        return {Kind::kObject, ""};
    }
    return {};
  }

  static Kind KindOf(ondemand::value& value) {
    switch (value.type()) {
      case ondemand::json_type::object:
        return Kind::kObject;
      case ondemand::json_type::array:
        return Kind::kArray;
      case ondemand::json_type::string:
        return Kind::kText;
      case ondemand::json_type::number:
        return Kind::kInteger;
      case ondemand::json_type::boolean:
        return Kind::kBoolean;
      default:
        return Kind::kNull;
    }
  }

  // response.snapshots.container; snapshots that are listed without it are read all the same, so
  // that it is not the only mistake that shows.
  void Snapshots(ondemand::value value) {
    answer_.list_kind = KindOf(value);
    if (answer_.list_kind == Kind::kArray) {
      Problem("response.snapshots.container"_rule, "Snapshots with an array Snapshot",
              "Snapshots: an array", std::string(NameOf(Kind::kArray)));
      return List(value);
    }
    if (answer_.list_kind != Kind::kObject) {
      (void)Scalar(value);
      return;
    }
    Names names;
    for (auto field : value.get_object()) {
      const std::string_view name = field.unescaped_key();
      ondemand::value inner = field.value();
      if (!names.Add(name)) Twice(name);
      if (name != "Snapshot") {
        Skip(inner);
      } else if (KindOf(inner) == Kind::kArray) {
        List(inner);
      } else {
        const Kind kind = KindOf(inner);
        Problem("response.snapshots.container"_rule, "an array in Snapshots.Snapshot",
                fmt::format("{} in Snapshots.Snapshot", NameOf(kind)), std::string(NameOf(kind)));
        answer_.has_list |= kind == Kind::kObject;
        kind == Kind::kObject ? Snapshot(inner) : void(Scalar(inner));
      }
    }
  }

  void List(ondemand::value array) {
    answer_.has_list = true;
    for (auto item : array.get_array()) Snapshot(item.value());
  }

  void Snapshot(ondemand::value value) {
    if (KindOf(value) != Kind::kObject) {
      const Kind kind = Scalar(value).kind;
      Problem("response.snapshot.object"_rule, "an object for each snapshot",
              fmt::format("{} in the list", NameOf(kind)), std::string(NameOf(kind)));
      return;
    }
    ObservedSnapshot& snapshot = AddSnapshot(answer_);
    if (seen_ == nullptr) return Fields(value, snapshot);
    const char* const begin = value.raw_json_token().data();
    const char* const end = answer_.source.data() + answer_.source.size();
    if (const ObservedSnapshot* seen = seen_->Find({begin, end})) {
      snapshot = *seen;  // the array's iterator goes past the object by itself
      return;
    }
    const std::size_t problems = answer_.problems.size();
    Fields(value, snapshot);
    const char* next = nullptr;  // the value behind the object, or what closes the array
    if (document_->current_location().get(next)) return;
    const std::string_view written(begin, static_cast<std::size_t>(next - begin));
    const bool right = answer_.problems.size() == problems && problems < kMostProblemsKept;
    if (right) seen_->Add(written.substr(0, written.rfind('}') + 1), snapshot);
  }

  void Fields(ondemand::value value, ObservedSnapshot& snapshot) {
    names_.Clear();
    std::size_t place = 0;
    for (auto field : value.get_object()) {
      const FieldInfo* info = Foreseen(field, place);
      const std::string_view name = info ? info->name : field.unescaped_key().value();
      ondemand::value inner = field.value();
      if (!info && name == "Tags") {
        if (snapshot.tags_kind != Kind::kAbsent) Twice(name);
        Tags(inner, snapshot);
        continue;
      }
      if (!info) {
        info = FindField(name);
        if (info && order_.size() < kLongestOrder) {
          order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place++), info);
        }
      }
      if (info) {
        ObservedValue& at = snapshot.fields[static_cast<std::size_t>(info->field)];
        if (at.given()) Twice(name);
        at = Scalar(inner);
        if (at.kind == Kind::kNull) NullField(name);
      } else {
        if (!names_.Add(name)) Twice(name);
        Skip(inner);  // a field that the document does not know is allowed
      }
    }
  }

  // The field that the snapshots before had at this place, or a little after it if some of theirs
  // are left out here; null if it is another one.
  const FieldInfo* Foreseen(simdjson::simdjson_result<ondemand::field>& field, std::size_t& place) {
    const std::size_t end = std::min(order_.size(), place + kFieldsLeftOut + 1);
    for (std::size_t i = place; i < end; ++i) {
      if (!IsPlainly(field, order_[i]->name)) continue;
      place = i + 1;
      return order_[i];
    }
    return nullptr;
  }

  // response.tags.container
  void Tags(ondemand::value value, ObservedSnapshot& snapshot) {
    snapshot.tags_kind = KindOf(value);
    if (snapshot.tags_kind != Kind::kObject) {
      (void)Scalar(value);
      if (snapshot.tags_kind == Kind::kNull) return NullField("Tags");
      BadTags(snapshot.tags_kind);
      return;
    }
    bool found = false;
    for (auto field : value.get_object()) {
      const std::string_view name = field.unescaped_key();
      ondemand::value inner = field.value();
      if (name != "Tag") {
        Skip(inner);
        continue;
      }
      if (found) Twice(name);
      found = true;
      if (KindOf(inner) != Kind::kArray) {
        BadTags(Scalar(inner).kind);
        snapshot.tags_fit = false;
        continue;
      }
      for (auto item : inner.get_array()) OneTag(item.value(), snapshot);
    }
    if (!found) {
      snapshot.tags_fit = false;
      Problem("response.tags.container"_rule, "an array in Tags.Tag", "Tags without Tag", "no Tag");
    }
  }
  void BadTags(Kind kind) {
    Problem("response.tags.container"_rule, "an object with an array in Tags.Tag",
            fmt::format("{} in its place", NameOf(kind)), std::string(NameOf(kind)));
  }

  // The part of a tag that the field gives; null if it is another one.
  static ObservedValue* PartOf(ObservedTag& tag,
                               simdjson::simdjson_result<ondemand::field>& field) {
    if (IsPlainly(field, "TagKey")) return &tag.key;
    if (IsPlainly(field, "TagValue")) return &tag.value;
    const std::string_view name = field.unescaped_key();
    return name == "TagKey" ? &tag.key : name == "TagValue" ? &tag.value : nullptr;
  }

  void OneTag(ondemand::value value, ObservedSnapshot& snapshot) {
    if (KindOf(value) != Kind::kObject) {
      const Kind kind = Scalar(value).kind;
      snapshot.tags_fit = false;
      Problem("response.tag.object"_rule, "an object for each tag",
              fmt::format("{} in the list", NameOf(kind)), std::string(NameOf(kind)));
      return;
    }
    ObservedTag tag;
    for (auto field : value.get_object()) {
      ObservedValue* const at = PartOf(tag, field);
      ondemand::value inner = field.value();
      if (at == nullptr) {
        Skip(inner);
        continue;
      }
      if (at->given()) Twice(at == &tag.key ? "TagKey" : "TagValue");
      *at = Scalar(inner);
    }
    AddTag(tag, snapshot, answer_);
  }

  ObservedAnswer& answer_;
  SeenSnapshots* const seen_;
  ondemand::document* document_ = nullptr;
  Names names_;
  // A target writes the fields of all snapshots in nearly the same order.
  static constexpr std::size_t kFieldsLeftOut = 4, kLongestOrder = std::size_t{2} * kFieldCount;
  std::vector<const FieldInfo*> order_;
};

}  // namespace

namespace {

// Builds nothing; stops at the first byte that cannot be.
class FirstBadByte : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception&) override {
    behind = position;
    length = token.find("<U+") == std::string::npos ? token.size() : 1;
    return false;
  }

  std::size_t behind = 0;  // the token that cannot be; one more than all bytes if they end too soon
  std::size_t length = 0;  // of that token, unless it is a single character
};

// The rest of the text from a whole character on, at most `most` bytes of it.
std::string_view EndOf(std::string_view text, std::size_t most) {
  std::size_t from = text.size() > most ? text.size() - most : 0;
  while (from > 0 && from < text.size() && (text[from] & 0xC0) == 0x80) ++from;
  return text.substr(from);
}

// "not JSON from byte 213 on: …"Usage":"disk" and then "Available":true…"; "" if that is not known.
std::string WhereItBreaks(std::string_view body) {
  constexpr std::size_t kBefore = 60, kAfter = 40, kLongest = std::size_t{4} << 20;
  if (body.size() > kLongest) return "";
  FirstBadByte found;
  nlohmann::json::sax_parse(body.begin(), body.end(), &found);
  if (found.behind == 0) return "";
  std::size_t at = found.behind - 1;
  const bool is_long =
      at < body.size() && std::string_view(",:[]{}").find(body[at]) == std::string_view::npos;
  if (is_long && found.length <= found.behind) at = found.behind - found.length;
  const std::string_view before = EndOf(body.substr(0, at), kBefore);
  const std::string good =
      fmt::format("{}{}", before.size() < at ? "…" : "", Excerpt(before, kBefore));
  if (at >= body.size())
    return fmt::format("ends in the middle, after {} bytes: {}", body.size(), good);
  return fmt::format("not JSON from byte {} on: {} and then {}", at + 1, good,
                     Excerpt(body.substr(at), kAfter));
}

std::string WhatIsWrong(std::string_view body, const simdjson::simdjson_error& error) {
  if (body.empty()) return "an empty body";
  if (error.error() == simdjson::DEPTH_ERROR) {
    return fmt::format("values nested more than {} deep: {}", kDeepest, ExcerptOfBody(body));
  }
  const std::string where = WhereItBreaks(body);
  return where.empty() ? fmt::format("{} ({})", ExcerptOfBody(body), error.what()) : where;
}

}  // namespace

struct JsonBodyReader::Parser {
  ondemand::parser parser;
  std::vector<char> padded;
  SeenSnapshots seen;
  int bodies = 0;  // up to kFewBodies
};

JsonBodyReader::JsonBodyReader() : parser_(std::make_unique<Parser>()) {}
JsonBodyReader::~JsonBodyReader() = default;

void JsonBodyReader::Read(std::string_view body, ObservedAnswer& answer) {
  std::vector<char>& padded = parser_->padded;
  if (padded.size() < body.size() + simdjson::SIMDJSON_PADDING) {
    padded.resize(body.size() * 2 + simdjson::SIMDJSON_PADDING);
  }
  if (!body.empty()) std::memcpy(padded.data(), body.data(), body.size());
  std::memset(padded.data() + body.size(), 0, simdjson::SIMDJSON_PADDING);
  answer.source = {padded.data(), body.size()};
  try {
    ondemand::document document =
        parser_->parser.iterate(padded.data(), body.size(), padded.size());
    // Who reads but a few bodies gains nothing from what was seen.
    const bool many = parser_->bodies == kFewBodies;
    if (!many) ++parser_->bodies;
    JsonWalker(answer, many ? &parser_->seen : nullptr).Body(document);
  } catch (const simdjson::simdjson_error& e) {
    answer.readable = false;
    answer.problems.clear();
    answer.problems.push_back(
        {"encoding.json.well_formed"_rule, "a well-formed JSON object", WhatIsWrong(body, e), ""});
  }
}

}  // namespace assay
