#include "reference/target/patience.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace assay {
namespace {

std::chrono::milliseconds DelayAfter(const Response& throttled, int times) {
  constexpr std::int64_t kLongest = 10'000;
  const std::int64_t wait =
      throttled.retry_after_ms > 0 ? throttled.retry_after_ms : 100LL << std::clamp(times, 1, 7);
  return std::chrono::milliseconds(std::min(wait, kLongest));
}

// Whether the Code of an error envelope, JSON or XML, begins so; elsewhere a target may repeat what
// the request says.
bool HasThrottlingCode(std::string_view body) {
  constexpr std::string_view kCode = "Throttling";
  for (std::size_t at = 0; (at = body.find(kCode, at)) != std::string_view::npos; ++at) {
    std::string_view before = body.substr(0, at);
    if (before.ends_with("<Code>")) return true;
    if (!before.ends_with('"')) continue;
    before.remove_suffix(1);
    const auto skip = [&](std::string_view characters) {
      const std::size_t last = before.find_last_not_of(characters);
      before = before.substr(0, last == std::string_view::npos ? 0 : last + 1);
    };
    skip(" \t\r\n");
    if (!before.ends_with(':')) continue;
    before.remove_suffix(1);
    skip(" \t\r\n");
    if (before.ends_with("\"Code\"")) return true;
  }
  return false;
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
  return IsThrottledByGateway(response) || HasThrottlingCode(response.body);
}

}  // namespace assay
