#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "reference/findings/collector.h"
#include "reference/session/script.h"
#include "reference/watch/watched_target.h"

namespace assay {

// Something that was found.
struct Suspicion {
  std::uint64_t exchange = 0;
  Origin origin;
  Request request;
  Verdict verdict;
  bool reported = false;  // by a suite
};

// Holds back what was found while the state may have moved, until it is confirmed or given up.
class Doubts {
 public:
  // `watched` is the target if its state may move, or null: then what is certain counts at once.
  Doubts(WatchedTarget* watched, Judge& judge, Collector& findings)
      : watched_(watched), judge_(judge), findings_(findings) {}

  // True once the state was seen to move.
  bool moves() const { return watched_ && watched_->moves(); }
  // The last quiet state; null while the state stays as it is known.
  std::shared_ptr<const QuietState> quiet_state() const {
    return moves() ? watched_->quiet_state() : nullptr;
  }
  // True if every exchange after that one was of one state.
  bool StateHeldSince(std::uint64_t exchange) const { return same_since_ <= exchange + 1; }
  // True if every exchange of the test was of the state at its beginning.
  bool StateHeldDuringTest() const {
    return StateHeldSince(test_begin_) && last_state_ == test_state_;
  }

  // Keeps account of how long the state has been the same.
  void Follow(const JudgedExchange& exchange);
  // What was found in a quiet state counts at once.
  void Take(Suspicion found);

  // A test begins after that many exchanges.
  void BeginTest(std::uint64_t exchanges);
  // True if what the test found counts. False if the state moved during the test: its doubtful
  // results are discarded and it must be run again. With `last`, what could not be settled is given
  // up. `ask_again` sends again what earlier tests left doubtful.
  using AskAgain = std::function<void(const Origin&, const Request&)>;
  bool EndTest(std::uint64_t exchanges, bool last, const AskAgain& ask_again);
  // Settles what is left at the end of the session; a target that is `lost` cannot be listed.
  void Conclude(std::uint64_t exchanges, bool lost, const AskAgain& ask_again);

 private:
  bool IsListingDue(std::uint64_t exchanges) const;
  bool HasMoved(std::uint64_t exchanges, bool at_end, const AskAgain& ask_again);
  void Accept();
  void GiveUp();

  WatchedTarget* watched_;
  Judge& judge_;
  Collector& findings_;
  std::vector<Suspicion> doubtful_;
  std::size_t of_earlier_tests_ = 0;      // of `doubtful_`
  std::uint64_t test_begin_ = 0;          // the exchange before the test's first
  std::uint64_t test_state_ = 0;          // QuietState::number at its beginning
  std::uint64_t same_since_ = 1;          // since that exchange all are of one state …
  std::uint64_t last_state_ = 0;          // … this one
  std::uint64_t listed_at_exchange_ = 0;  // when the target was listed last
  bool has_listed_ = false;
};

}  // namespace assay
