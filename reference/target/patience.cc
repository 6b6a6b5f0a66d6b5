#include "reference/target/patience.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace assay {
namespace {

std::chrono::milliseconds DelayAfter(const Response& throttled, int times) {
  constexpr std::int64_t kLongest = 10'000;
  const std::int64_t wait =
      throttled.retry_after_ms > 0 ? throttled.retry_after_ms : 100LL << std::clamp(times, 1, 7);
  return std::chrono::milliseconds(std::min(wait, kLongest));
}

}  // namespace

Patience::Next Patience::After(const Request& request, const Result<Response>& response) {
  if (response && IsThrottled(*response)) {
    delay_ = DelayAfter(*response, ++throttled_);
    if (throttled_ >= kThrottledTries || waited_ + delay_ > kLongestWait) return Next::kTake;
    waited_ += delay_;
    return Next::kWait;
  }
  const bool failed =
      !response || response->status >= 500 || (for_slow_answers_ && IsSlow(*response));
  // Another method may be refused in any way, each time.
  if (!failed || IsOtherMethod(request)) return Next::kTake;
  return ++failed_ < tries_ ? Next::kAgain : Next::kTake;
}

bool IsThrottledByGateway(const Response& response) {
  return response.status == 429 || (response.status == 503 && response.retry_after_ms > 0);
}

bool IsThrottled(const Response& response) {
  // Most answers are long lists and are not searched.
  if (response.status < 400) return false;
  return IsThrottledByGateway(response) || response.body.find("Throttling") != std::string::npos;
}

}  // namespace assay
