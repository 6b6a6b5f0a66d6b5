#include "reference/state/open_dataset.h"

namespace assay {

Result<Dataset> LoadDatasetOrBuiltIn(const std::string& file) {
  if (file.empty()) return BuiltInDataset();
  return LoadDataset(file);
}

}  // namespace assay
