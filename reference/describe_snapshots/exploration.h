#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include "reference/describe_snapshots/checks.h"

namespace assay {

// One exchange, read: what the explorer compares the model's answers with.
struct ReadExchange {
  const Request& request;
  const ObservedAnswer& answer;
  const std::vector<std::uint32_t>& listed;  // positions of the snapshots listed
  const Tokens& tokens;
  bool is_error = false;
  bool accepts_json = false;  // the request says so, in a header
};

// What exploring every path through the open questions found.
struct Exploration {
  Explanations explanations;          // empty: no reading explains the answer
  std::optional<Plan> plan;           // of the first path that explains it
  bool several_positions = false;     // the paths that explain it stand at different places
  std::bitset<kRuleCount> used;       // rules of that path
  std::vector<Difference> warnings;   // of that path
  std::optional<Difference> nearest;  // where nothing explains it: what the nearest path says
  std::vector<Question> asked;
  bool too_many = false;  // more paths than are worth looking at
};

// Runs the model once for every combination of the options in `domains` that the request asks for,
// and keeps each combination whose answer agrees.
Exploration Explore(const ReadExchange& exchange, const Dataset& dataset,
                    const std::array<OptionSet, kQuestionCount>& domains);

}  // namespace assay
