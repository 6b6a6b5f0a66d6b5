#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reference/describe_snapshots/match_set.h"
#include "reference/describe_snapshots/plan.h"

namespace assay {

// "Up to 1,000 resources" of a tag or a resource group "are returned": lists may end there.
inline constexpr std::int64_t kListLimit = 1000;

// The page that answers a request under one reading.
struct Page {
  MatchSet matches;                 // every snapshot that matches
  std::vector<std::uint32_t> open;  // besides, those of which the state does not tell
  std::int64_t total = 0;           // matches, or the limit if one applies
  std::int64_t end = 0;             // so many can be listed: as many, or up to the limit
  std::int64_t start = 0;           // rank of the first entry in the reading's order
  std::int64_t count = 0;           // entries on the page; in token mode the most it may hold
};

// The right answer to a request under one reading: a refusal (any one of them), or a page.
struct Answer {
  Plan plan;
  Page page;

  bool refused() const { return !plan.refusals.empty(); }
};

// Changes what the model makes of a request, on its way from stage to stage: how faults are
// committed.
class Interference {
 public:
  virtual ~Interference() = default;
  virtual void Planned(Plan& plan) = 0;  // after "validate"
  virtual void Selected(const Plan& plan, MatchSet& matches) = 0;
};

// The reference model of DescribeSnapshots: ordinary code that asks `choices` wherever the
// document is silent. Pure: the answer depends on the arguments only. Nothing interferes if
// `interference` is null. `hidden`, if given, tells of fields that the dataset does not know.
Answer DescribeSnapshots(const Request& request, const Dataset& dataset, const Tokens* tokens,
                         Choices& choices, Interference* interference = nullptr,
                         const HiddenValues* hidden = nullptr);

}  // namespace assay
