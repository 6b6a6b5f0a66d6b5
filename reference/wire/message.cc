#include "reference/wire/message.h"

namespace assay {

bool IsSlow(const Response& response) { return response.latency_us > 3'000'000; }

bool IsOtherMethod(const Request& request) {
  return request.method != "GET" && request.method != "POST";
}

}  // namespace assay
