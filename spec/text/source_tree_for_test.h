#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace assay {

// The C++ files of a tree, by path from its root ("spec/text/letters.h"), with their text.
using SourceTree = std::map<std::string, std::string>;

// Reads every .cc and .h below the folders; what cannot be read is left out.
SourceTree ReadSourceTree(const std::filesystem::path& root,
                          const std::vector<std::string>& folders);

// Each check returns one line for every breach, "file:line: what is wrong".

// Includes run from a folder to those before it: see the table in the .cc.
std::vector<std::string> CheckIncludes(const SourceTree& tree);
// No function is longer than 70 lines, signature and braces included.
std::vector<std::string> CheckFunctionLengths(const SourceTree& tree);
// No comment is a banner: a row of dashes, stars, slashes or similar.
std::vector<std::string> CheckBanners(const SourceTree& tree);
// A header that declares functions has them defined in the .cc of its name, in the same folder, or
// names the generated one ("x.gen.cc").
std::vector<std::string> CheckHeaders(const SourceTree& tree);
// No two headers define a public type of one name. What is for tests alone does not count: each
// folder has a test program of its own.
std::vector<std::string> CheckTypeNames(const SourceTree& tree);

}  // namespace assay
