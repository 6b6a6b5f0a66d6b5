#pragma once

#include <string>
#include <string_view>

#include "conformance/replay/recording.h"

namespace assay {

// Reads a HAR file (reports/journal/har_entries.h). The exchanges are those of DescribeSnapshots to
// one target; of several the one with the most answers counts. What was left out is counted in the
// notes. The Error names the entry.
Result<Recording> LoadHar(const std::string& path);
Result<Recording> ParseHar(std::string_view text, const std::string& name);

}  // namespace assay
