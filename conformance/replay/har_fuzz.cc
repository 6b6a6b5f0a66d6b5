// HAR files: any bytes are an error that says something, or a recording.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "conformance/replay/har.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto recording = assay::ParseHar({reinterpret_cast<const char*>(data), size}, "input");
  if (!recording && recording.error().Text().empty()) std::abort();
  return 0;
}
