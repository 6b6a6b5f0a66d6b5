// Measures signing: nanoseconds a request of 600 bytes, for each scheme.
//   signature_benchmark [ROUNDS]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "reference/auth/request_signer.h"

namespace assay {
namespace {

Request LongRequest() {
  Request request;
  request.parameters = {
      {"Action", "DescribeSnapshots"},
      {"Format", "JSON"},
      {"RegionId", "cn-hangzhou"},
      {"PageNumber", "1"},
      {"PageSize", "10"},
      {"SnapshotIds",
       R"(["s-bp1aaaaaaaaaaaaaaaaa","s-bp1bbbbbbbbbbbbbbbbb","s-bp1ccccccccccccccccc"])"},
      {"SnapshotName", "a name with blanks"},
      {"Status", "accomplished"},
      {"Filter.1.Key", "CreationStartTime"},
      {"Filter.1.Value", "2026-11-24T00:00Z"},
      {"Tag.1.Key", "department"},
      {"Tag.1.Value", "conformance"}};
  return request;
}

// The best of several rounds: others use the machine, too.
template <typename Action>
double NanosecondsOf(int rounds, Action action) {
  constexpr int kRequests = 20'000;
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kRequests; ++i) action();
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count() / kRequests);
  }
  return best;
}

void Measure(const char* name, int rounds, const SignerOptions& options) {
  const Request request = LongRequest();
  const RequestSigner sign = MakeSigner({"testid", "testsecret"}, options);
  WireRequest wire{.host = "127.0.0.1:8080", .path = "/"};
  std::string bytes;
  const auto send = [&](bool with_signature) {
    LayOut(request, "2014-05-26", &wire);
    if (with_signature && sign) sign(request, wire);
    Encode(wire, "assay", &bytes);
  };
  const double without = NanosecondsOf(rounds, [&] { send(false); });
  const double with = NanosecondsOf(rounds, [&] { send(true); });
  fmt::print("{:<24}{:>6.0f} ns a signature, {:>4.0f} ns laid out and encoded, {} bytes\n", name,
             with - without, without, bytes.size());
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  using namespace assay;
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 20;
  Measure("HMAC-SHA1 (v1)", rounds, {.scheme = SignatureScheme::kParameters});
  Measure("ACS3-HMAC-SHA256 (v3)", rounds, {.scheme = SignatureScheme::kHeaders});
  Measure("ACS3-HMAC-SM3", rounds,
          {.scheme = SignatureScheme::kHeaders, .algorithm = HeaderAlgorithm::kSm3});
}
