#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <unordered_set>

#include "spec/record/record.h"

namespace assay {

// The lines of a journal, each a JSON object with its `type` first and a newline at the end. No
// secret is written. A text that is not UTF-8 becomes {"base64": …} in place of the string.

std::string HeaderLine(const RunHeader& header);
std::string FindingLine(const Finding& finding);
// The same of what was seen, but is not yet a finding.
std::string SightingLine(const Finding& finding);
std::string TrailerLine(const RunTrailer& trailer);

// What an exchange asked, as a number: equal requests have equal ones.
std::uint64_t RequestDigest(const Request& request);

// The digests of bodies that were written; see SplitBody.
using WrittenBodies = std::unordered_set<std::string>;

// Appends an exchange's line with the first `body_limit` bytes of its body; if that is not the
// whole body, the line says `"cut": true`. A body that is not UTF-8 is under `body_base64`. With
// `written`, a whole body has its digest (`body_hash`) beside it, and one that was written before
// has only that, and what is its own.
void AppendExchangeLine(const ExchangeRecord& exchange, std::size_t body_limit,
                        fmt::memory_buffer* out, WrittenBodies* written = nullptr);

}  // namespace assay
