#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reference/findings/answer_digest.h"
#include "reference/judge/judge.h"
#include "reference/target/target.h"
#include "reference/watch/watched_target.h"
#include "spec/record/record.h"

namespace assay {

// Requests that show a finding when they are sent in this order; a NextToken may refer to an
// earlier answer (spec/record/token_trail.h).
using Steps = std::vector<Request>;

// Bytes of an answer that a finding shows at most: a page of 100 snapshots with long texts has
// 130,000.
inline constexpr std::size_t kLongestShown = 160 * 1024;

// What a finding is shown again on.
struct LiveTarget {
  Target& target;
  const WatchedTarget* watched = nullptr;  // the same, if its state may move
  bool knows_state = true;
};

// Shows one finding again, on the live target; in some 20 seconds, if that is slow.
class Reproduction {
 public:
  // `difference` is what the last step shows, and `seen` what it was answered, if that is known.
  // Every step is judged with what `judge` has learned; the judge itself learns nothing.
  Reproduction(const LiveTarget& live, const Judge& judge, Difference difference, Steps steps,
               std::optional<AnswerDigest> seen = std::nullopt);

  // Sends the steps again, three times. If the finding does not show every time, it is
  // intermittent: then up to `most` times more, one after another and as many at once as the target
  // takes. If what was learned since makes the answer wrong in the same way under another rule, or
  // the very answer that was seen wrong in another way, that one is the difference from then on.
  void Confirm(int most);
  // Looks for a request after which the one step shows the finding every time, though after others
  // it does not: the target remembers something of it. Candidates are tried from the last one
  // on. If there is one, the steps are these two from then on.
  bool FindPredecessor(const Steps& candidates);
  // Makes the steps fewer, and smaller, while the last one still shows it: at most `most` requests.
  void Reduce(int most);

  bool deterministic() const { return alone_.failed == alone_.tried; }
  const Repeats& alone() const { return alone_; }              // one after the other
  const Repeats& overlapping() const { return overlapping_; }  // several at once
  const Difference& difference() const { return difference_; }
  // With a predecessor: the request after which the last step is answered rightly.
  const std::optional<Request>& undoing() const { return undoing_; }
  const Steps& steps() const { return steps_; }
  // The answer to the last step that showed it; status 0 if none was complete.
  const ShownAnswer& answer() const { return answer_; }

 private:
  struct Sight {
    Difference difference;
    std::size_t steps;  // that were needed
    ShownAnswer answer;
  };
  std::optional<Sight> Show(const Steps& steps);
  std::optional<Sight> ShowOne(const Request& request);
  std::optional<Sight> ShowAll(const Steps& steps);
  std::optional<Sight> ShowLast(const Steps& steps);
  std::optional<Difference> SameIn(const Verdict& verdict) const;
  std::optional<Difference> OtherwiseIn(const Verdict& verdict, const AnswerDigest& answer) const;
  void Overlap(int most);
  Exchange Read(std::uint64_t id, const Request& request, const Response& response);
  bool Try(Steps candidate);
  bool IsLate() const;

  Target& target_;
  const WatchedTarget* watched_;
  const bool knows_state_;
  const Judge& judge_;
  Difference difference_;
  Steps steps_;
  const std::optional<AnswerDigest> seen_;
  const bool needs_history_;             // then they are judged without what was learned since
  std::optional<Request> undoing_;       // what the target remembers; sent before the steps
  std::optional<Difference> otherwise_;  // what was wrong with the last answer instead
  Repeats alone_, overlapping_;
  ShownAnswer answer_;
  ExchangeReader reader_;
  AnswerDigester digester_;
  int left_ = 0;  // requests that may still be sent
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// Simpler ways to ask: each drops one thing or makes one smaller, the boldest first. They come to
// an end.
std::vector<Steps> SimplerSteps(const Steps& steps);

}  // namespace assay
