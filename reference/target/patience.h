#pragma once

#include <chrono>

#include "reference/target/target.h"

namespace assay {

// How often a request is sent again that was throttled every time.
inline constexpr int kThrottledTries = 30;
// How long it may wait for that in all.
inline constexpr std::chrono::seconds kLongestWait{100};

// Decides how often one request is sent again: an exchange that was throttled, was answered with
// 5xx or broke off is not the answer yet.
class Patience {
 public:
  enum class Next {
    kTake,   // what came is the answer
    kAgain,  // the request is to be sent again
    kWait,   // the same, after delay()
  };
  // `tries` of a request that fails, or is answered too slowly if those count as well. Throttled
  // requests are tried longer.
  explicit Patience(int tries, bool for_slow_answers = false)
      : tries_(tries), for_slow_answers_(for_slow_answers) {}

  // What to do after the next answer to the request.
  Next After(const Request& request, const Result<Response>& response);
  // What a throttled answer asks for, or twice as long each time; 10 s at the most.
  std::chrono::milliseconds delay() const { return delay_; }

 private:
  int tries_;
  bool for_slow_answers_;
  int failed_ = 0, throttled_ = 0;
  std::chrono::milliseconds delay_{}, waited_{};
};

// Whether a gateway in front says so in its own way, whatever the body is: 429, or 503 with the
// time after which to come again.
bool IsThrottledByGateway(const Response& response);
// Whether the answer only says that too many requests came (api-facts, 6, "throttle").
bool IsThrottled(const Response& response);

}  // namespace assay
