#include "reference/utf8.h"

#include <simdjson.h>

namespace assay {

bool IsValidUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace assay
