#pragma once

#include <fmt/format.h>

#include <string>

#include "spec/record.h"

namespace assay {

// The lines of a journal, each a JSON object with its `type` first and a newline at the end. No
// secret is written. A text that is not UTF-8 becomes {"base64": …} in place of the string.

std::string HeaderLine(const RunHeader& header);
std::string FindingLine(const Finding& finding);
std::string TrailerLine(const RunTrailer& trailer);

// Appends an exchange's line with the first `body_limit` bytes of its body; where that is not the
// whole body the line says `"cut": true`. A body that is not UTF-8 stands under `body_base64`.
void AppendExchangeLine(const ExchangeRecord& exchange, std::size_t body_limit,
                        fmt::memory_buffer* out);

}  // namespace assay
