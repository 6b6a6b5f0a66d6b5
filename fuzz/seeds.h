#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reference/state/dataset.h"

namespace assay {

// Writes the text into the file, whose folder is made if needed.
void WriteSeed(const std::filesystem::path& file, std::string_view text);

// Names, values and codes of the specification, in the form of libFuzzer's dictionaries.
std::string DictionaryText();

// Writes one input a rule into the folder: the requests of its cases, with values of the dataset.
void WriteExchangeSeeds(const std::filesystem::path& folder, const Dataset& dataset);

}  // namespace assay
