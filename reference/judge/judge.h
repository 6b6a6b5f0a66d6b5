#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "reference/judge/exchange.h"
#include "reference/judge/verdict.h"
#include "reference/reading/reading_space.h"
#include "reference/state/dataset.h"
#include "spec/record/record.h"

namespace assay {

struct Knowledge;
class HiddenValues;

struct JudgeOptions {
  // Requests say that JSON is accepted, as those signed in headers do: without a Format, JSON is
  // then as right as XML.
  bool accepts_json = false;
  // For a discovered state: what lists teach about the fields that no answer shows counts, too.
  bool learns_hidden = true;
};

// Compares answers with the model and learns the target's reading by elimination. One judge sees
// all exchanges with one target, in one order; equal exchanges in equal order give equal verdicts.
class Judge {
 public:
  // `dataset` is the target's state and outlives the judge. `pins` are options that must hold.
  explicit Judge(const Dataset& dataset, const Reading& pins = {}, JudgeOptions options = {});
  Judge(Judge&&) noexcept;
  ~Judge();

  // Judges the exchange (each `id` once) and learns from it. An answer of a quiet state is compared
  // with that state. If the state moved about the time of the answer, only what is wrong in any
  // state counts, and nothing is learned.
  Verdict Examine(const Exchange& exchange);
  // Judges without learning: what Examine would say, without the evidence.
  Verdict Peek(const Exchange& exchange) const;

  // Another judge of the same target that has seen no exchange. It knows the pins of this one, or
  // every option that this one has settled; both share what is known of hidden values.
  enum class Knows { kPins, kReading };
  Judge Fresh(Knows knows) const;

  // Learns from a connection that the target closed instead of answering a method other than GET
  // and POST; does nothing for GET and POST.
  void LearnClosing(std::uint64_t id, const Request& request);
  // What is wrong with closing the connection then: a difference if a reading file pins a refusal.
  std::optional<Difference> MustAnswer(const Request& request) const;

  // Makes final what was learned and counted up to now.
  void Secure();
  // Forgets what was learned and counted since Secure() was called last, or since the beginning:
  // the state was not what it seemed.
  void Unlearn();

  const ReadingSpace& readings() const;
  const Dataset& dataset() const;
  // What lists taught about the fields that no answer shows; or null.
  const HiddenValues* hidden() const;
  // The learned reading, one row for each question; `evidence` names the exchanges that excluded
  // options.
  std::vector<LearnedAnswer> Learned() const;
  // Answers that nothing is wrong with, though no option describes them.
  std::vector<UnforeseenAnswer> Unforeseen() const;
  // One row for each rule, in the order of ids. `violations` counts exchanges.
  std::vector<RuleTally> Tallies() const;
  // Exchanges whose judgement used the rule.
  std::uint64_t Exercised(Rule rule) const;
  std::uint64_t judged() const;

 private:
  explicit Judge(std::unique_ptr<Knowledge> known);

  std::unique_ptr<Knowledge> known_;
};

}  // namespace assay
