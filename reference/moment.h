#pragma once

#include <cstdint>

#include "reference/dataset.h"

namespace assay {

// A state that a moving target was seen to hold: two looks at it, one after the other, were equal.
struct Moment {
  std::uint64_t number = 0;  // 1, 2, … in the order of time
  Dataset dataset;
  // Snapshots were created of which no answer shows the instance and the chain.
  bool has_hidden_fields = false;
};

}  // namespace assay
