#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/wire_client.h"

namespace assay {

// The text of a raw message, changed in a way that means something to HTTP: lines, their ends,
// lengths, sizes of chunks, targets, versions; odd bytes; more than one message; the way it is
// sent.
std::string MutateRawMessage(std::string_view text, std::uint64_t seed);
// Lines of one message among those of another, or one behind the other.
std::string CrossRawMessages(std::string_view one, std::string_view other, std::uint64_t seed);

// Well-formed messages for methods, placements and ways to say how long a body is.
std::vector<std::string> RawMessageSeeds(const WireClient& client);
// Writes these, one a file, and a dictionary of libFuzzer.
void WriteRawMessageSeeds(const std::filesystem::path& folder, const WireClient& client);
std::string RawMessageDictionary();

}  // namespace assay
