#pragma once

#include <cstdint>
#include <memory>

#include "reference/dataset.h"

namespace assay {

// A state that a moving target was seen to hold: two looks at it, one after the other, were equal.
struct Moment {
  std::uint64_t number = 0;  // 1, 2, … in the order of time
  Dataset dataset;
  // Snapshots were created of which no answer shows the instance and the chain.
  bool has_hidden_fields = false;
};

// The state that an answer is of.
struct Standing {
  // Null: the state stays as it is known.
  std::shared_ptr<const Moment> moment = nullptr;
  // The state moved about the time of the answer; `moment` is the last one before.
  bool moved = false;

  std::uint64_t number() const { return moment ? moment->number : 0; }
};

}  // namespace assay
