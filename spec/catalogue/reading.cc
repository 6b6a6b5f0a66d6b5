#include "spec/catalogue/reading.h"

#include <fstream>
#include <iterator>
#include <string>

#include "spec/catalogue/embedded.h"
#include "spec/catalogue/parse.h"

namespace assay {

Result<Reading> LoadReading(const std::string& name_or_file) {
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (file.name == "readings/" + name_or_file + ".json") {
      return ParseReading(file.text, std::string(file.name));
    }
  }
  std::ifstream in(name_or_file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    return Error{name_or_file,
                 "cannot be read; `documented` and `observed` are built in, anything else is the "
                 "path of a reading file"};
  }
  return ParseReading(text, name_or_file);
}

}  // namespace assay
