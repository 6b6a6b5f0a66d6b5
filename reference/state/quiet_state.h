#pragma once

#include <cstdint>
#include <memory>

#include "reference/state/dataset.h"

namespace assay {

// A state that a moving target was seen to hold: two listings, one after the other, were equal.
struct QuietState {
  std::uint64_t number = 0;  // 1, 2, … in the order of time
  Dataset dataset;
  // Snapshots were created whose instance and chain no answer shows.
  bool has_hidden_fields = false;
};

// The state that an answer is of.
struct AnswerState {
  // Null: the state stays as it is known.
  std::shared_ptr<const QuietState> quiet_state = nullptr;
  // The state moved about the time of the answer; `quiet_state` is the last one before.
  bool moved = false;

  std::uint64_t number() const { return quiet_state ? quiet_state->number : 0; }
};

}  // namespace assay
