#include "reference/session/exchanged_answers.h"

#include <utility>

namespace assay {
namespace {

constexpr std::size_t kRemembered = 16;
constexpr int kMostTried = 2000;
constexpr std::size_t kLargest = 256 * 1024;  // bytes of an answer that is remembered

}  // namespace

bool ExchangedAnswers::IsRight(const Request& request, const Response& response,
                               const AnswerState& state, const Judge& judge) {
  ++tried_;
  const Verdict verdict = judge.Peek(reader_.Read(0, request, response, state));
  // What is only admissible, or in another format, is no one's own answer.
  return verdict.kind == Verdict::Kind::kConforms && verdict.IsSound() &&
         verdict.unforeseen.empty();
}

std::optional<std::string> ExchangedAnswers::PartnerOf(const Request& request,
                                                       const Response& response,
                                                       const AnswerState& state,
                                                       const Judge& judge) {
  if (tried_ >= kMostTried || response.body.size() > kLargest) return std::nullopt;
  for (auto other = latest_.rbegin(); other != latest_.rend(); ++other) {
    if (other->request == request || !IsRight(request, other->response, state, judge) ||
        !IsRight(other->request, response, state, judge)) {
      continue;
    }
    std::string text = other->request.Text();
    latest_.erase(std::next(other).base());
    return text;
  }
  latest_.push_back({request, response});
  if (latest_.size() > kRemembered) latest_.pop_front();
  return std::nullopt;
}

}  // namespace assay
