#pragma once

#include <string>
#include <string_view>

#include "conformance/replay/recording.h"

namespace assay {

// Reads a HAR 1.2 file, as browsers and proxies write it, up to 512 MiB. The exchanges are those
// of DescribeSnapshots to one target, numbered by their entries (the first is 1); of several the
// one with the most answers counts. What was left out is counted in the notes. Keys and signatures
// of the requests are dropped. The Error names the entry.
Result<Recording> LoadHar(const std::string& path);
Result<Recording> ParseHar(std::string_view text, const std::string& name);

}  // namespace assay
