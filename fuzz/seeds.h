#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reference/state/dataset.h"

namespace assay {

// Writes the text into the file, whose folder is made if needed.
void WriteSeed(const std::filesystem::path& file, std::string_view text);

// The name of the file that holds an input: equal inputs have equal names.
std::string NameOfInput(std::string_view text);

// One entry of a dictionary in libFuzzer's form.
std::string DictionaryEntry(std::string_view text);

// Names, values and codes of the specification, in the form of libFuzzer's dictionaries.
std::string DictionaryText();

// One input a rule, by its id: the requests of its cases, with values of the dataset.
std::map<std::string, std::string> ExchangeSeeds(const Dataset& dataset);
// Writes each of them into the folder.
void WriteExchangeSeeds(const std::filesystem::path& folder, const Dataset& dataset);

// Writes one file an input into the folder, in place of what an earlier campaign left there.
void WriteImportedSeeds(const std::filesystem::path& folder, const std::vector<std::string>& texts);

}  // namespace assay
