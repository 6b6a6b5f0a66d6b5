// The request parser on any bytes: never crashes, and encoding and decoding are inverse.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reference/describe_snapshots/model.h"

namespace assay {
namespace {

void RunOne(std::string_view text) {
  static const Dataset dataset = GenerateDataset(20, 1);
  Request request{.parameters = ParseForm(text)};
  if (ParseForm(request.Text()) != request.parameters) std::abort();
  if (FormDecode(PercentEncode(text)) != text) std::abort();
  FixedReading choices;
  (void)DescribeSnapshots(request, dataset, nullptr, choices);
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
