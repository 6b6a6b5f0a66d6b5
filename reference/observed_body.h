#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "reference/observed.h"

namespace assay {

// What both readers keep of a hostile body, at most: more entries than any right answer has.
inline constexpr std::size_t kMostSnapshotsKept = 1000;
inline constexpr std::size_t kMostTagsKept = 100;
inline constexpr std::size_t kMostProblemsKept = 32;

// Where the named top-level value of an answer is kept, or nullptr for a name that is not known.
ObservedValue* FindTopLevel(ObservedAnswer& answer, std::string_view name);
// The next unused entry of `snapshots`, emptied; the last one again where there are too many.
ObservedSnapshot& AddSnapshot(ObservedAnswer& answer);
// Adds a tag, and what is wrong with its form.
void AddTag(const ObservedTag& tag, ObservedSnapshot& snapshot, ObservedAnswer& answer);
void AddProblem(ObservedAnswer& answer, Rule rule, std::string expected, std::string actual,
                std::string shape = "");
// A name that stands twice in one object or element.
void AddRepeatedName(ObservedAnswer& answer, std::string_view name);

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
