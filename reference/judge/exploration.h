#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include "reference/describe_snapshots/model.h"
#include "reference/judge/asked_answer.h"
#include "reference/reading/reading_space.h"

namespace assay {

// What exploring every path through the open questions found.
struct Exploration {
  Explanations explanations;          // empty: no reading explains the answer
  std::optional<Plan> plan;           // of the first path that explains it
  bool several_positions = false;     // the paths that explain it are at different places
  std::bitset<kRuleCount> used;       // rules of that path
  std::vector<Difference> warnings;   // of that path
  std::optional<Difference> nearest;  // if nothing explains it: what the nearest path says
  std::vector<Question> asked;
  bool too_many = false;  // more paths than are worth exploring
  // If nothing explains it, and the bounds were asked for: what is wrong with it in any sane
  // reading. Empty: it is within the bounds, though no option describes it.
  std::optional<Difference> beyond_bounds;
};

// Runs the model once for every combination of the options in `domains` that the request asks for,
// and keeps each combination whose answer agrees.
Exploration Explore(const AskedAnswer& asked, const Dataset& dataset, const Domains& domains);
// The same; if nothing explains the answer, it is held against the bounds.
Exploration ExploreWithBounds(const AskedAnswer& asked, const Dataset& dataset,
                              const Domains& domains);

}  // namespace assay
