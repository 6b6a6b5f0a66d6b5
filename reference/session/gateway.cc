#include "reference/session/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {
namespace {

// Codes of refusals that say who asks, or how often, not what is asked (api-facts, 5.1).
bool IsOfGateway(std::string_view code) {
  constexpr std::array<std::string_view, 15> kBeginnings = {
      "InvalidAccessKeyId",   "SignatureDoesNotMatch", "SignatureNonceUsed", "IncompleteSignature",
      "InvalidSecurityToken", "MissingSecurityToken",  "MissingAccessKeyId", "MissingSignature",
      "MissingTimestamp",     "InvalidTimeStamp",      "Throttling",         "Forbidden",
      "NoPermission",         "ServiceUnavailable",    "InvalidSignature"};
  return std::ranges::any_of(kBeginnings,
                             [&](std::string_view begin) { return code.starts_with(begin); });
}

}  // namespace

std::string WhySaysNothing(int status, std::string_view code) {
  constexpr std::array<int, 7> kOfGateways = {401, 403, 407, 429, 502, 503, 504};
  if (status == 304) return "304, as caches do";
  if (IsOfGateway(code)) return fmt::format("{} {}", status, code);
  if (code.empty() && std::ranges::find(kOfGateways, status) != kOfGateways.end()) {
    return fmt::format("{} without an error code, as gateways do", status);
  }
  return "";
}

}  // namespace assay
