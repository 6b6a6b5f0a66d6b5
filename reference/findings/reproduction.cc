#include "reference/findings/reproduction.h"

#include <algorithm>
#include <utility>

#include "reference/answer/observed.h"
#include "reference/target/repeated.h"
#include "reference/wire/transport_failure.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

constexpr int kConfirmations = 3;
constexpr int kAlternations = 6;              // what shows half of the time does so in 1 of 4,000
constexpr std::chrono::seconds kLongest{20};  // for one finding, whatever may still be sent
constexpr int kAtOnce = 8;                    // at the most, of one request

ShownAnswer ToShow(const Response& response) {
  if (response.body.size() > kLongestShown) return {};
  return {response.status, response.content_type, response.body};
}

}  // namespace

Reproduction::Reproduction(const LiveTarget& live, const Judge& judge, Difference difference,
                           Steps steps, std::optional<AnswerDigest> seen)
    : target_(live.target),
      watched_(live.watched),
      knows_state_(live.knows_state),
      judge_(judge),
      difference_(std::move(difference)),
      steps_(std::move(steps)),
      seen_(std::move(seen)),
      needs_history_(steps_.size() > 1) {}

// The exchange of the answer that came last.
Exchange Reproduction::Read(std::uint64_t id, const Request& request, const Response& response) {
  return reader_.Read(id, request, response, StateOfLastAnswer(watched_, knows_state_));
}

bool Reproduction::IsLate() const { return std::chrono::steady_clock::now() - begun_ > kLongest; }

std::optional<Difference> Reproduction::SameIn(const Verdict& verdict) const {
  const auto same = std::ranges::find_if(verdict.differences, [&](const Difference& other) {
    return !other.doubtful && IsSame(other, difference_);
  });
  return same == verdict.differences.end() ? std::nullopt : std::optional(*same);
}

std::optional<Reproduction::Sight> Reproduction::ShowOne(const Request& request) {
  --left_;
  const Result<Response> response = Send(target_, request);
  if (!response) {
    const bool closed = FailureOf(response.error()) == TransportFailure::kClosed;
    const bool broken =
        difference_.rule == "encoding.http.complete"_rule || (closed && judge_.MustAnswer(request));
    return broken ? std::optional(Sight{difference_, 1, {}}) : std::nullopt;
  }
  const Exchange exchange = Read(0, request, *response);
  const Verdict verdict = judge_.Peek(exchange);
  const auto same = SameIn(verdict);
  if (!same) otherwise_ = OtherwiseIn(verdict, digester_.Of(exchange.answer, *response));
  return same ? std::optional(Sight{*same, 1, ToShow(*response)}) : std::nullopt;
}

// With what was learned since, the same shape may break another rule, and the same answer be wrong
// in another way, if need be in another part.
std::optional<Difference> Reproduction::OtherwiseIn(const Verdict& verdict,
                                                    const AnswerDigest& answer) const {
  const auto find = [&](auto&& fits) -> std::optional<Difference> {
    const auto at = std::ranges::find_if(verdict.differences, [&](const Difference& other) {
      return !other.doubtful && IsMust(other) == IsMust(difference_) && fits(other);
    });
    return at == verdict.differences.end() ? std::nullopt : std::optional(*at);
  };
  const auto in_this_part = [&](const Difference& other) {
    return other.aspect == difference_.aspect;
  };
  auto found = find([&](const Difference& other) {
    return in_this_part(other) && other.shape == difference_.shape;
  });
  if (found || !seen_) return found;
  if (answer.Unlike(*seen_).reset(AnswerDigest::kRepeated).any()) return std::nullopt;
  found = find(in_this_part);
  return found ? found : find([](const Difference&) { return true; });
}

// A judge of their own, which knows nothing of the same pages and tokens in the run.
std::optional<Reproduction::Sight> Reproduction::ShowAll(const Steps& steps) {
  const bool contradiction = IsAboutTwoAnswers(difference_.rule);
  Judge judge = judge_.Fresh(contradiction ? Judge::Knows::kPins : Judge::Knows::kReading);
  GivenTokens tokens;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Request request = steps[i];
    if (!tokens.Substitute(request)) return std::nullopt;
    --left_;
    const Result<Response> response = Send(target_, request);
    if (!response) return std::nullopt;
    const Exchange exchange = Read(i + 1, request, *response);
    if (auto same = SameIn(judge.Examine(exchange))) {
      return Sight{*std::move(same), i + 1, ToShow(*response)};
    }
    tokens.Add(std::to_string(i + 1), NextTokenOf(exchange.answer));
  }
  return std::nullopt;
}

// Only the last step is judged; what those before it do to it is the finding.
std::optional<Reproduction::Sight> Reproduction::ShowLast(const Steps& steps) {
  const auto passes = [this](const Request& request) {
    --left_;
    return Send(target_, request).has_value();
  };
  if (undoing_ && !passes(*undoing_)) return std::nullopt;
  if (!std::all_of(steps.begin(), steps.end() - 1, passes)) return std::nullopt;
  std::optional<Sight> shown = ShowOne(steps.back());
  if (shown) shown->steps = steps.size();
  return shown;
}

std::optional<Reproduction::Sight> Reproduction::Show(const Steps& steps) {
  if (undoing_) return ShowLast(steps);
  return needs_history_ ? ShowAll(steps) : ShowOne(steps.front());
}

void Reproduction::Confirm(int most) {
  const auto once = [&] {
    ++alone_.tried;
    auto shown = Show(steps_);
    alone_.failed += shown ? 1 : 0;
    if (shown) answer_ = std::move(shown->answer);
  };
  once();
  if (alone_.failed == 0 && otherwise_) {
    difference_ = *otherwise_;
    alone_.failed = 1;
  }
  while (alone_.tried < kConfirmations) once();
  if (deterministic()) return;
  const int size = static_cast<int>(steps_.size());
  for (int sent = 0; sent + size <= most && !IsLate(); sent += size) once();
  Overlap(most);
}

bool Reproduction::FindPredecessor(const Steps& candidates) {
  if (needs_history_ || (watched_ && watched_->moves())) return false;
  const Request request = steps_.front();
  std::optional<Request> guilty, innocent;
  // To have been asked before may be enough.
  const auto undoes_itself = [&] { return !ShowLast({request, request}).has_value(); };
  for (auto at = candidates.rbegin(); at != candidates.rend() && !innocent && !IsLate(); ++at) {
    const bool shows = ShowLast({*at, request}).has_value();
    if (shows && !guilty) guilty = *at;
    if (!shows && guilty) innocent = *at;  // it undoes what the target remembers
  }
  if (guilty && !innocent && undoes_itself()) innocent = request;
  if (!guilty || !innocent) return false;
  undoing_ = std::move(innocent);
  Repeats after;
  for (; after.tried < kAlternations; ++after.tried) {
    if (!ShowLast({*guilty, request}) || ShowLast({request})) break;
  }
  after.failed = after.tried;
  if (after.tried < kAlternations || IsLate()) {
    undoing_.reset();
    return false;
  }
  steps_ = {*std::move(guilty), request};
  alone_ = after;
  overlapping_ = {};
  return true;
}

// A fault may need two requests at the same time. If the state moves, that cannot be told.
void Reproduction::Overlap(int most) {
  if (target_.Concurrency() < 2 || steps_.size() > 1 || (watched_ && watched_->moves())) return;
  const int at_once = std::min(kAtOnce, target_.Concurrency());
  for (int sent = 0; sent + at_once <= most && !IsLate(); sent += at_once) {
    Repeated repeated(steps_.front(), at_once);
    target_.Run(repeated);
    for (const Result<Response>& response : repeated.answers) {
      ++overlapping_.tried;
      const bool shows = response && SameIn(judge_.Peek(Read(0, steps_.front(), *response)));
      overlapping_.failed += shows ? 1 : 0;
    }
  }
}

bool Reproduction::Try(Steps candidate) {
  auto shown = Show(candidate);
  if (!shown) return false;
  answer_ = std::move(shown->answer);
  candidate.resize(shown->steps);
  steps_ = std::move(candidate);
  difference_ = shown->difference;
  return true;
}

void Reproduction::Reduce(int most) {
  left_ = most;
  for (bool smaller = true; smaller;) {
    smaller = false;
    // After a successful step go on from the same place: earlier candidates rarely start to work.
    std::vector<Steps> candidates = SimplerSteps(steps_);
    for (std::size_t next = 0; next < candidates.size();) {
      if (left_ < static_cast<int>(candidates[next].size()) || IsLate()) return;
      if (!Try(candidates[next])) {
        ++next;
        continue;
      }
      smaller = true;
      candidates = SimplerSteps(steps_);
    }
  }
}

}  // namespace assay
