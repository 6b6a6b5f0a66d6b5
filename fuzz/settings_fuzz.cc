// What users write, readings and known findings: any bytes are an error that says something, or
// are understood. The first byte says which.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reference/findings/known.h"
#include "spec/catalogue/parse.h"

namespace assay {
namespace {

template <typename T>
void Expect(const Result<T>& result) {
  if (!result && result.error().Text().empty()) std::abort();
}

void RunOne(std::string_view input) {
  if (input.empty()) return;
  const std::string_view text = input.substr(1);
  if ((input[0] & 1) != 0) {
    Expect(ParseKnown(text, "input"));
  } else {
    Expect(ParseReading(text, "input"));
  }
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
