#pragma once

#include <memory>
#include <string_view>

#include "reference/observed.h"

namespace assay {

// Where the named top-level value of an answer is kept, or nullptr for a name that is not known.
ObservedValue* FindTopLevel(ObservedAnswer& answer, std::string_view name);
// The next unused entry of `snapshots`, emptied.
ObservedSnapshot& AddSnapshot(ObservedAnswer& answer);

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

// Reads an XML body with pugixml.
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
