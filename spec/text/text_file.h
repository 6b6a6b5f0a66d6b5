#pragma once

#include <string>

#include "spec/text/result.h"

namespace assay {

// The bytes of a file. The Error says why they cannot be read ("Is a directory").
Result<std::string> ReadTextFile(const std::string& file);

}  // namespace assay
