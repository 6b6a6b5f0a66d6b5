#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "reference/moment.h"
#include "reference/motion.h"
#include "reference/target.h"

namespace assay {

struct SteadyOptions {
  std::string format = "JSON";  // or "XML": of the looks
  int tries = 5;                // of a request in whose time the state moved
};

// A target whose state may move while it is asked. As long as nobody saw it move, everything passes
// straight on. From then on answers are gathered between two looks at all that it lists: where both
// show the same, the answers are of that Moment; where not, the requests are sent again, in smaller
// and smaller portions. What never met a quiet moment is marked (Standing::moved).
// Only what two honest looks show is motion: that something listed was otherwise than expected is
// not, nor are lists that take back what they showed.
class SteadyTarget : public Target {
 public:
  // `known` is the state that the target holds, if it is right; both outlive the object.
  SteadyTarget(Target& target, const Dataset& known, SteadyOptions options = {});

  // Requests of a look at a state as large as the known one.
  std::uint64_t CostOfALook() const;
  // The first look, to be taken before anything is judged; left for later where it is large.
  void Begin();
  // Whether the state moved since Begin(), as looking again shows. Once true, it stays true unless
  // the looks contradict each other.
  bool LookAgain();
  bool moves() const { return moves_; }
  // True where the latest look shows the snapshots of the known state, as they are known.
  bool ShowsTheKnownState() const;
  // Tries to see the state of just now as a quiet moment.
  void Refresh();
  // The last quiet moment; nullptr before there was any.
  const std::shared_ptr<const Moment>& moment() const { return moment_; }
  // All that was seen to move.
  const Motion& motion() const { return motion_; }
  // Requests that looking took.
  std::uint64_t looks() const { return look_requests_; }

  // Of the answer that is delivered just now, or was last.
  const Standing& delivering() const { return delivering_; }
  // Is told the same before each delivery.
  std::function<void(const Standing&)> delivers = nullptr;

  void Run(RequestSource& source) override;
  int Concurrency() const override { return target_.Concurrency(); }
  std::string Name() const override { return target_.Name(); }

 private:
  struct Exchange;
  class Batch;
  class Again;

  bool See();
  void Settle();
  bool Contradicts(const Look& look) const;
  bool RunBatch(RequestSource& source);
  bool IsTooLarge() const;
  void AskAgain(std::vector<Exchange*> exchanges, int tries);
  bool Quiet();
  void Mark(const std::vector<Exchange*>& exchanges);

  void Deliver(const Standing& standing);

  Target& target_;
  const Dataset& known_;
  Standing delivering_;
  const SteadyOptions options_;
  bool moves_ = false;
  bool blind_ = false;        // looks say nothing: pages are refused, or contradict each other
  std::optional<Look> last_;  // the latest look
  std::chrono::steady_clock::time_point looked_at_{};
  std::optional<Look> settled_;  // the latest one that was seen twice, or the first
  std::shared_ptr<const Moment> moment_;
  std::uint64_t moments_ = 0;
  Motion motion_;
  std::unordered_set<std::string> gone_;
  std::unordered_map<std::string, std::unordered_set<std::uint64_t>> contents_;  // changed ones
  int returns_ = 0;  // of a content that had been another in between
  std::uint64_t look_requests_ = 0;
};

}  // namespace assay
