#include "reference/wire/transport_failure.h"

#include <array>
#include <utility>

namespace assay {
namespace {

struct Words {
  TransportFailure failure;
  std::string_view beginning;
};

constexpr std::array<Words, 10> kWords = {{
    {TransportFailure::kRefused, "connection refused"},
    {TransportFailure::kUnreachable, "no connection"},
    {TransportFailure::kUnknownHost, "unknown host"},
    {TransportFailure::kTls, "TLS failed"},
    {TransportFailure::kTimeout, "no answer within"},
    {TransportFailure::kClosed, "connection closed before the answer was complete"},
    {TransportFailure::kNoHttp, "no HTTP answer"},
    {TransportFailure::kMalformed, "malformed HTTP answer"},
    {TransportFailure::kTooLarge, "answer too large"},
    {TransportFailure::kStopped, "the run was stopped"},
}};

}  // namespace

std::string_view Beginning(TransportFailure failure) {
  for (const Words& words : kWords)
    if (words.failure == failure) return words.beginning;
  assert(false);
  return "";
}

Error TransportError(TransportFailure failure, std::string where, std::string_view detail) {
  std::string what(Beginning(failure));
  what += detail;
  return {std::move(where), std::move(what), ExitCode::kCouldNotJudge};
}

std::optional<TransportFailure> FailureOf(const Error& error) {
  for (const Words& words : kWords)
    if (error.what.starts_with(words.beginning)) return words.failure;
  return std::nullopt;
}

bool BeganToAnswer(const Error& error) {
  const auto failure = FailureOf(error);
  if (failure == TransportFailure::kClosed) {
    return error.what.find(kNothingCame) == std::string::npos;
  }
  return failure == TransportFailure::kMalformed || failure == TransportFailure::kTooLarge;
}

}  // namespace assay
