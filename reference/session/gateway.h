#pragma once

#include <string>
#include <string_view>

namespace assay {

// What makes an answer say nothing of the API ("404 InvalidAccessKeyId.NotFound"), or "": what
// stands before it refused the request for who asks or how often (a code of the gateway; 401, 403,
// 407, 429, 502, 503 or 504 without a code), or a cache says that nothing is new. `code` is the
// error code of the answer, "" if it has none.
std::string WhySaysNothing(int status, std::string_view code);

}  // namespace assay
