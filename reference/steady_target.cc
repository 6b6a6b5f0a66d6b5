#include "reference/steady_target.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "spec/letters.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

// A look that takes more requests is taken only when it is needed, and not around every answer.
constexpr std::size_t kMostPages = 50;
// An older look does not begin a quiet moment: what moved in between would spoil it needlessly.
constexpr Clock::duration kFresh = std::chrono::milliseconds(2);
constexpr int kLooksToSettle = 6;
// A renamed snapshot may get its old name back; one that flips again and again is not renamed.
constexpr int kMostReturns = 3;

bool HasToken(const Request& request) {
  return std::ranges::any_of(request.parameters, [](const Parameter& parameter) {
    return EqualAnyCase(parameter.name, "NextToken");
  });
}

// Whether asking again shows the same as asking later: a walk cannot be taken up again, and what
// is refused on the way says nothing about the state.
bool CanAskAgain(const Request& request) {
  return request.forgery == Forgery::kNone && !HasToken(request) &&
         (request.method == "GET" || request.method == "POST");
}

}  // namespace

struct SteadyTarget::Exchange {
  const Request* request = nullptr;
  Result<Response> response = Error{"", "the target gave no answer", ExitCode::kCouldNotJudge};
  Standing standing;

  bool DependsOnState() const {
    return response && response->status < 500 && !IsThrottled(*response) &&
           request->forgery == Forgery::kNone;
  }
};

// Takes what the source can give before it gets an answer, and keeps the answers.
class SteadyTarget::Batch : public RequestSource {
 public:
  explicit Batch(RequestSource& source) : source_(source) {}

  const Request* Next() override {
    const Request* request = source_.Next();
    if (request) exchanges.push_back({.request = request});
    return request;
  }
  Clock::time_point NotBefore() const override { return source_.NotBefore(); }
  void Answered(const Request* request, Result<Response>& response) override {
    std::ranges::find(exchanges, request, &Exchange::request)->response = std::move(response);
  }

  std::deque<Exchange> exchanges;

 private:
  RequestSource& source_;
};

// Sends requests a second time.
class SteadyTarget::Again : public RequestSource {
 public:
  explicit Again(const std::vector<Exchange*>& exchanges) : exchanges_(exchanges) {}

  const Request* Next() override {
    return next_ == exchanges_.size() ? nullptr : exchanges_[next_++]->request;
  }
  void Answered(const Request* request, Result<Response>& response) override {
    // A failure of the second try says nothing against the first answer, and nothing for it either.
    if (!response || response->status >= 500 || IsThrottled(*response)) return;
    Exchange* exchange = *std::ranges::find(exchanges_, request, &Exchange::request);
    exchange->response = std::move(response);
    answered.push_back(exchange);
  }

  std::vector<Exchange*> answered;  // anew

 private:
  const std::vector<Exchange*>& exchanges_;
  std::size_t next_ = 0;
};

SteadyTarget::SteadyTarget(Target& target, const Dataset& known, SteadyOptions options)
    : target_(target), known_(known), options_(std::move(options)) {}

// One look; false where there is none.
bool SteadyTarget::See() {
  std::optional<Look> look =
      TakeLook(target_, known_.regions, options_.format, last_ ? &*last_ : nullptr);
  if (!look) return false;
  looked_at_ = Clock::now();
  look_requests_ += known_.regions.size();
  for (const auto& [region, pages] : look->pages) look_requests_ += pages > 0 ? pages - 1 : 0;
  last_ = std::move(look);
  return true;
}

bool SteadyTarget::IsTooLarge() const {
  const std::size_t snapshots = std::max(known_.snapshots.size(), last_ ? last_->items.size() : 0);
  return snapshots / 100 + known_.regions.size() > kMostPages;
}

std::uint64_t SteadyTarget::CostOfALook() const {
  std::uint64_t out = known_.regions.size();
  for (const auto& [region, positions] : known_.by_region) out += positions.size() / 100;
  return out;
}

void SteadyTarget::Begin() {
  if (IsTooLarge()) return;
  blind_ = !See();
  // It may be torn where the state moves just now.
  for (int i = 0; i < kLooksToSettle && !blind_ && !last_->consistent && !Quiet(); ++i) continue;
  if (!blind_) settled_ = last_;
}

// True where the latest look shows just what the one before it did.
bool SteadyTarget::Quiet() {
  const std::optional<Look> before = last_;
  return See() && before && *before == *last_;
}

// What was deleted does not come back, and what the known state holds was not just created.
bool SteadyTarget::Contradicts(const Look& look) const {
  return std::ranges::any_of(look.items, [&](const auto& entry) {
    if (settled_->items.contains(entry.first)) return false;
    return gone_.contains(entry.first) || known_.by_id.contains(entry.first);
  });
}

// The latest look was seen twice: it is a moment of its own.
void SteadyTarget::Settle() {
  if (moment_ && *settled_ == *last_) return;
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
    moment_ = nullptr;
    return;
  }
  motion_.Add(MotionBetween(*settled_, *last_));
  auto next = std::make_shared<Moment>();
  next->number = ++moments_;
  next->dataset = moment_ ? MoveOn(moment_->dataset, *settled_, *last_)
                          : MoveOn(known_, LookOf(known_), *last_);
  next->has_hidden_fields = (moment_ && moment_->has_hidden_fields) ||
                            std::ranges::any_of(last_->items, [&](const auto& entry) {
                              return !known_.by_id.contains(entry.first);
                            });
  moment_ = std::move(next);
  settled_ = last_;
}

bool SteadyTarget::LookAgain() {
  if (blind_ || moves_) return moves_;
  if (!settled_) {  // left for later: two looks now tell as much as they can
    if (!See()) return false;
    settled_ = last_;
  }
  if (!See() || *last_ == *settled_) return false;
  for (int i = 0; i < kLooksToSettle; ++i) {
    const std::optional<Look> before = last_;
    if (!See()) return false;
    if (*last_ == *settled_ || Contradicts(*last_)) return false;  // it took back what it showed
    if (*before != *last_) continue;
    moves_ = true;
    Settle();
    return moves_;
  }
  // Never twice the same. It moves, if some of what is new stays.
  const std::optional<Look> before = last_;
  if (!See()) return false;
  for (const auto& [id, item] : last_->items) {
    const auto was = settled_->items.find(id);
    const auto again = before->items.find(id);
    const bool stays = again != before->items.end() && again->second.digest == item.digest;
    if (stays && (was == settled_->items.end() || was->second.digest != item.digest)) moves_ = true;
  }
  if (moves_) motion_.Add(MotionBetween(*settled_, *last_));
  return moves_;
}

bool SteadyTarget::ShowsTheKnownState() const {
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

void SteadyTarget::Refresh() {
  if (!moves_ || IsTooLarge() || !See()) return;
  for (int i = 0; i < kLooksToSettle; ++i) {
    if (!Quiet()) continue;
    return Settle();
  }
}

void SteadyTarget::Deliver(const Standing& standing) {
  delivering_ = standing;
  if (delivers) delivers(standing);
}

void SteadyTarget::Run(RequestSource& source) {
  while (moves_) {
    if (!RunBatch(source)) return;
  }
  if (delivering_.moment || delivering_.moved) Deliver({});
  target_.Run(source);
}

// False where the source has nothing more to send.
bool SteadyTarget::RunBatch(RequestSource& source) {
  const bool looks = !IsTooLarge();
  if (looks && Clock::now() - looked_at_ > kFresh) (void)See();
  Batch batch(source);
  target_.Run(batch);
  if (batch.exchanges.empty()) return false;
  std::vector<Exchange*> uncertain;
  for (Exchange& exchange : batch.exchanges) {
    if (exchange.DependsOnState()) uncertain.push_back(&exchange);
  }
  if (!uncertain.empty()) {
    if (looks && Quiet()) {
      Mark(uncertain);
    } else {
      AskAgain(std::move(uncertain), looks ? options_.tries : 0);
    }
  }
  for (Exchange& exchange : batch.exchanges) {
    if (!exchange.standing.moment) exchange.standing.moment = moment_;
    Deliver(exchange.standing);
    source.Answered(exchange.request, exchange.response);
  }
  return true;
}

// The answers came between two equal looks.
void SteadyTarget::Mark(const std::vector<Exchange*>& exchanges) {
  Settle();
  if (!moves_) return;
  for (Exchange* exchange : exchanges) exchange->standing = {moment_, false};
}

void SteadyTarget::AskAgain(std::vector<Exchange*> exchanges, int tries) {
  for (Exchange* exchange : exchanges) exchange->standing = {moment_, true};
  std::erase_if(exchanges, [](Exchange* exchange) { return !CanAskAgain(*exchange->request); });
  std::size_t portion = exchanges.size();
  for (int i = 0; i < tries && !exchanges.empty(); ++i) {
    std::vector<Exchange*> left;
    for (std::size_t first = 0; first < exchanges.size(); first += portion) {
      const auto begin = exchanges.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = std::min(begin + static_cast<std::ptrdiff_t>(portion), exchanges.end());
      const std::vector<Exchange*> some(begin, end);
      Again again(some);
      target_.Run(again);
      const bool quiet = Quiet();
      if (quiet) Mark(again.answered);
      for (Exchange* exchange : some) {
        const bool is_new = std::ranges::find(again.answered, exchange) != again.answered.end();
        if (!quiet || !is_new) left.push_back(exchange);
      }
    }
    exchanges = std::move(left);
    portion = std::max<std::size_t>(1, portion / 2);
  }
  for (Exchange* exchange : exchanges) exchange->standing = {moment_, true};
}

}  // namespace assay
