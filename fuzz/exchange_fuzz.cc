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
#include "reference/connection_options.h"
#include "reference/describe_snapshots/service.h"
#include "reference/target.h"

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
  const Difference& first = verdict.violations.front();
  fmt::print(stderr,
             "VIOLATION {}\n  request  {} {}\n  expected {}\n  actual   {}\n  answer   {} {}\n",
             Id(first.rule), request.method, request.Text(), first.expected, first.actual,
             response.status, Excerpt(response.body, 400));
  std::abort();
}

bool AsksForToken(const Request& request) {
  return std::ranges::find(request.parameters, kTokenPlaceholder, &Parameter::value) !=
         request.parameters.end();
}

// Sends the requests in turn, with the newest token where one asks for it.
void Exchange(Target& target, Judge& judge, ExchangeInput input, std::uint64_t& id) {
  // Reading tokens off answers takes a fifth of the time, and most inputs want none.
  const bool walks = std::ranges::any_of(input.requests, AsksForToken);
  std::string token;
  for (Request& request : input.requests) {
    for (Parameter& parameter : request.parameters) {
      if (parameter.value == kTokenPlaceholder) parameter.value = token;
    }
    const Result<Response> response = Send(target, request);
    if (!response) {
      fmt::print(stderr, "{}\n", response.error().Text());
      std::exit(3);  // the target is lost: no finding
    }
    const Verdict verdict = judge.Examine(++id, request, *response);
    ShowFeatures(*response, verdict);
    if (!verdict.violations.empty()) Stop(request, *response, verdict);
    const std::string next = walks ? NextTokenOf(*response) : "";
    if (!next.empty()) token = next;
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
    const ConnectionOptions connection{.signature = EnvironmentOr("ASSAY_FUZZ_SIGNATURE", "none"),
                                       .ca_file = EnvironmentOr("ASSAY_FUZZ_CA_FILE", "")};
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
    return Exchange(*live->target, live->judge, std::move(input), live->id);
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
  Exchange(target, judge, std::move(input), id);
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
