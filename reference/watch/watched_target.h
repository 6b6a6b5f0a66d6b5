#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "reference/state/quiet_state.h"
#include "reference/target/target.h"
#include "reference/watch/state_changes.h"

namespace assay {

struct WatchOptions {
  std::string format = "JSON";  // or "XML": of the listings
  int tries = 5;                // of a request in whose time the state moved
};

// A target whose state may move while it is asked. As long as no change was seen, everything passes
// straight through. From then on answers are gathered between two listings of all that it holds. If
// both are equal, the answers are of that QuietState; if not, the requests are sent again, in
// smaller and smaller portions. What never met a quiet state is marked (AnswerState::moved). Only a
// change between two consistent listings counts as a change of state. A listing that differs from
// the expectation, or is later taken back, does not.
class WatchedTarget : public Target {
 public:
  // `known` is the state that the target holds, if it is right; both outlive the object.
  WatchedTarget(Target& target, const Dataset& known, WatchOptions options = {});

  // Requests of a listing of a state as large as the known one.
  std::uint64_t RequestsPerListing() const;
  // Reads the first listing, before anything is judged; if it is large, it is left for later.
  void Begin();
  // Whether the state moved since Begin(), as new listings show. Once true, it stays true unless
  // the listings contradict each other.
  bool CheckForChanges();
  bool moves() const { return moves_; }
  // True if the latest listing shows exactly the snapshots of the known state.
  bool ShowsTheKnownState() const;
  // Tries to prove that the present state is quiet.
  void Refresh();
  // The last quiet state; nullptr before there was any.
  const std::shared_ptr<const QuietState>& quiet_state() const { return quiet_state_; }
  // All changes that were seen.
  const StateChanges& changes() const { return changes_; }
  // Requests that the listings took.
  std::uint64_t listing_requests() const { return listing_requests_; }

  // The state of the answer that was last given to a source, or is being given now.
  const AnswerState& state_of_last() const { return state_of_last_; }

  void Run(RequestSource& source) override;
  int Concurrency() const override { return target_.Concurrency(); }
  std::string Name() const override { return target_.Name(); }

 private:
  struct Pending;
  class Batch;
  class Again;

  bool Read();
  void Settle();
  bool Contradicts(const Listing& listing) const;
  bool RunBatch(RequestSource& source);
  bool IsTooLarge() const;
  void AskAgain(std::vector<Pending*> exchanges, int tries);
  bool ReadSame();
  void Mark(const std::vector<Pending*>& exchanges);

  Target& target_;
  const Dataset& known_;
  AnswerState state_of_last_;
  const WatchOptions options_;
  bool moves_ = false;
  bool blind_ = false;  // listings say nothing: pages are refused, or contradict each other
  std::optional<Listing> last_;  // the latest listing
  std::chrono::steady_clock::time_point listed_at_{};
  std::optional<Listing> settled_;  // the latest one that was seen twice, or the first
  std::shared_ptr<const QuietState> quiet_state_;
  std::uint64_t quiet_states_ = 0;
  StateChanges changes_;
  std::unordered_set<std::string> gone_;
  std::unordered_map<std::string, std::unordered_set<std::uint64_t>> contents_;  // changed ones
  int returns_ = 0;  // of a content that had been another in between
  std::uint64_t listing_requests_ = 0;
};

// The state that the last answer of a target is of: `watched` if the state may move while it is
// asked, nullptr if it stays as it is known. A state that is not known counts as one that moved.
AnswerState StateOfLastAnswer(const WatchedTarget* watched, bool knows_state);

}  // namespace assay
