#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "reference/state/dataset.h"

namespace assay {

// Writes the text of a dataset file in parts, so that it need not be held as a whole.
class DatasetWriter {
 public:
  explicit DatasetWriter(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {}

  // What comes before the snapshots of the dataset; then its snapshots; then the end.
  void Begin(const Dataset& dataset);
  void Add(const Snapshot& snapshot);
  void End();

 private:
  std::function<void(std::string_view)> sink_;
  std::size_t count_ = 0;
};

// Writes the text of GenerateDataset(count, seed) without holding that dataset.
void WriteGeneratedDataset(std::size_t count, std::uint64_t seed, DatasetWriter& writer);

}  // namespace assay
