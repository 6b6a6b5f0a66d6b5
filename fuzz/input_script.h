#pragma once

#include <cstddef>
#include <functional>

#include "fuzz/exchange_input.h"
#include "reference/session/script.h"
#include "spec/record/token_trail.h"

namespace assay {

// Sends the requests of one input, one after the other, with the tokens filled in.
class InputScript : public Script {
 public:
  // `seen` is told of each exchange that was answered, with its position in the input.
  using Seen = std::function<void(std::size_t position, const Exchange&)>;
  explicit InputScript(ExchangeInput input, Seen seen = {})
      : input_(std::move(input)), seen_(std::move(seen)) {}

  bool Next(const Exchange* previous, Request& request) override;

 private:
  ExchangeInput input_;
  const Seen seen_;
  std::size_t next_ = 0;
  GivenTokens tokens_;
};

}  // namespace assay
