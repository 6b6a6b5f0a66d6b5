#include "reference/target/target.h"

#include <string>
#include <thread>
#include <utility>

#include "reference/target/patience.h"

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

void HideSecrets(const SecretMask& mask, Result<Response>& response) {
  if (mask.empty()) return;
  if (!response) {
    Error error = response.error();
    mask.Hide(error.what);
    response = std::move(error);
    return;
  }
  for (std::string* text : {&response->body, &response->content_type, &response->request_id,
                            &response->location, &response->encoding}) {
    mask.Hide(*text);
  }
}

Result<Response> SendOnce(Target& target, const Request& request) {
  OneRequest source(request);
  target.Run(source);
  return source.TakeAnswer();
}

Result<Response> Send(Target& target, const Request& request) {
  for (Patience patience(1);;) {
    Result<Response> answer = SendOnce(target, request);
    if (patience.After(request, answer) == Patience::Next::kTake) return answer;
    std::this_thread::sleep_for(patience.delay());
  }
}

}  // namespace assay
