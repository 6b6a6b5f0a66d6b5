// Shows whether libFuzzer sees the features of answers: this target has no branch of its own, so
// only they can make `ft:` grow. Run by ./assay test, which compares the first figure and the last.
#include "fuzz/features.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::Response response;
  response.status = size == 0 ? 0 : data[0];
  assay::InputFeatures features("");
  features.ShowAnswer({}, response, {}, 0);
  assay::TellEngine(features);
  return 0;
}
