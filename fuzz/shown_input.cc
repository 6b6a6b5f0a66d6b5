#include "fuzz/shown_input.h"

#include <cstdint>
#include <utility>

#include "fuzz/input_script.h"

namespace assay {

Done ShowInput(Target& target, Judge& judge, ExchangeInput input, InputFeatures& features,
               const std::function<void(const Exchange&, const Verdict&)>& judged) {
  ExchangeReader reader;
  std::uint64_t id = 0;
  Request request;
  InputScript script(std::move(input));
  for (bool more = script.Next(nullptr, request); more;) {
    const Result<Response> response = Send(target, request);
    if (!response) return response.error();
    const Exchange exchange = reader.Read(++id, request, *response);
    features.ShowAnswer(request, *response, exchange.answer, id - 1);
    const Verdict verdict = judge.Examine(exchange);
    features.ShowVerdict(verdict, response->status);
    if (judged) judged(exchange, verdict);
    more = script.Next(&exchange, request);
  }
  return Ok();
}

}  // namespace assay
