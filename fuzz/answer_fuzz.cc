// Answers from a hostile target: the judge reads any bytes without harm, and gives the same verdict
// twice.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reference/judge/judge.h"

namespace assay {
namespace {

void RunOne(std::string_view text) {
  static const Dataset dataset = GenerateDataset(20, 1);
  static const Judge judge(dataset);
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", "cn-hangzhou");
  Response response;
  // The first byte chooses the status, so that lists and errors are both reached.
  constexpr int kStatus[] = {200, 400, 404, 403, 500, 302};
  response.status = kStatus[text.empty() ? 0 : static_cast<unsigned char>(text[0]) % 6];
  response.content_type = "application/json;charset=utf-8";
  response.body = text.empty() ? text : text.substr(1);
  const Verdict first = judge.Peek(ExchangeReader().Read(0, request, response));
  const Verdict second = judge.Peek(ExchangeReader().Read(0, request, response));
  if (first.kind != second.kind || first.violations().size() != second.violations().size())
    std::abort();
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
