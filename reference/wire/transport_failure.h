#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spec/text/result.h"

namespace assay {

// Why an exchange with a target broke before a whole answer was read.
enum class TransportFailure {
  kRefused,      // nothing listens there
  kUnreachable,  // no connection for another reason: no route, no descriptor left, …
  kUnknownHost,  // the name has no address
  kTls,          // the handshake failed or the certificate is not trusted
  kTimeout,      // the answer was not complete in time
  kClosed,       // closed or reset before the answer was complete
  kNoHttp,       // what came does not begin as an HTTP answer does
  kMalformed,    // the bytes are not a well-formed HTTP answer
  kTooLarge,     // the body is over the bound
  kStopped,      // the run was ended before the answer came
};

// The words that the Error of such a failure begins with, "connection refused" for one. Stable:
// reports and known findings may rely on them.
std::string_view Beginning(TransportFailure failure);

// An Error that begins with these words, followed by `detail` as it is; its exit is
// kCouldNotJudge. `where` is the target's address.
Error TransportError(TransportFailure failure, std::string where, std::string_view detail);

// In the detail of kClosed if no byte came.
inline constexpr std::string_view kNothingCame = "(after 0 bytes";

// The failure that an Error from TransportError() tells of; nothing for any other Error.
std::optional<TransportFailure> FailureOf(const Error& error);

// True if part of an HTTP answer came: a server is there and answers wrongly.
bool BeganToAnswer(const Error& error);

}  // namespace assay
