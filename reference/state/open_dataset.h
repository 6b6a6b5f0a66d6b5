#pragma once

#include <string>

#include "reference/state/dataset.h"

namespace assay {

// The dataset of that file, or the built-in one for "".
Result<Dataset> LoadDatasetOrBuiltIn(const std::string& file);

}  // namespace assay
