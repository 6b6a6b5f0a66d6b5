#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reference/dataset.h"
#include "reference/message.h"
#include "reference/moment.h"
#include "reference/observed.h"
#include "reference/reading_space.h"
#include "spec/record.h"

namespace assay {

// What the judge says about one exchange.
struct Verdict {
  enum class Kind {
    kConforms,  // some reading explains it together with all that came before
    kViolation,
    kNotJudged,  // throttled, too many open questions at once, a state that moved: `reason`
  } kind = Kind::kConforms;
  std::vector<Difference> violations;  // of `must` rules
  std::vector<Difference> warnings;    // of `should` rules
  // What would be wrong, had the state not moved about the time of the answer.
  std::vector<Difference> unsettled;
  std::vector<std::uint64_t> evidence;  // earlier exchanges that contradict this one
  std::string reason;
  bool throttled = false;
  bool unreadable = false;          // the body is not of its format: nothing is known of it
  bool server_error = false;        // 5xx: worth a second try before it counts
  std::string code;                 // the error code of the answer, "" for a list
  std::vector<std::string> listed;  // the SnapshotIds of the answer, in order

  // False where the judge says that the list, or the refusal, is not the right one, or that it
  // cannot be read: a comparison with other answers would only say so again.
  bool IsSound() const;
};

struct JudgeOptions {
  // Requests say that JSON is accepted, as those do that are signed in headers: without a Format
  // JSON is as right as XML then.
  bool accepts_json = false;
};

// Compares answers with the model and learns the target's reading by elimination. One judge sees
// all exchanges with one target, in one order; equal exchanges in equal order give equal verdicts.
class Judge {
 public:
  struct State;  // what the judge knows; defined beside it

  // `dataset` is the target's state and outlives the judge. `pins` are options that must hold.
  explicit Judge(const Dataset& dataset, const Reading& pins = {}, JudgeOptions options = {});
  Judge(Judge&&) noexcept;
  ~Judge();

  // The state that the answers are of which are judged from now on. An answer of a moment is held
  // to the state of that moment; one about whose time the state moved only to what no state
  // decides, and nothing is learned from it.
  void AnswersAreOf(const Standing& standing);
  const Standing& standing() const;

  // Judges exchange number `id` (positive, each once) and learns from it.
  Verdict Examine(std::uint64_t id, const Request& request, const Response& response);
  // Judges without learning: what Examine would say, evidence aside.
  Verdict Peek(const Request& request, const Response& response) const;
  // The same of an answer that is of another moment than the one examined last.
  Verdict Peek(const Request& request, const Response& response, const Standing& standing) const;

  // Another judge of the same target that has seen no exchange. It knows the pins of this one, or
  // every option that this one has settled.
  enum class Knows { kPins, kReading };
  Judge Fresh(Knows knows) const;

  // Learns from a connection that the target closed instead of answering a method other than GET
  // and POST; says nothing about others.
  void ConnectionClosed(std::uint64_t id, const Request& request);
  // What is wrong with closing the connection then: something where a reading file pins a refusal.
  std::optional<Difference> MustAnswer(const Request& request) const;

  // What was learned and counted up to now stands, whatever comes.
  void Secure();
  // Forgets what was learned and counted since Secure() was called last, or since the beginning:
  // the state was not what it seemed.
  void Unlearn();

  const ReadingSpace& readings() const;
  const Dataset& dataset() const;
  // The answer that was examined last, as it was read; valid until the next one.
  const ObservedAnswer& last_answer() const;
  // The learned reading, a row a question; `evidence` names the exchanges that excluded options.
  std::vector<LearnedAnswer> Learned() const;
  // A row a rule, in the order of ids. `violations` counts exchanges.
  std::vector<RuleTally> Tallies() const;
  // Exchanges whose judgement used the rule.
  std::uint64_t Exercised(Rule rule) const;
  std::uint64_t judged() const;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace assay
