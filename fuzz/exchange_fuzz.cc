// Requests against a target, with the judge as oracle. In process the target is the model under the
// reading that the input names; with ASSAY_FUZZ_TARGET it is the endpoint at that URL, which holds
// the dataset of ASSAY_FUZZ_DATASET, reached as ASSAY_FUZZ_SIGNATURE and ASSAY_FUZZ_CA_FILE say.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "fuzz/exchange_input.h"
#include "fuzz/features.h"
#include "fuzz/mutator.h"
#include "reference/server/service.h"
#include "reference/target/connection_options.h"
#include "reference/target/target.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

const Dataset& State() {
  static const Dataset dataset = [] {
    const char* file = std::getenv("ASSAY_FUZZ_DATASET");
    if (!file) return std::getenv("ASSAY_FUZZ_TARGET") ? BuiltInDataset() : GenerateDataset(60, 1);
    auto loaded = LoadDataset(file);
    if (loaded) return std::move(*loaded);
    fmt::print(stderr, "{}\n", loaded.error().Text());
    std::exit(2);
  }();
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

// Sends the requests in turn, with the newest token in those that ask for it.
void SendAll(Target& target, Judge& judge, ExchangeInput input, std::uint64_t& id) {
  static ExchangeReader reader;
  GivenTokens tokens;
  for (Request& request : input.requests) {
    (void)tokens.Substitute(request);
    const Result<Response> response = Send(target, request);
    if (!response) {
      fmt::print(stderr, "{}\n", TerminalText(response.error().Text()));
      std::_Exit(3);  // the target is lost: no finding, and no file of the fuzzer's about it
    }
    const Exchange exchange = reader.Read(++id, request, *response);
    const Verdict verdict = judge.Examine(exchange);
    ShowFeatures(*response, verdict);
    if (verdict.HasViolation()) Stop(request, *response, verdict);
    const std::string next = NextTokenOf(exchange.answer);
    if (!next.empty()) tokens.Add("last", next);
  }
}

std::string EnvironmentOr(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

struct Live {
  explicit Live(const ConnectionOptions& connection)
      : judge(State(), {}, {.accepts_json = connection.accepts_json()}) {}
  std::unique_ptr<HttpTarget> target;
  Judge judge;
  std::uint64_t id = 0;
};

Live* LiveTarget() {
  static const std::unique_ptr<Live> live = []() -> std::unique_ptr<Live> {
    const char* url = std::getenv("ASSAY_FUZZ_TARGET");
    if (!url) return nullptr;
    const ConnectionOptions connection{
        .signature = EnvironmentOr("ASSAY_FUZZ_SIGNATURE", "none"),
        .ca_file = EnvironmentOr("ASSAY_FUZZ_CA_FILE", ""),
        .timeout_s = std::strtod(EnvironmentOr("ASSAY_FUZZ_TIMEOUT", "10").c_str(), nullptr)};
    auto target = OpenEndpoint(url, connection);
    if (!target) {
      fmt::print(stderr, "{}\n", target.error().Text());
      std::exit(2);
    }
    auto out = std::make_unique<Live>(connection);
    out->target = std::move(*target);
    return out;
  }();
  return live.get();
}

void RunOne(std::string_view text) {
  ExchangeInput input = ParseExchangeInput(text);
  if (Live* live = LiveTarget()) {
    return SendAll(*live->target, live->judge, std::move(input), live->id);
  }
  struct Readings {
    Reading whole, known;
  };
  static const std::vector<Readings> readings = [] {
    std::vector<Readings> out;
    for (std::uint32_t n = 0; n < kReadings; ++n) {
      out.push_back({NumberedReading(n), KnownReading(n)});
    }
    return out;
  }();
  const Readings& reading = readings[input.reading % kReadings];
  ModelTarget target(State(), reading.whole);
  Judge judge(State(), reading.known);
  std::uint64_t id = 0;
  SendAll(target, judge, std::move(input), id);
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
  const std::string mutated =
      assay::MutateExchange({reinterpret_cast<const char*>(data), size}, assay::State(), seed);
  if (mutated.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::copy(mutated.begin(), mutated.end(), reinterpret_cast<char*>(data));
  return mutated.size();
}
#endif
