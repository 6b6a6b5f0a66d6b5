#pragma once

#include <cstdint>

#include "reference/answer/observed.h"
#include "reference/state/quiet_state.h"
#include "reference/wire/message.h"

namespace assay {

// One answered exchange with a target. The answer was read once, for all who use it.
struct Exchange {
  std::uint64_t id = 0;  // positive; 0: not part of the run, or not yet
  const Request& request;
  const Response& response;
  const ObservedAnswer& answer;  // the response, read
  AnswerState state = {};
};

// Reads the responses of exchanges, one after the other.
class ExchangeReader {
 public:
  // Valid until the next one is read, as long as the request and the response are there.
  Exchange Read(std::uint64_t id, const Request& request, const Response& response,
                const AnswerState& state = {});

 private:
  AnswerReader reader_;
};

}  // namespace assay
