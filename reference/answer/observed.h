#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reference/answer/difference.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

// One value of an answer, with the type it has on the wire. In XML every scalar is kText.
struct ObservedValue {
  enum class Kind : std::uint8_t {
    kAbsent,
    kNull,
    kText,
    kInteger,
    kFraction,
    kBoolean,
    kArray,
    kObject
  } kind = Kind::kAbsent;
  std::string_view text;  // scalars: unescaped text, digits, `true`; otherwise ""

  bool given() const { return kind != Kind::kAbsent; }
};
std::string_view NameOf(ObservedValue::Kind kind);  // "a string", "null", …

struct ObservedTag {
  ObservedValue key, value;
};

// What is known of a snapshot that is written in the same way in several answers of a target.
struct SeenSnapshot {
  std::unique_ptr<char[]> texts;  // all that the snapshot's values show
  // QuickHash() of the text of each field, and of each tag's key and value.
  std::array<std::uint64_t, kFieldCount> field_hashes{};
  std::vector<std::uint64_t> tag_hashes;
};

struct ObservedSnapshot {
  std::array<ObservedValue, kFieldCount> fields;
  ObservedValue::Kind tags_kind = ObservedValue::Kind::kAbsent;  // kObject if Tags is as documented
  bool tags_fit =
      true;  // false if a part of Tags has another form than documented: they are not known
  std::vector<ObservedTag> tags;
  std::shared_ptr<const SeenSnapshot> seen;  // if one that is written alike was read before

  const ObservedValue& operator[](Field f) const { return fields[static_cast<std::size_t>(f)]; }
};

// An answer as it was read: its values, and what is wrong with it whatever was asked. All texts
// stay valid until the reader reads the next body.
struct ObservedAnswer {
  int status = 0;
  bool xml = false;
  bool readable = false;          // a JSON object or an XML document
  std::string_view source;        // the reader's copy of the body, or ""; texts may be parts of it
  std::string declared_encoding;  // that an XML declaration names, or ""
  ObservedValue request_id, host_id, code, message, recommend;
  ObservedValue next_token, page_size, page_number, total_count;
  ObservedValue::Kind list_kind = ObservedValue::Kind::kAbsent;  // Snapshots
  bool has_list = false;  // the snapshots are listed, in whatever container
  std::vector<ObservedSnapshot> snapshots;
  std::size_t snapshot_count = 0;  // entries of `snapshots` that are in use; bounded
  std::vector<Difference> problems;

  bool IsError() const { return code.kind == ObservedValue::Kind::kText && !code.text.empty(); }
  // "400 InvalidParameter" or "200 and a list of 20 in XML".
  std::string InWords() const;
};

// Reads bodies from a target: hostile input. Keeps its buffers, so reading allocates little.
class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(AnswerReader&&) noexcept;
  // The answer; problems of form are in `problems`, each with the rule it breaks. The reference is
  // valid until the next call.
  const ObservedAnswer& Read(const Response& response);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
  ObservedAnswer answer_;
};

// The encoding other than UTF-8, in lower case, that Content-Type or an XML declaration gives for a
// body with more than ASCII in it; "" if there is none. Whoever believes it reads other characters.
std::string OtherEncodingName(const ObservedAnswer& answer, const Response& response);

// The NextToken of an answer, "" if there is none or the body cannot be read; for walks.
std::string NextTokenOf(const ObservedAnswer& answer);
// The same for a response that nobody else reads.
std::string NextTokenOf(const Response& response);

// The text cut to `most` bytes at a character boundary, control characters made visible.
std::string Excerpt(std::string_view text, std::size_t most = 120);
// The same of a body, without the ends of lines at its end.
std::string ExcerptOfBody(std::string_view body, std::size_t most = 120);

}  // namespace assay
