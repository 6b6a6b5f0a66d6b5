#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reference/answer/observed.h"

namespace assay {

// What both readers keep of a hostile body, at most: more entries than any right answer has.
inline constexpr std::size_t kMostSnapshotsKept = 1000;
inline constexpr std::size_t kMostTagsKept = 100;
inline constexpr std::size_t kMostProblemsKept = 32;

// Bytes of a text that are kept, and of a token that is sent back: no request holds more.
inline constexpr std::size_t kLongestText = 16 * 1024, kLongestToken = 64 * 1024;

// Cuts every text that is longer than any right answer's, and takes away such a token, which is a
// problem. Views into the body stay.
void CutLongTexts(ObservedAnswer& answer);
// Where the named top-level value of an answer is kept, or nullptr for a name that is not known.
ObservedValue* FindTopLevel(ObservedAnswer& answer, std::string_view name);
// The next unused entry of `snapshots`, emptied; the last one again if there are too many.
ObservedSnapshot& AddSnapshot(ObservedAnswer& answer);
// Adds a tag, and what is wrong with its form.
void AddTag(const ObservedTag& tag, ObservedSnapshot& snapshot, ObservedAnswer& answer);
void AddProblem(ObservedAnswer& answer, Rule rule, std::string expected, std::string actual,
                std::string shape = "");
// A name that occurs twice in one object or element.
void AddRepeatedName(ObservedAnswer& answer, std::string_view name);

// Where a text stands in another one, if it is a part of it.
std::optional<std::size_t> PlaceIn(std::string_view whole, std::string_view part);
// Calls `visit` with each text of the snapshot.
template <typename Visit>
void VisitTexts(ObservedSnapshot& snapshot, const Visit& visit) {
  for (ObservedValue& value : snapshot.fields) visit(value.text);
  for (ObservedTag& tag : snapshot.tags) {
    visit(tag.key.text);
    visit(tag.value.text);
  }
}

// Reads a JSON body with simdjson's on-demand parser.
class JsonBodyReader {
 public:
  JsonBodyReader();
  ~JsonBodyReader();
  void Read(std::string_view body, ObservedAnswer& answer);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

// Reads an XML body with pugixml. Entities of a document type are not expanded.
class XmlBodyReader {
 public:
  XmlBodyReader();
  ~XmlBodyReader();
  void Read(std::string_view body, ObservedAnswer& answer);

 private:
  struct Document;
  std::unique_ptr<Document> document_;
};

}  // namespace assay
