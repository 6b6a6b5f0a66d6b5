#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spec/text/result.h"

namespace assay {

// Inputs of a campaign that are made of other material.
struct ImportedInputs {
  std::vector<std::string> texts;  // each once, as fuzz/exchange_input.h has them
  std::vector<std::string> said;   // for each place: what was taken, and what left out and why
};

inline constexpr std::size_t kMostImported = 20'000;
inline constexpr std::size_t kMostImportedBytes = 32 * 1024 * 1024;

// Each path is the folder of a run, a journal, a repro/*.ndjson, a HAR file, the text of an input,
// or a folder of such. Every request of DescribeSnapshots becomes an input; one with a token stands
// behind those that it comes from. Findings come first. Keys and signatures are left out. The Error
// names the file that cannot be read, or the path that holds nothing usable.
Result<ImportedInputs> ImportInputs(const std::vector<std::string>& paths);

}  // namespace assay
