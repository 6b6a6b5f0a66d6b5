#pragma once

#include <cstdint>
#include <string>

#include "spec/record/request.h"
#include "spec/text/percent.h"

namespace assay {

// One answer as it came over the wire. `body` is hostile input.
struct Response {
  int status = 0;
  std::string content_type;  // the Content-Type header, "" if absent
  std::string body;
  std::int64_t retry_after_ms = 0;  // from x-acs-retry-after or Retry-After; 0 if absent
  std::int64_t latency_us = 0;      // from the last byte sent to the last byte received
  std::string request_id = "";      // the x-acs-request-id header, "" if absent
  std::string encoding = "";        // the Content-Encoding header, which no request asks for
  std::string location = "";        // the Location header: where a redirect leads
};

// Whether the answer came after 3 s: later than JavaScript clients wait (clients-and-formats,
// 0.10).
bool IsSlow(const Response& response);

// True for methods other than GET and POST: a target may refuse them in any way, or close.
bool IsOtherMethod(const Request& request);

}  // namespace assay
