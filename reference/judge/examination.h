#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "reference/judge/check_fields.h"
#include "reference/judge/exchange.h"
#include "reference/judge/lessons.h"
#include "reference/judge/tallies.h"
#include "reference/judge/verdict.h"
#include "reference/judge/walk_memory.h"
#include "spec/record/record.h"

namespace assay {

// What a judge knows.
struct Knowledge {
  Knowledge(const Dataset& the_dataset, const Reading& pins, bool json,
            std::shared_ptr<HiddenValues> hidden);

  const Dataset& dataset;
  const bool accepts_json;
  Lessons lessons;
  Tallies tallies;
  WalkMemory memory;
  std::unordered_map<std::size_t, std::uint64_t> request_ids;  // hash -> exchange
  // What each request got, by its hash: "" for a list, or the code of the refusal.
  struct Outcome {
    std::uint64_t exchange;
    std::string code;
  };
  std::unordered_map<std::uint64_t, Outcome> outcomes;
  std::vector<UnforeseenAnswer> unforeseen;
  std::optional<Dataset> emptied;  // made when first needed
  RightSnapshots right;            // in `dataset`
};

// Judges one exchange; with `learn` it also changes what is known.
Verdict JudgeExchange(const Exchange& exchange, bool learn, Knowledge& known);

}  // namespace assay
