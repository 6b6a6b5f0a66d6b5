#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reference/judge/walk_memory.h"
#include "reference/reading/option_set.h"
#include "reference/state/dataset.h"

namespace assay {

// A list, and what the value of a filter means in it.
struct MeantList {
  const Request& request;
  const WalkMemory::View& tokens;
  const std::vector<std::uint32_t>& listed;  // positions of the snapshots on the page
  OptionSet meaning;                         // options of the question in dispute
  std::string answered;                      // "200 and a list of 20"
};

// Names a snapshot that only one of the lists holds, since the value that the question is about
// means something else in each, and shows both requests with their answers: "s-1 in both lists or
// in none", "answered in two ways (Usage is `image`, and …): `Usage=image` lists it: …;
// `Usage=image&Status=failed` does not, though …". If the lists ask for several values, a snapshot
// for each. Nothing if there is none. `domains` are the options of all other questions.
struct TwoMeanings {
  std::string expected, actual;
};
std::optional<TwoMeanings> DescribeTwoMeanings(Question question, const MeantList& one,
                                               const MeantList& other, const Dataset& dataset,
                                               const Domains& domains, const HiddenValues* hidden);

}  // namespace assay
