#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "reference/describe_snapshots/judge.h"
#include "reference/steady_target.h"
#include "reference/target.h"
#include "spec/record.h"

namespace assay {

// Requests that show a finding when they are sent in this order. A NextToken that TokenOfAnswer
// made (spec/record.h, the first answer is 1) stands for the one that an earlier answer gives.
using Steps = std::vector<Request>;

// Shows one finding again, on the live target; in some 20 seconds, where that is slow.
class Reproduction {
 public:
  // `difference` is what the last step shows. Every step is judged with what `judge` has learned;
  // the judge itself learns nothing. `steady` is the target where its state may move, or null.
  Reproduction(Target& target, const SteadyTarget* steady, const Judge& judge,
               Difference difference, Steps steps);

  // Sends the steps again, three times. Where it does not show every time it is intermittent: then
  // up to `most` times more, one after the other and as many at once as the target takes. Where the
  // answer is wrong in the same way, but under another rule, with what was learned since, that one
  // is the difference from then on.
  void Confirm(int most);
  // Makes the steps fewer, and smaller, while the last one still shows it: at most `most` requests.
  void Reduce(int most);

  bool deterministic() const { return alone_.failed == alone_.tried; }
  const Repeats& alone() const { return alone_; }              // one after the other
  const Repeats& overlapping() const { return overlapping_; }  // several at once
  const Difference& difference() const { return difference_; }
  const Steps& steps() const { return steps_; }

 private:
  struct Sight {
    Difference difference;
    std::size_t steps;  // that were needed
  };
  std::optional<Sight> Show(const Steps& steps);
  std::optional<Sight> ShowOne(const Request& request);
  std::optional<Sight> ShowAll(const Steps& steps);
  std::optional<Difference> SameIn(const Verdict& verdict) const;
  std::optional<Difference> OtherwiseIn(const Verdict& verdict) const;
  void Overlap(int most);
  bool Try(Steps candidate);
  Standing Delivered() const;
  bool IsLate() const;

  Target& target_;
  const SteadyTarget* steady_;
  const Judge& judge_;
  Difference difference_;
  Steps steps_;
  const bool needs_history_;  // then they are judged without what the run has learned since
  std::optional<Difference> otherwise_;  // what the last answer was wrong in instead
  Repeats alone_, overlapping_;
  int left_ = 0;  // requests that may still be sent
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// Simpler ways to ask for the like: each drops one thing or makes one smaller, the boldest first.
// They come to an end.
std::vector<Steps> SimplerSteps(const Steps& steps);

}  // namespace assay
