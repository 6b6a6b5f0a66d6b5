// Requests against the model under the reading that the input names, with the judge as oracle.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "fuzz/exchange_input.h"
#include "fuzz/features.h"
#include "fuzz/mutator.h"
#include "fuzz/shown_input.h"
#include "reference/server/service.h"
#include "reference/target/target.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"

namespace assay {
namespace {

const Dataset& State() {
  static const Dataset dataset = GenerateDataset(60, 1);
  return dataset;
}

[[noreturn]] void Stop(const Request& request, const Response& response, const Verdict& verdict) {
  const Difference first = verdict.violations().front();
  fmt::print(stderr,
             "VIOLATION {}\n  request  {} {}\n  expected {}\n  actual   {}\n  answer   {} {}\n",
             Id(first.rule), TerminalText(request.method), TerminalText(request.Text()),
             TerminalText(HideSecrets(first.expected)), TerminalText(HideSecrets(first.actual)),
             response.status, TerminalText(HideSecrets(Excerpt(response.body, 400))));
  std::abort();
}

void RunOne(std::string_view text) {
  ExchangeInput input = ParseExchangeInput(text);
  const ReadingsOfInput& reading = ReadingsOf(input);
  ModelTarget target(State(), reading.whole);
  Judge judge(State(), reading.known);
  InputFeatures features{std::string(text)};
  const Done done = ShowInput(target, judge, std::move(input), features,
                              [](const Exchange& exchange, const Verdict& verdict) {
                                if (verdict.HasViolation())
                                  Stop(exchange.request, exchange.response, verdict);
                              });
  if (!done) std::abort();  // the model always answers
  TellEngine(features);
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}

#ifdef ASSAY_LIBFUZZER
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  if (seed % 4 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string mutated =
      assay::MutateExchange(text, assay::State(), seed, assay::FindHint(text));
  if (mutated.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(mutated.begin(), mutated.end(), reinterpret_cast<char*>(data));
  return mutated.size();
}
#endif
