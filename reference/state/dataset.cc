#include "reference/state/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "reference/state/dataset_index.h"
#include "reference/state/text_pool.h"
#include "spec/text/json_text.h"
#include "spec/text/letters.h"
#include "spec/text/nearest.h"
#include "spec/text/time.h"
#include "spec/text/utf8.h"

namespace assay {

using enum Field;

constexpr FieldType kInteger = FieldType::kInteger;
constexpr FieldType kBoolean = FieldType::kBoolean;

namespace {

constexpr std::string_view kFormat = "assay-dataset/1";
constexpr std::uint64_t kMaximumInteger = 2147483647;  // the SDKs hold these fields in 32 bits

enum TopKey : std::size_t { kTopFormat, kTopRegions, kTopGroup, kTopLinks, kTopSnapshots };
constexpr std::array<std::string_view, 5> kTopKeys = {"format", "regions", "default_resource_group",
                                                      "snapshot_links", "snapshots"};
constexpr std::array<std::string_view, 2> kTagKeys = {"TagKey", "TagValue"};
constexpr std::string_view kTagsName = "Tags";

// What a place in the file must hold: `noun` for "X is not a …", `fix` for "; write …".
struct Expectation {
  std::string_view noun;
  std::string_view fix;
};

constexpr Expectation kRequiredText = {"a non-empty string", "a non-empty string"};
constexpr Expectation kOptionalText = {"a non-empty string",
                                       "a non-empty string, or leave the key out if it is unset"};
constexpr Expectation kNumber = {"an integer from 0 to 2147483647",
                                 "a whole number from 0 to 2147483647, without quotes"};
constexpr Expectation kTruth = {"a boolean", "true or false, without quotes"};
constexpr Expectation kTime = {"a time that exists in the form yyyy-MM-ddTHH:mm:ssZ",
                               "a time in UTC such as \"2024-02-29T23:59:59Z\""};
constexpr Expectation kPercentage = {"a percentage", "\"0%\" to \"100%\""};
constexpr Expectation kTagText = {"a string", "a string; it may be empty"};
constexpr Expectation kTagList = {"an array", "an array of {\"TagKey\": …, \"TagValue\": …}"};
constexpr Expectation kTagObject = {"an object", "{\"TagKey\": …, \"TagValue\": …}"};
constexpr Expectation kSnapshotList = {"an array", "an array of objects, one for each snapshot"};
constexpr Expectation kSnapshotObject = {"an object", "an object with the fields of one snapshot"};
constexpr Expectation kTextList = {"an array", "an array of strings"};
constexpr Expectation kWholeFile = {
    "an object", "one JSON object that begins {\"format\": \"assay-dataset/1\", …}"};
constexpr Expectation kFormatName = {"a format that this program reads", "\"assay-dataset/1\""};

// "\"image\", \"disk\" or \"none\"".
std::string Alternatives(std::span<const std::string_view> values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += i + 1 < values.size() ? ", " : " or ";
    out += fmt::format("\"{}\"", values[i]);
  }
  return out;
}

Expectation ExpectationOfListed(const FieldInfo& info) {
  static const auto* const alternatives = [] {
    auto* texts = new std::array<std::string, kFieldCount>;
    for (std::size_t i = 0; i < kFieldCount; ++i) (*texts)[i] = Alternatives(kFields[i].values);
    return texts;
  }();
  return {info.noun, (*alternatives)[static_cast<std::size_t>(info.field)]};
}

Expectation ExpectationOf(const FieldInfo& info) {
  if (info.type == kInteger) return kNumber;
  if (info.type == kBoolean) return kTruth;
  if (info.field == kProgress) return kPercentage;
  if (info.field == kCreationTime || info.field == kLastModifiedTime) return kTime;
  if (!info.values.empty()) return ExpectationOfListed(info);
  return info.required ? kRequiredText : kOptionalText;
}

// The value of the `count` digits at `at`, or -1.
int ReadDigits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (char c : text.substr(at, count)) {
    if (!IsDigit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool IsPercentage(std::string_view text) {
  if (text.size() < 2 || text.size() > 4 || text.back() != '%') return false;
  text.remove_suffix(1);
  const int value = ReadDigits(text, 0, text.size());
  return value >= 0 && value <= 100 && (text.size() == 1 || text.front() != '0');
}

bool IsAcceptable(Field field, std::string_view text) {
  if (field == kProgress) return IsPercentage(text);
  if (field == kCreationTime || field == kLastModifiedTime) {
    std::int64_t ignored = 0;
    return ParseTime(text, &ignored);
  }
  const auto& values = InfoOf(field).values;
  if (!values.empty()) return std::ranges::find(values, text) != values.end();
  return !text.empty();
}

// `text` in quotes for an error, cut after about 60 bytes between two characters.
std::string Quote(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const std::string_view shown = CutUtf8(text, kShown);
  std::string quoted;
  AppendJsonText(shown, &quoted);
  if (shown.size() < text.size()) quoted.insert(quoted.size() - 1, "…");
  return quoted;
}

std::vector<std::string_view> SnapshotKeys() {
  std::vector<std::string_view> names;
  for (const FieldInfo& info : kFields) names.push_back(info.name);
  names.push_back(kTagsName);
  return names;
}

struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The position behind the text that begins at `position`.
Position After(std::string_view text, Position position) {
  for (char c : text) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if (!IsContinuation(c)) {
      ++position.column;
    }
  }
  return position;
}

// The bytes that are parsed, of which one part after another is held.
class Source {
 public:
  explicit Source(std::string_view text) : part_(text) {}
  explicit Source(std::FILE* file) : file_(file) {}

  bool AtEnd() { return next_ == part_.size() && !Refill(); }
  char Next() const { return part_[next_]; }
  void Skip() { ++next_; }

  // The number of the error that ended the reading; 0 if there was none.
  int error() const { return error_; }
  // True if nothing but blanks was found up to now.
  bool blank() const { return blank_ && IsBlank(part_); }
  // Line and column of a byte of the part that was read last, or of the end; both from 1, and
  // columns count characters.
  Position PositionOf(std::size_t offset) const {
    const std::size_t here = offset > before_ ? offset - before_ : 0;
    return After(part_.substr(0, std::min(here, part_.size())), start_);
  }

 private:
  static bool IsBlank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  // False at the end; then the last part is kept.
  bool Refill() {
    constexpr std::size_t kPart = std::size_t{1} << 20;
    if (!file_) return false;
    std::vector<char> bytes(kPart);
    bytes.resize(std::fread(bytes.data(), 1, kPart, file_));
    if (std::ferror(file_)) error_ = errno;
    if (bytes.empty()) return false;
    blank_ = blank();
    start_ = After(part_, start_);
    before_ += part_.size();
    bytes_ = std::move(bytes);
    part_ = {bytes_.data(), bytes_.size()};
    next_ = 0;
    return true;
  }

  std::FILE* file_ = nullptr;
  int error_ = 0;
  std::vector<char> bytes_;
  std::string_view part_;
  std::size_t next_ = 0;    // of the part
  std::size_t before_ = 0;  // bytes before the part
  Position start_;          // of the part
  bool blank_ = true;       // before the part
};

// For the parser, which reads from an iterator up to an end.
class SourceIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  SourceIterator() = default;  // the end
  explicit SourceIterator(Source& source) : source_(&source) {}

  char operator*() const { return source_->Next(); }
  SourceIterator& operator++() {
    source_->Skip();
    return *this;
  }
  SourceIterator operator++(int) {
    const SourceIterator before = *this;
    source_->Skip();
    return before;
  }
  // One of the two is the end.
  friend bool operator==(const SourceIterator& a, const SourceIterator& b) {
    const SourceIterator& other = a.source_ ? a : b;
    return !other.source_ || other.source_->AtEnd();
  }

 private:
  Source* source_ = nullptr;
};

// The library's message without its prefix and without the text that it read, which may be long.
std::string ReasonOf(std::string message) {
  for (std::string_view prefix : {"] ", "column ", ": ", "syntax error while "}) {
    const std::size_t at = message.find(prefix);
    if (at != std::string::npos) message.erase(0, at + prefix.size());
  }
  const std::size_t read = message.find("; last read: '");
  if (read == std::string::npos) return message;
  const std::size_t expected = message.rfind("'; expected ");
  const bool more = expected != std::string::npos && expected > read;
  return message.substr(0, read) + (more ? message.substr(expected + 1) : "");
}

// A scalar as the parser saw it.
enum class Kind : std::uint8_t { kNull, kBool, kWhole, kOtherNumber, kText };
struct Scalar {
  Kind kind;
  std::string text;
};

std::string Show(const Scalar& scalar) {
  return scalar.kind == Kind::kText ? Quote(scalar.text) : scalar.text;
}

bool HasType(const Scalar& scalar, FieldType type) {
  switch (type) {
    case FieldType::kString:
      return scalar.kind == Kind::kText;
    case FieldType::kInteger:
      return scalar.kind == Kind::kWhole;
    case FieldType::kBoolean:
      return scalar.kind == Kind::kBool;
  }
  return false;
}

// Builds a Dataset from the parser's events. The nesting of the format is fixed, so anything deeper
// is a wrong type at once, and the parser itself keeps no stack of calls.
class DatasetReader {
 public:
  DatasetReader(const Source& source, std::string name) : source_(source), name_(std::move(name)) {}

  bool null() { return OnScalar({Kind::kNull, "null"}); }
  bool boolean(bool value) { return OnScalar({Kind::kBool, value ? "true" : "false"}); }
  bool number_integer(std::int64_t value) {
    return OnScalar({value < 0 ? Kind::kOtherNumber : Kind::kWhole, std::to_string(value)});
  }
  bool number_unsigned(std::uint64_t value) {
    const Kind kind = value > kMaximumInteger ? Kind::kOtherNumber : Kind::kWhole;
    return OnScalar({kind, std::to_string(value)});
  }
  bool number_float(double, const std::string& text) {
    return OnScalar({Kind::kOtherNumber, text});
  }
  bool string(std::string& value) { return OnScalar({Kind::kText, std::move(value)}); }
  bool binary(nlohmann::json::binary_t&) { return false; }

  bool start_object(std::size_t);
  bool key(std::string& name);
  bool end_object();
  bool start_array(std::size_t);
  bool end_array();
  bool parse_error(std::size_t offset, const std::string& token,
                   const nlohmann::json::exception& why);

  // What was read, its references checked and its indexes filled; or the first error.
  Result<Dataset> Take();

 private:
  enum class Level : std::uint8_t {
    kDocument,
    kTop,
    kRegions,
    kLinks,
    kSnapshots,
    kSnapshot,
    kTags,
    kTag
  };

  bool OnScalar(Scalar value);
  bool OnTopScalar(Scalar value);
  bool OnSnapshotScalar(Scalar value);
  bool OnTagScalar(Scalar value);
  bool OnTopKey(const std::string& name);
  bool OnSnapshotKey(const std::string& name);
  bool OnTagKey(const std::string& name);
  bool BeginTag();
  bool EndSnapshot();
  bool EndTag();
  // Fails if the latest key was `seen` before in its object.
  bool CheckFirst(bool seen);
  // The same by bit `index` of `seen`, which is then set.
  bool CheckFirst(std::uint32_t* seen, std::size_t index);

  Expectation Expected() const;
  std::string Place() const;
  std::string SnapshotPlace() const;
  bool Fail(std::string place, std::string what);
  bool FailValue(std::string_view shown) {
    const auto [noun, fix] = Expected();
    return Fail(Place(), fmt::format("{} is not {}; write {}", shown, noun, fix));
  }
  bool FailMissing(const std::string& place, std::string_view fix) {
    return Fail(place, fmt::format("the key is missing; write {}", fix));
  }
  bool FailUnknownKey(std::span<const std::string_view> known);

  bool CheckTopKeys();
  bool CheckUnique(const std::vector<std::string>& names, std::string_view list);
  // Every snapshot's `field` is one of `names`, which the file calls `list`.
  bool CheckReferences(Field field, const std::vector<std::string>& names, std::string_view list);
  bool CheckIds();

  const Source& source_;
  std::string name_;
  Dataset dataset_;
  TextPool pool_;
  std::optional<Error> error_;
  Level level_ = Level::kDocument;
  std::string key_;                   // the latest key of the innermost object
  const FieldInfo* field_ = nullptr;  // the same in a snapshot; nullptr is Tags
  std::size_t tag_key_ = 0;           // the same in a tag, as an index of kTagKeys
  std::uint32_t seen_top_ = 0;
  std::uint32_t seen_tag_ = 0;
  bool seen_tags_ = false;
};

Expectation DatasetReader::Expected() const {
  switch (level_) {
    case Level::kDocument:
      return kWholeFile;
    case Level::kTop:
      if (key_ == kTopKeys[kTopFormat]) return kFormatName;
      if (key_ == kTopKeys[kTopGroup]) return kRequiredText;
      return key_ == kTopKeys[kTopSnapshots] ? kSnapshotList : kTextList;
    case Level::kRegions:
    case Level::kLinks:
      return kRequiredText;
    case Level::kSnapshots:
      return kSnapshotObject;
    case Level::kSnapshot:
      return field_ == nullptr ? kTagList : ExpectationOf(*field_);
    case Level::kTags:
      return kTagObject;
    case Level::kTag:
      return tag_key_ == 0 ? kRequiredText : kTagText;
  }
  return kWholeFile;
}

std::string DatasetReader::SnapshotPlace() const {
  return fmt::format("snapshots[{}]", dataset_.snapshots.size() - 1);
}

std::string DatasetReader::Place() const {
  switch (level_) {
    case Level::kDocument:
      return "";
    case Level::kTop:
      return key_;
    case Level::kRegions:
      return fmt::format("regions[{}]", dataset_.regions.size());
    case Level::kLinks:
      return fmt::format("snapshot_links[{}]", dataset_.snapshot_links.size());
    case Level::kSnapshots:
      return fmt::format("snapshots[{}]", dataset_.snapshots.size());
    case Level::kSnapshot:
      return SnapshotPlace() + "." + key_;
    case Level::kTags:
      return fmt::format("{}.Tags[{}]", SnapshotPlace(), dataset_.snapshots.back().tags.size());
    case Level::kTag:
      return fmt::format("{}.Tags[{}].{}", SnapshotPlace(),
                         dataset_.snapshots.back().tags.size() - 1, key_);
  }
  return "";
}

bool DatasetReader::Fail(std::string place, std::string what) {
  if (!error_) error_ = Error{place.empty() ? name_ : name_ + ": " + place, std::move(what)};
  return false;
}

bool DatasetReader::FailUnknownKey(std::span<const std::string_view> known) {
  constexpr std::size_t kLongestName =
      64;  // what is longer resembles no key and is slow to compare
  key_ = key_.size() > kLongestName ? Quote(key_) : key_;
  return Fail(Place(), fmt::format("unknown key; did you mean {}? Correct or remove it",
                                   Quote(NearestTo(key_, known, 1).front())));
}

bool DatasetReader::CheckFirst(bool seen) {
  return !seen || Fail(Place(), "the key is given twice in one object; remove one of the two");
}

bool DatasetReader::CheckFirst(std::uint32_t* seen, std::size_t index) {
  const std::uint32_t before = std::exchange(*seen, *seen | 1U << index);
  return CheckFirst((before >> index & 1U) != 0);
}

bool DatasetReader::OnScalar(Scalar value) {
  switch (level_) {
    case Level::kTop:
      return OnTopScalar(std::move(value));
    case Level::kSnapshot:
      return OnSnapshotScalar(std::move(value));
    case Level::kTag:
      return OnTagScalar(std::move(value));
    case Level::kRegions:
    case Level::kLinks: {
      if (value.kind != Kind::kText || value.text.empty()) return FailValue(Show(value));
      auto& list = level_ == Level::kRegions ? dataset_.regions : dataset_.snapshot_links;
      list.push_back(std::move(value.text));
      return true;
    }
    default:
      return FailValue(Show(value));
  }
}

bool DatasetReader::OnTopScalar(Scalar value) {
  const bool text = value.kind == Kind::kText;
  if (text && key_ == kTopKeys[kTopFormat] && value.text == kFormat) return true;
  if (!text || key_ != kTopKeys[kTopGroup] || value.text.empty()) return FailValue(Show(value));
  dataset_.default_resource_group = std::move(value.text);
  return true;
}

bool DatasetReader::OnSnapshotScalar(Scalar value) {
  const bool right =
      field_ != nullptr && HasType(value, field_->type) && IsAcceptable(field_->field, value.text);
  if (!right) return FailValue(Show(value));
  dataset_.snapshots.back().Set(field_->field, pool_.Share(field_->field, std::move(value.text)));
  return true;
}

bool DatasetReader::OnTagScalar(Scalar value) {
  const bool is_key = tag_key_ == 0;
  if (value.kind != Kind::kText || (is_key && value.text.empty())) return FailValue(Show(value));
  Tag& tag = dataset_.snapshots.back().tags.back();
  (is_key ? tag.key : tag.value) = std::move(value.text);
  return true;
}

bool DatasetReader::start_object(std::size_t) {
  switch (level_) {
    case Level::kDocument:
      level_ = Level::kTop;
      return true;
    case Level::kSnapshots:
      level_ = Level::kSnapshot;
      dataset_.snapshots.emplace_back();
      seen_tags_ = false;
      return true;
    case Level::kTags:
      return BeginTag();
    default:
      return FailValue("an object");
  }
}

bool DatasetReader::BeginTag() {
  std::vector<Tag>& tags = dataset_.snapshots.back().tags;
  if (tags.size() == kMaximumTags) {
    return Fail(SnapshotPlace() + ".Tags", "a snapshot has at most 20 tags; remove the rest");
  }
  tags.emplace_back();
  seen_tag_ = 0;
  level_ = Level::kTag;
  return true;
}

bool DatasetReader::key(std::string& name) {
  key_ = std::move(name);
  switch (level_) {
    case Level::kTop:
      return OnTopKey(key_);
    case Level::kSnapshot:
      return OnSnapshotKey(key_);
    default:
      return OnTagKey(key_);
  }
}

bool DatasetReader::OnTopKey(const std::string& name) {
  const auto* found = std::ranges::find(kTopKeys, name);
  if (found == kTopKeys.end()) return FailUnknownKey(kTopKeys);
  return CheckFirst(&seen_top_, static_cast<std::size_t>(found - kTopKeys.begin()));
}

bool DatasetReader::OnSnapshotKey(const std::string& name) {
  field_ = FindField(name);
  if (field_ != nullptr) return CheckFirst(dataset_.snapshots.back().Has(field_->field));
  if (name != kTagsName) return FailUnknownKey(SnapshotKeys());
  return CheckFirst(std::exchange(seen_tags_, true));
}

bool DatasetReader::OnTagKey(const std::string& name) {
  const auto* found = std::ranges::find(kTagKeys, name);
  if (found == kTagKeys.end()) return FailUnknownKey(kTagKeys);
  tag_key_ = static_cast<std::size_t>(found - kTagKeys.begin());
  return CheckFirst(&seen_tag_, tag_key_);
}

bool DatasetReader::end_object() {
  switch (level_) {
    case Level::kTop:
      level_ = Level::kDocument;
      return CheckTopKeys();
    case Level::kSnapshot:
      return EndSnapshot();
    default:
      return EndTag();
  }
}

bool DatasetReader::EndSnapshot() {
  const Snapshot& snapshot = dataset_.snapshots.back();
  for (const FieldInfo& info : kFields) {
    if (!info.required || snapshot.Has(info.field)) continue;
    return FailMissing(fmt::format("{}.{}", SnapshotPlace(), info.name), ExpectationOf(info).fix);
  }
  if (!seen_tags_) {
    return FailMissing(SnapshotPlace() + ".Tags", "[] if there are none");
  }
  level_ = Level::kSnapshots;
  return true;
}

bool DatasetReader::EndTag() {
  const std::vector<Tag>& tags = dataset_.snapshots.back().tags;
  for (std::size_t i = 0; i < kTagKeys.size(); ++i) {
    key_ = kTagKeys[i];
    const Expectation& expected = i == 0 ? kRequiredText : kTagText;
    if (!(seen_tag_ >> i & 1U)) return FailMissing(Place(), expected.fix);
  }
  key_ = kTagKeys[0];
  const auto first = std::ranges::find(tags, tags.back().key, &Tag::key) - tags.begin();
  if (first + 1 != std::ssize(tags)) {
    return Fail(Place(), fmt::format("{} is also the key of Tags[{}]; give each tag its own key",
                                     Quote(tags.back().key), first));
  }
  level_ = Level::kTags;
  return true;
}

bool DatasetReader::start_array(std::size_t) {
  if (level_ == Level::kTop && key_ == kTopKeys[kTopRegions]) {
    level_ = Level::kRegions;
  } else if (level_ == Level::kTop && key_ == kTopKeys[kTopLinks]) {
    level_ = Level::kLinks;
  } else if (level_ == Level::kTop && key_ == kTopKeys[kTopSnapshots]) {
    level_ = Level::kSnapshots;
  } else if (level_ == Level::kSnapshot && field_ == nullptr) {
    level_ = Level::kTags;
  } else {
    return FailValue("an array");
  }
  return true;
}

bool DatasetReader::end_array() {
  level_ = level_ == Level::kTags ? Level::kSnapshot : Level::kTop;
  return true;
}

bool DatasetReader::parse_error(std::size_t offset, const std::string&,
                                const nlohmann::json::exception& why) {
  if (source_.blank()) return Fail("", fmt::format("the file is empty; write {}", kWholeFile.fix));
  const Position position = source_.PositionOf(offset > 0 ? offset - 1 : 0);
  const std::string place = fmt::format("line {}, column {}", position.line, position.column);
  const std::string message = why.what();
  if (message.find("ill-formed UTF-8") != std::string::npos) {
    return Fail(place, "the bytes here are not UTF-8; save the file in UTF-8");
  }
  return Fail(place, fmt::format("this is not JSON ({}); correct it here or just before",
                                 ReasonOf(message)));
}

bool DatasetReader::CheckTopKeys() {
  static constexpr std::array<std::string_view, 5> kMends = {
      kFormatName.fix, kTextList.fix, kRequiredText.fix, kTextList.fix, kSnapshotList.fix};
  for (std::size_t i = 0; i < kTopKeys.size(); ++i) {
    if (!(seen_top_ >> i & 1U)) return FailMissing(std::string(kTopKeys[i]), kMends[i]);
  }
  return true;
}

bool DatasetReader::CheckUnique(const std::vector<std::string>& names, std::string_view list) {
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [at, added] = first.emplace(names[i], i);
    if (added) continue;
    return Fail(
        fmt::format("{}[{}]", list, i),
        fmt::format("{} is also {}[{}]; remove one of the two", Quote(names[i]), list, at->second));
  }
  return true;
}

bool DatasetReader::CheckReferences(Field field, const std::vector<std::string>& names,
                                    std::string_view list) {
  const std::unordered_set<std::string_view> known(names.begin(), names.end());
  for (std::size_t i = 0; i < dataset_.snapshots.size(); ++i) {
    const std::string& value = dataset_.snapshots[i][field];
    if (known.contains(value)) continue;
    return Fail(fmt::format("snapshots[{}].{}", i, InfoOf(field).name),
                fmt::format("{} is not in {}; add it there, or correct it", Quote(value), list));
  }
  return true;
}

bool DatasetReader::CheckIds() {
  if (dataset_.by_id.size() == dataset_.snapshots.size()) return true;
  for (std::size_t i = 0; i < dataset_.snapshots.size(); ++i) {
    const std::string& id = dataset_.snapshots[i][kSnapshotId];
    const std::size_t first = dataset_.by_id.at(id);
    if (first == i) continue;
    return Fail(fmt::format("snapshots[{}].SnapshotId", i),
                fmt::format("{} is also the id of snapshots[{}]; give each snapshot its own id",
                            Quote(id), first));
  }
  return true;
}

Result<Dataset> DatasetReader::Take() {
  if (!error_ && CheckUnique(dataset_.regions, "regions") &&
      CheckUnique(dataset_.snapshot_links, "snapshot_links") &&
      CheckReferences(kRegionId, dataset_.regions, "regions") &&
      CheckReferences(kSnapshotLinkId, dataset_.snapshot_links, "snapshot_links")) {
    dataset_.Index();
    CheckIds();
  }
  if (error_) return *std::move(error_);
  return std::move(dataset_);
}

Error Unreadable(const std::string& file, int number) {
  return {file, fmt::format("the dataset cannot be read ({}); name a file that exists and can be "
                            "read",
                            std::generic_category().message(number))};
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<Dataset> Parse(Source& source, const std::string& name) {
  DatasetReader reader(source, name);
  nlohmann::json::sax_parse(SourceIterator(source), SourceIterator(), &reader);
  return reader.Take();
}

}  // namespace

std::vector<std::uint32_t> DrawnPositions(const Dataset& dataset) {
  constexpr std::size_t kFew = 20;
  const bool some_small = std::ranges::any_of(dataset.by_region, [&](const auto& entry) {
    return !entry.second.empty() && entry.second.size() <= kCrowd;
  });
  std::vector<std::uint32_t> out;
  for (const auto& [region, positions] : dataset.by_region) {
    const bool few = some_small && positions.size() > kCrowd;
    const auto end = few ? positions.begin() + kFew : positions.end();
    out.insert(out.end(), positions.begin(), end);
  }
  std::ranges::sort(out);  // the map's order differs from library to library
  return out;
}

const std::vector<std::uint32_t>& Dataset::In(std::string_view region) const {
  static const std::vector<std::uint32_t> none;
  const auto at = by_region.find(region);
  return at == by_region.end() ? none : at->second;
}

const RegionIndex* Dataset::IndexOf(std::string_view region) const {
  if (!index || In(region).size() < indexed_from) return nullptr;
  const RegionIndex* out = index->Of(region);
  return out && out->knows_times() ? out : nullptr;
}

void Dataset::Index() {
  by_id.clear();
  by_region.clear();
  by_id.reserve(snapshots.size());
  for (const std::string& region : regions) by_region.try_emplace(region);
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    Snapshot& snapshot = snapshots[i];
    ParseTime(snapshot[kCreationTime], &snapshot.creation_time);
    by_id.emplace(snapshot[kSnapshotId], static_cast<std::uint32_t>(i));
    by_region[snapshot[kRegionId]].push_back(static_cast<std::uint32_t>(i));
  }
  index = std::make_shared<const DatasetIndex>(*this);
}

Result<Dataset> LoadDataset(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return Error{file, "this is a directory; name a dataset file in it"};
  }
  const std::unique_ptr<std::FILE, CloseFile> opened(std::fopen(file.c_str(), "rb"));
  if (opened == nullptr) return Unreadable(file, errno);
  Source source(opened.get());
  Result<Dataset> out = Parse(source, file);
  if (source.error() != 0) return Unreadable(file, source.error());
  return out;
}

Result<Dataset> ParseDataset(std::string_view json, const std::string& name) {
  Source source(json);
  return Parse(source, name);
}

std::string HomeRegion(const Dataset& dataset) {
  for (const std::string& region : dataset.regions) {
    if (!dataset.In(region).empty()) return region;
  }
  return dataset.regions.empty() ? "cn-hangzhou" : dataset.regions.front();
}

}  // namespace assay
