#include "reference/reproduction.h"

#include <algorithm>
#include <utility>

#include "reference/observed.h"
#include "reference/repeated.h"
#include "reference/transport_failure.h"

namespace assay {
namespace {

constexpr int kConfirmations = 3;
constexpr std::chrono::seconds kLongest{20};  // for one finding, whatever may still be sent
constexpr int kAtOnce = 8;                    // at the most, of one request

// The request with the tokens that were given meanwhile; nothing where one was not.
std::optional<Request> WithTokens(Request request, const std::vector<std::string>& tokens) {
  for (Parameter& parameter : request.parameters) {
    if (parameter.name != "NextToken") continue;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (parameter.value != TokenOfAnswer(i + 1)) continue;
      if (tokens[i].empty()) return std::nullopt;
      parameter.value = tokens[i];
      break;
    }
  }
  return request;
}

}  // namespace

Reproduction::Reproduction(Target& target, const SteadyTarget* steady, const Judge& judge,
                           Difference difference, Steps steps)
    : target_(target),
      steady_(steady),
      judge_(judge),
      difference_(std::move(difference)),
      steps_(std::move(steps)),
      needs_history_(steps_.size() > 1) {}

// Of the answer that came last.
Standing Reproduction::Delivered() const {
  return steady_ ? steady_->delivering() : judge_.standing();
}

bool Reproduction::IsLate() const { return std::chrono::steady_clock::now() - begun_ > kLongest; }

std::optional<Difference> Reproduction::SameIn(const Verdict& verdict) const {
  for (const auto* list : {&verdict.violations, &verdict.warnings}) {
    const auto same = std::ranges::find_if(*list, [&](const Difference& other) {
      return other.rule == difference_.rule && other.shape == difference_.shape;
    });
    if (same != list->end()) return *same;
  }
  return std::nullopt;
}

std::optional<Reproduction::Sight> Reproduction::ShowOne(const Request& request) {
  --left_;
  const Result<Response> response = Send(target_, request);
  if (!response) {
    const bool closed = FailureOf(response.error()) == TransportFailure::kClosed;
    const bool broken =
        difference_.rule == "encoding.http.complete"_rule || (closed && judge_.MustAnswer(request));
    return broken ? std::optional(Sight{difference_, 1}) : std::nullopt;
  }
  const Verdict verdict = judge_.Peek(request, *response, Delivered());
  const auto same = SameIn(verdict);
  if (!same) otherwise_ = OtherwiseIn(verdict);
  return same ? std::optional(Sight{*same, 1}) : std::nullopt;
}

// The same shape under another rule: with what was learned since, another parameter is to blame.
std::optional<Difference> Reproduction::OtherwiseIn(const Verdict& verdict) const {
  const bool must = Catalogue::Get()[difference_.rule].level == Level::kMust;
  const auto& list = must ? verdict.violations : verdict.warnings;
  const auto alike = std::ranges::find_if(list, [&](const Difference& other) {
    return other.shape == difference_.shape && other.aspect == difference_.aspect;
  });
  return alike == list.end() ? std::nullopt : std::optional(*alike);
}

// A judge of their own: what the run saw of the same pages and tokens is no part of it.
std::optional<Reproduction::Sight> Reproduction::ShowAll(const Steps& steps) {
  const bool contradiction = difference_.rule == "request.reading.consistent"_rule;
  Judge judge = judge_.Fresh(contradiction ? Judge::Knows::kPins : Judge::Knows::kReading);
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto request = WithTokens(steps[i], tokens);
    if (!request) return std::nullopt;
    --left_;
    const Result<Response> response = Send(target_, *request);
    if (!response) return std::nullopt;
    judge.AnswersAreOf(Delivered());
    const Verdict verdict = judge.Examine(i + 1, *request, *response);
    if (auto same = SameIn(verdict)) return Sight{*std::move(same), i + 1};
    tokens.push_back(NextTokenOf(*response));
  }
  return std::nullopt;
}

std::optional<Reproduction::Sight> Reproduction::Show(const Steps& steps) {
  return needs_history_ ? ShowAll(steps) : ShowOne(steps.front());
}

void Reproduction::Confirm(int most) {
  const auto once = [&] {
    ++alone_.tried;
    alone_.failed += Show(steps_) ? 1 : 0;
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

// A fault may need two requests at work at one time. Where the state moves that cannot be told.
void Reproduction::Overlap(int most) {
  if (target_.Concurrency() < 2 || steps_.size() > 1 || (steady_ && steady_->moves())) return;
  const int at_once = std::min(kAtOnce, target_.Concurrency());
  for (int sent = 0; sent + at_once <= most && !IsLate(); sent += at_once) {
    Repeated repeated(steps_.front(), at_once);
    target_.Run(repeated);
    for (const Result<Response>& response : repeated.answers) {
      ++overlapping_.tried;
      overlapping_.failed += response && SameIn(judge_.Peek(steps_.front(), *response)) ? 1 : 0;
    }
  }
}

bool Reproduction::Try(Steps candidate) {
  const auto sight = Show(candidate);
  if (!sight) return false;
  candidate.resize(sight->steps);
  steps_ = std::move(candidate);
  difference_ = sight->difference;
  return true;
}

void Reproduction::Reduce(int most) {
  left_ = most;
  for (bool smaller = true; smaller;) {
    smaller = false;
    // What did not help before one thing was left out hardly helps after it: from there on.
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
