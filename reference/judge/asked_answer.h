#pragma once

#include <cstdint>
#include <vector>

#include "reference/answer/observed.h"
#include "reference/judge/walk_memory.h"

namespace assay {

// An answer with what was asked: what the explorer compares the model's answers with.
struct AskedAnswer {
  const Request& request;
  const ObservedAnswer& answer;
  const std::vector<std::uint32_t>& listed;  // positions of the snapshots listed
  const WalkMemory::View& tokens;
  const HiddenValues* hidden;  // of the state that the answer is of; or null
  bool accepts_json = false;   // the request says so, in a header
};

}  // namespace assay
