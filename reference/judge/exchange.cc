#include "reference/judge/exchange.h"

namespace assay {

Exchange ExchangeReader::Read(std::uint64_t id, const Request& request, const Response& response,
                              const AnswerState& state) {
  return {id, request, response, reader_.Read(response), state};
}

}  // namespace assay
