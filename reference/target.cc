#include "reference/target.h"

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

Result<Response> Send(Target& target, const Request& request) {
  OneRequest source(request);
  target.Run(source);
  return source.TakeAnswer();
}

}  // namespace assay
