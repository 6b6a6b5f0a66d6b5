#include "reference/session/doubts.h"

#include <algorithm>
#include <utility>

namespace assay {
namespace {

// The share of requests that listings may take while something is wrong all the time.
constexpr std::uint64_t kRequestsPerListing = 20;
constexpr std::size_t kMostAskedAgain = 200;  // if changes are seen late

}  // namespace

void Doubts::Follow(const JudgedExchange& exchange) {
  if (!watched_ || !exchange.answered) return;
  const std::uint64_t quiet_state = exchange.state.number();
  if (quiet_state != last_state_) same_since_ = exchange.id;
  if (exchange.state.moved) same_since_ = exchange.id + 1;
  last_state_ = quiet_state;
}

void Doubts::Take(Suspicion found) {
  const bool is_wrong = found.verdict.HasViolation() || found.verdict.HasWarning();
  const bool counts = !watched_ || moves();
  if (is_wrong && counts) {
    findings_.Add(found.exchange, found.request, found.verdict, found.reported);
  }
  if ((is_wrong && !counts) || found.verdict.HasDoubt()) doubtful_.push_back(std::move(found));
}

void Doubts::BeginTest(std::uint64_t exchanges) {
  if (moves()) watched_->Refresh();
  of_earlier_tests_ = doubtful_.size();
  test_begin_ = exchanges;
  test_state_ = quiet_state() ? quiet_state()->number : 0;
  if (last_state_ != test_state_) same_since_ = exchanges + 1;
  last_state_ = test_state_;
}

bool Doubts::EndTest(std::uint64_t exchanges, bool last, const AskAgain& ask_again) {
  if (!watched_ || doubtful_.empty()) return true;
  if (!moves()) return !IsListingDue(exchanges) || !HasMoved(exchanges, false, ask_again);
  if (doubtful_.size() == of_earlier_tests_) return true;
  if (last) {
    GiveUp();
    return true;
  }
  doubtful_.resize(of_earlier_tests_);
  return false;
}

void Doubts::Conclude(std::uint64_t exchanges, bool lost, const AskAgain& ask_again) {
  if (!watched_) doubtful_.clear();  // they may be right in some state
  if (doubtful_.empty()) return;
  of_earlier_tests_ = doubtful_.size();
  if (moves()) {
    GiveUp();
  } else if (!lost) {
    (void)HasMoved(exchanges, true, ask_again);
  } else {
    Accept();
  }
}

bool Doubts::IsListingDue(std::uint64_t exchanges) const {
  if (!has_listed_) return true;
  const std::uint64_t regions = std::max<std::uint64_t>(1, judge_.dataset().regions.size());
  return exchanges - listed_at_exchange_ >= kRequestsPerListing * regions;
}

// Checks whether the state moved. If so, what was found since the last check has to be found again.
// A state that is not the known one may have moved before the first listing: the next ones will
// show it.
bool Doubts::HasMoved(std::uint64_t exchanges, bool at_end, const AskAgain& ask_again) {
  has_listed_ = true;
  listed_at_exchange_ = exchanges;
  if (!watched_->CheckForChanges()) {
    if (at_end || watched_->ShowsTheKnownState()) Accept();
    return false;
  }
  judge_.Unlearn();
  std::vector<Suspicion> earlier = std::exchange(doubtful_, {});
  earlier.resize(std::min(of_earlier_tests_, earlier.size()));
  BeginTest(exchanges);
  std::size_t asked = 0;
  for (Suspicion& found : earlier) {
    const bool again = !found.reported && !found.request.Find("NextToken");
    if (again && ++asked <= kMostAskedAgain) {
      ask_again(found.origin, found.request);
      continue;
    }
    for (Difference& difference : found.verdict.differences) difference.doubtful = true;
    doubtful_.push_back(std::move(found));
  }
  GiveUp();
  return true;
}

// The state did not move: what was found counts.
void Doubts::Accept() {
  for (const Suspicion& found : doubtful_) {
    findings_.Add(found.exchange, found.request, found.verdict, found.reported);
  }
  doubtful_.clear();
  judge_.Secure();
}

// What could not be settled.
void Doubts::GiveUp() {
  for (const Suspicion& found : std::exchange(doubtful_, {})) {
    findings_.AddDoubtful(found.exchange, found.request, found.verdict);
  }
  of_earlier_tests_ = 0;
}

}  // namespace assay
