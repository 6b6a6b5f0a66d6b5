#include "fuzz/accepted_kinds.h"

#include <utility>

#include "fuzz/exchange_input.h"
#include "fuzz/mutator.h"

namespace assay {
namespace {

constexpr std::size_t kMostKinds = 4096;

}  // namespace

void AcceptedKinds::Keep(std::uint64_t kind, const Request& request) {
  const std::size_t parameters = request.parameters.size();
  const auto known = at_.find(kind);
  if (known == at_.end() ? kept_.size() == kMostKinds
                         : kept_[known->second].parameters <= parameters) {
    return;
  }
  if (request.Find("NextToken")) return;
  ExchangeInput alone;
  alone.requests.push_back(request);
  std::string input = WriteExchangeInput(alone);
  if (input.size() > kLongestInput) return;
  if (known != at_.end()) {
    Kept& kept = kept_[known->second];
    kept.parameters = parameters;
    kept.input = std::move(input);
    return;
  }
  at_.emplace(kind, kept_.size());
  kept_.push_back({parameters, std::move(input)});
}

std::string AcceptedKinds::ResizeNext() {
  if (kept_.empty()) return "";
  Kept& kept = kept_[next_++ % kept_.size()];
  return ResizePage(kept.input, kept.resized++);
}

AcceptedKinds& TheAcceptedKinds() {
  static AcceptedKinds kinds;
  return kinds;
}

}  // namespace assay
