#pragma once

#include "reference/judge/exchange.h"
#include "reference/judge/judge.h"

namespace assay {

// Has the response read and judged.
inline Verdict Examine(Judge& judge, std::uint64_t id, const Request& request,
                       const Response& response) {
  return judge.Examine(ExchangeReader().Read(id, request, response));
}

inline Verdict Peek(const Judge& judge, const Request& request, const Response& response) {
  return judge.Peek(ExchangeReader().Read(0, request, response));
}

}  // namespace assay
