#pragma once

#include <string>

#include "reference/wire/message.h"

namespace assay {

// If the answer is of something else than the API: what it is, in words, and what to do about it.
// Otherwise "".
std::string OtherEndpoint(const Response& response);

}  // namespace assay
