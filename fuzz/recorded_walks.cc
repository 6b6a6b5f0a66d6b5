#include "fuzz/recorded_walks.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace assay {
namespace {

// Beyond that tokens are not remembered; requests that use them stay as they are.
constexpr std::size_t kMostTokenBytes = 64 * 1024 * 1024;

// A step that is not kept, and so none that goes on from it.
constexpr std::size_t kLeftOut = static_cast<std::size_t>(-1);

}  // namespace

// Names the token by the answer that gave it; the step of that answer, or 0.
std::size_t RecordedWalks::PutBehindItsLike(Request& request) const {
  const std::optional<std::string_view> token = request.Find("NextToken");
  if (!token) return 0;
  const auto origin = trail_.OriginOf(std::string(*token));
  if (!origin) return 0;
  // Half a token, as `.cut` has it; shorter ones are odd values like others.
  const bool cut = origin->missing > 0;
  if (cut && token->size() - origin->missing > 1) return 0;
  const std::size_t before = step_of_.at(origin->exchange);
  if (before == kLeftOut) return kLeftOut;
  request.Set("NextToken", TokenOfAnswer(steps_[before].length) + (cut ? ".cut" : ""));
  return before;
}

std::size_t RecordedWalks::StepOf(Request request) {
  const std::size_t before = PutBehindItsLike(request);
  const std::size_t length = before == 0 ? 1 : before == kLeftOut ? 0 : steps_[before].length + 1;
  if (before == kLeftOut || length > kMostRequests) {
    ++deep_;
    return kLeftOut;
  }
  const std::string text = std::to_string(before) + WriteExchangeInput({.requests = {request}});
  if (const auto known = known_.find(text); known != known_.end()) {
    ++equal_;
    return known->second;
  }
  if (steps_.size() > most_) {
    ++beyond_;
    return kLeftOut;
  }
  known_[text] = steps_.size();
  steps_[before].goes_on = true;
  steps_.push_back({std::move(request), before, length});
  return steps_.size() - 1;
}

void RecordedWalks::Add(const ExchangeRecord& exchange) {
  const std::size_t step = StepOf(exchange.request);
  if (exchange.next_token.empty() || token_bytes_ > kMostTokenBytes) return;
  token_bytes_ += exchange.next_token.size();
  trail_.Add(exchange.id, exchange.request, exchange.next_token);
  step_of_[exchange.id] = step;
}

std::vector<ExchangeInput> RecordedWalks::Finish() {
  std::vector<ExchangeInput> inputs;
  for (std::size_t last = 1; last < steps_.size(); ++last) {
    if (steps_[last].goes_on) continue;
    ExchangeInput& input = inputs.emplace_back();
    for (std::size_t i = last; i != 0; i = steps_[i].before) {
      input.requests.push_back(steps_[i].request);
    }
    std::ranges::reverse(input.requests);
  }
  return inputs;
}

}  // namespace assay
