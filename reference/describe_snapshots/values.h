#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// What a text is as an integer.
struct IntegerText {
  // A needless sign (`+7`, `-0`) makes it kSign, whatever zeros follow.
  enum class Form {
    kPlain,
    kSign,
    kLeadingZeros,
    kBeyond32Bits,
    kNotInteger
  } form = Form::kNotInteger;
  std::int64_t value = 0;  // cut to 64 bits
};
IntegerText ReadInteger(std::string_view text);

// What a text is as a time of a filter.
struct TimeText {
  enum class Form {
    kMinute,       // yyyy-MM-ddTHH:mmZ, the documented form
    kSeconds,      // yyyy-MM-ddTHH:mm:ssZ
    kOffset,       // +hh:mm in place of Z
    kDate,         // yyyy-MM-dd
    kFractions,    // fractions of a second
    kWithoutZone,  // neither Z nor an offset
    kOther,        // another form of ISO 8601 or RFC 3339 that some libraries read
    kLeapSecond,   // second 60; `seconds` is the next minute
    kImpossible,   // one of these forms, but not a date of the calendar or a time of day
    kMalformed,
  } form = Form::kMalformed;
  std::int64_t seconds = 0;
  bool small_letters = false;  // a lower-case t or z
  bool has_seconds = false, has_fractions = false;
};
TimeText ReadTime(std::string_view text);

std::string_view Trim(std::string_view text);  // without blanks and tabs around it

// What a text is as the value of SnapshotIds.
struct IdListText {
  enum class Form { kArray, kSingleQuoted, kNull, kOtherJson, kNotJson } form = Form::kNotJson;
  std::vector<std::string> ids;       // the elements that are strings, in order
  bool other_elements = false;        // an element is not a string
  std::vector<std::string> as_texts;  // all elements, those of nested arrays, too
  std::string single;                 // kOtherJson: the text, if it is a JSON string
  bool has_huge_number = false;       // that no double holds, so that readers differ
};
IdListText ReadIdList(std::string_view text);
// What is between the commas, without blanks around it; `loosely` without the brackets around the
// whole, the quotes around each and what is empty, too.
std::vector<std::string> IdsBetweenCommas(std::string_view text, bool loosely);

// How an id looks to a target that checks the form of ids: surely well formed (the form of all that
// the documents show), surely malformed (characters that no id has), or nothing: targets differ.
enum class IdKind { kInstance, kDisk, kSnapshot, kRegion, kKey };
std::optional<bool> LooksWellFormed(IdKind kind, std::string_view text);

// True if the text has the shape of an id: `prefix` (may be ""), then letters, digits, `-`, `_`,
// `*`.
bool IsWellFormedId(std::string_view text, std::string_view prefix);

}  // namespace assay
