// Dataset files: any bytes are an error or a dataset that reads back to itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "reference/state/dataset.h"

namespace assay {
namespace {

void RunOne(std::string_view text) {
  const auto dataset = ParseDataset(text, "input");
  if (!dataset) {
    if (dataset.error().Text().empty()) std::abort();
    return;
  }
  const std::string written = DatasetText(*dataset);
  const auto again = ParseDataset(written, "written");
  if (!again || DatasetText(*again) != written) std::abort();
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
