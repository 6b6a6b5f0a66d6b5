#include "reference/watch/watched_target.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "reference/target/patience.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

// A listing that takes more requests is read only when it is needed, and not around every answer.
constexpr std::size_t kMostPages = 50;
// Snapshots beyond twice the known ones, with which a list counts as one that never ends.
constexpr std::size_t kMostMore = 10'000;
// An older listing does not prove a quiet state: a change in between would spoil it needlessly.
constexpr Clock::duration kFresh = std::chrono::milliseconds(2);
constexpr int kListingsToSettle = 6;
// Answers between two listings. The more there are, the likelier is a snapshot that is created and
// deleted again in between, which no listing shows.
constexpr std::size_t kMostBetween = 32;
// A renamed snapshot may get its old name back; one that flips again and again is not renamed.
constexpr int kMostReturns = 3;

bool HasToken(const Request& request) {
  return std::ranges::any_of(request.parameters, [](const Parameter& parameter) {
    return EqualAnyCase(parameter.name, "NextToken");
  });
}

// Whether a request may be sent again later instead: a walk cannot be resumed, and what is refused
// on the way says nothing about the state.
bool CanAskAgain(const Request& request) {
  return request.forgery == Forgery::kNone && !HasToken(request) && !IsOtherMethod(request);
}

}  // namespace

struct WatchedTarget::Pending {
  const Request* request = nullptr;
  Result<Response> response = Error{"", "the target gave no answer", ExitCode::kCouldNotJudge};
  AnswerState state;

  bool DependsOnState() const {
    return response && response->status < 500 && !IsThrottled(*response) &&
           request->forgery == Forgery::kNone;
  }
};

// Takes what the source can give before it gets an answer, and keeps the answers.
class WatchedTarget::Batch : public RequestSource {
 public:
  explicit Batch(RequestSource& source) : source_(source) {}

  const Request* Next() override {
    if (exchanges.size() == kMostBetween) return nullptr;
    const Request* request = source_.Next();
    if (request) exchanges.push_back({.request = request});
    return request;
  }
  Clock::time_point NotBefore() const override { return source_.NotBefore(); }
  void Answered(const Request* request, Result<Response>& response) override {
    std::ranges::find(exchanges, request, &Pending::request)->response = std::move(response);
  }

  std::deque<Pending> exchanges;

 private:
  RequestSource& source_;
};

// Sends requests a second time.
class WatchedTarget::Again : public RequestSource {
 public:
  explicit Again(const std::vector<Pending*>& exchanges) : exchanges_(exchanges) {}

  const Request* Next() override {
    return next_ == exchanges_.size() ? nullptr : exchanges_[next_++]->request;
  }
  void Answered(const Request* request, Result<Response>& response) override {
    // A failure of the second try says nothing about the first answer.
    if (!response || response->status >= 500 || IsThrottled(*response)) return;
    Pending* exchange = *std::ranges::find(exchanges_, request, &Pending::request);
    exchange->response = std::move(response);
    answered.push_back(exchange);
  }

  std::vector<Pending*> answered;  // anew

 private:
  const std::vector<Pending*>& exchanges_;
  std::size_t next_ = 0;
};

WatchedTarget::WatchedTarget(Target& target, const Dataset& known, WatchOptions options)
    : target_(target), known_(known), options_(std::move(options)) {}

// Reads a listing; false if it cannot be read.
bool WatchedTarget::Read() {
  std::optional<Listing> listing =
      ReadListing(target_, known_.regions, options_.format, last_ ? &*last_ : nullptr,
                  2 * known_.snapshots.size() + kMostMore);
  if (!listing) return false;
  listed_at_ = Clock::now();
  listing_requests_ += known_.regions.size();
  for (const auto& [region, pages] : listing->pages) listing_requests_ += pages > 0 ? pages - 1 : 0;
  last_ = std::move(listing);
  return true;
}

bool WatchedTarget::IsTooLarge() const {
  const std::size_t snapshots = std::max(known_.snapshots.size(), last_ ? last_->items.size() : 0);
  return snapshots / 100 + known_.regions.size() > kMostPages;
}

std::uint64_t WatchedTarget::RequestsPerListing() const {
  std::uint64_t out = known_.regions.size();
  for (const auto& [region, positions] : known_.by_region) out += positions.size() / 100;
  return out;
}

void WatchedTarget::Begin() {
  if (IsTooLarge()) return;
  blind_ = !Read();
  // It may mix two states if the state is moving just now.
  for (int i = 0; i < kListingsToSettle && !blind_ && !last_->consistent && !ReadSame(); ++i)
    continue;
  if (!blind_) settled_ = last_;
}

// Reads another listing; true if it shows the same as the one before it.
bool WatchedTarget::ReadSame() {
  const std::optional<Listing> before = last_;
  return Read() && before && *before == *last_;
}

// What was deleted does not come back, and what the known state holds was not just created.
bool WatchedTarget::Contradicts(const Listing& listing) const {
  return std::ranges::any_of(listing.items, [&](const auto& entry) {
    if (settled_->items.contains(entry.first)) return false;
    return gone_.contains(entry.first) || known_.by_id.contains(entry.first);
  });
}

// The latest listing was read twice: it is a state of its own.
void WatchedTarget::Settle() {
  if (quiet_state_ && *settled_ == *last_) return;
  if (Contradicts(*last_)) blind_ = true;
  for (const auto& [id, item] : settled_->items) {
    const auto at = last_->items.find(id);
    if (at == last_->items.end()) gone_.insert(id);
    if (at == last_->items.end() || at->second.digest == item.digest) continue;
    auto& contents = contents_[id];
    contents.insert(item.digest);
    returns_ += contents.contains(at->second.digest) ? 1 : 0;
  }
  blind_ |= returns_ >= kMostReturns;
  if (blind_) {
    moves_ = false;
    quiet_state_ = nullptr;
    return;
  }
  changes_.Add(ChangesBetween(*settled_, *last_));
  auto next = std::make_shared<QuietState>();
  next->number = ++quiet_states_;
  next->dataset = quiet_state_ ? ApplyChanges(quiet_state_->dataset, *settled_, *last_)
                               : ApplyChanges(known_, ListingOf(known_), *last_);
  next->has_hidden_fields = (quiet_state_ && quiet_state_->has_hidden_fields) ||
                            std::ranges::any_of(last_->items, [&](const auto& entry) {
                              return !known_.by_id.contains(entry.first);
                            });
  quiet_state_ = std::move(next);
  settled_ = last_;
}

bool WatchedTarget::CheckForChanges() {
  if (blind_ || moves_) return moves_;
  if (!settled_) {  // left for later: two listings made now are the best start
    if (!Read()) return false;
    settled_ = last_;
  }
  if (!Read() || *last_ == *settled_) return false;
  for (int i = 0; i < kListingsToSettle; ++i) {
    const std::optional<Listing> before = last_;
    if (!Read()) return false;
    if (*last_ == *settled_ || Contradicts(*last_)) return false;  // it took back what it showed
    if (*before != *last_) continue;
    moves_ = true;
    Settle();
    return moves_;
  }
  // Never twice the same. It moves, if some of what is new stays.
  const std::optional<Listing> before = last_;
  if (!Read()) return false;
  for (const auto& [id, item] : last_->items) {
    const auto was = settled_->items.find(id);
    const auto again = before->items.find(id);
    const bool stays = again != before->items.end() && again->second.digest == item.digest;
    if (stays && (was == settled_->items.end() || was->second.digest != item.digest)) moves_ = true;
  }
  if (moves_) changes_.Add(ChangesBetween(*settled_, *last_));
  return moves_;
}

bool WatchedTarget::ShowsTheKnownState() const {
  if (!last_ || last_->items.size() != known_.snapshots.size()) return false;
  return std::ranges::all_of(known_.snapshots, [&](const Snapshot& known) {
    const auto at = last_->items.find(known[Field::kSnapshotId]);
    if (at == last_->items.end()) return false;
    return std::ranges::all_of(
        std::initializer_list<Field>{Field::kLastModifiedTime, Field::kStatus,
                                     Field::kSnapshotName},
        [&](Field field) { return at->second.snapshot[field] == known[field]; });
  });
}

void WatchedTarget::Refresh() {
  if (!moves_ || IsTooLarge() || !Read()) return;
  for (int i = 0; i < kListingsToSettle; ++i) {
    if (!ReadSame()) continue;
    return Settle();
  }
}

void WatchedTarget::Run(RequestSource& source) {
  while (moves_) {
    if (!RunBatch(source)) return;
  }
  state_of_last_ = {};
  target_.Run(source);
}

// False if the source has nothing more to send.
bool WatchedTarget::RunBatch(RequestSource& source) {
  const bool can_list = !IsTooLarge();
  if (can_list && Clock::now() - listed_at_ > kFresh) (void)Read();
  Batch batch(source);
  target_.Run(batch);
  if (batch.exchanges.empty()) return false;
  std::vector<Pending*> uncertain;
  for (Pending& exchange : batch.exchanges) {
    if (exchange.DependsOnState()) uncertain.push_back(&exchange);
  }
  if (!uncertain.empty()) {
    if (can_list && ReadSame()) {
      Mark(uncertain);
    } else {
      AskAgain(std::move(uncertain), can_list ? options_.tries : 0);
    }
  }
  for (Pending& exchange : batch.exchanges) {
    if (!exchange.state.quiet_state) exchange.state.quiet_state = quiet_state_;
    state_of_last_ = exchange.state;
    source.Answered(exchange.request, exchange.response);
  }
  return true;
}

// The answers came between two equal listings.
void WatchedTarget::Mark(const std::vector<Pending*>& exchanges) {
  Settle();
  if (!moves_) return;
  for (Pending* exchange : exchanges) exchange->state = {quiet_state_, false};
}

void WatchedTarget::AskAgain(std::vector<Pending*> exchanges, int tries) {
  for (Pending* exchange : exchanges) exchange->state = {quiet_state_, true};
  std::erase_if(exchanges, [](Pending* exchange) { return !CanAskAgain(*exchange->request); });
  std::size_t portion = exchanges.size();
  for (int i = 0; i < tries && !exchanges.empty(); ++i) {
    std::vector<Pending*> left;
    for (std::size_t first = 0; first < exchanges.size(); first += portion) {
      const auto begin = exchanges.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = std::min(begin + static_cast<std::ptrdiff_t>(portion), exchanges.end());
      const std::vector<Pending*> some(begin, end);
      Again again(some);
      target_.Run(again);
      const bool is_quiet = ReadSame();
      if (is_quiet) Mark(again.answered);
      for (Pending* exchange : some) {
        const bool is_new = std::ranges::find(again.answered, exchange) != again.answered.end();
        if (!is_quiet || !is_new) left.push_back(exchange);
      }
    }
    exchanges = std::move(left);
    portion = std::max<std::size_t>(1, portion / 2);
  }
  for (Pending* exchange : exchanges) exchange->state = {quiet_state_, true};
}

AnswerState StateOfLastAnswer(const WatchedTarget* watched, bool knows_state) {
  if (!knows_state) return {.moved = true};
  return watched ? watched->state_of_last() : AnswerState{};
}

}  // namespace assay
