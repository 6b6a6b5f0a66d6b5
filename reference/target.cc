#include "reference/target.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace assay {
namespace {

// Yields one request and keeps its answer.
class OneRequest : public RequestSource {
 public:
  explicit OneRequest(const Request& request) : request_(&request) {}

  const Request* Next() override { return std::exchange(request_, nullptr); }
  void Answered(const Request*, Result<Response>& response) override {
    answer_ = std::move(response);
  }
  Result<Response> TakeAnswer() { return std::move(answer_); }

 private:
  const Request* request_;
  Result<Response> answer_ = Error{"", "the target gave no answer", ExitCode::kCouldNotJudge};
};

}  // namespace

bool IsThrottled(const Response& response) {
  // Most answers are long lists and are not searched.
  if (response.status < 400) return false;
  return response.body.find("Throttling") != std::string::npos;
}

std::chrono::milliseconds BackOff(const Response& response, int tries) {
  constexpr std::int64_t kLongest = 10'000;
  const std::int64_t wait =
      response.retry_after_ms > 0 ? response.retry_after_ms : 100LL << std::clamp(tries, 1, 7);
  return std::chrono::milliseconds(std::min(wait, kLongest));
}

Result<Response> Send(Target& target, const Request& request) {
  for (int tries = 1;; ++tries) {
    OneRequest source(request);
    target.Run(source);
    Result<Response> answer = source.TakeAnswer();
    if (!answer || !IsThrottled(*answer) || tries == kThrottledTries) return answer;
    std::this_thread::sleep_for(BackOff(*answer, tries));
  }
}

}  // namespace assay
