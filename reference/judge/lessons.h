#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/describe_snapshots/hidden_values.h"
#include "reference/judge/exchange.h"
#include "reference/judge/exploration.h"
#include "reference/judge/situations.h"
#include "reference/judge/telling_snapshot.h"
#include "reference/judge/verdict.h"
#include "reference/judge/walk_memory.h"
#include "reference/reading/reading_space.h"

namespace assay {

// What one exchange says about the reading: all of these hold.
using Constraints = std::vector<Explanations>;

// An exchange that taught something: kept so that a contradiction can be explained.
struct Lesson {
  std::uint64_t id;
  Request request;
  Response response;
  WalkMemory::View tokens;
  std::shared_ptr<const QuietState> quiet_state;
  bool refuses = false;                                   // the answer is an error
  std::string answered = {};                              // the answer in words
  std::vector<std::uint32_t> listed = {};                 // positions in the known state
  bool of_known_state = true;                             // the answer
  std::optional<Constraints> constraints = std::nullopt;  // found when first asked for
};

// What a judge has learned about the target's reading, and from which exchanges.
class Lessons {
 public:
  // `dataset` outlives the object; `pins` are options that must hold. `hidden` takes what lists
  // teach about the fields that no answer shows; null: nothing.
  Lessons(const Dataset& dataset, const Reading& pins, bool accepts_json,
          std::shared_ptr<HiddenValues> hidden);

  const Reading& pins() const { return pins_; }
  const ReadingSpace& space() const { return space_; }        // what is still possible
  const Domains& admitted() const { return all_.domains(); }  // what the pins allow
  // What lists taught about the fields that no answer shows; or null.
  const std::shared_ptr<HiddenValues>& hidden() const { return hidden_; }
  // The exchanges that excluded options of the question.
  const std::vector<std::uint64_t>& evidence(Question q) const { return evidence_[Index(q)]; }

  // Restricts the readings, unless none would be left: then false, with nothing learned. The
  // exchange becomes a lesson if it excludes something; nullptr: nothing is learned, only tested.
  bool Restrict(Constraints news, const Exchange* exchange, const WalkMemory::View& tokens);
  // Learns that an exchange showed the option; one that contradicts others teaches nothing.
  void LearnOption(std::uint64_t exchange, Question question, Option option);
  // Keeps an exchange that taught nothing new if it asks a question that took several lessons to
  // settle: so that a contradiction is shown by as few exchanges as possible.
  void KeepWitness(const Exchange& exchange, const WalkMemory::View& tokens,
                   const std::vector<Question>& asked);

  // Everything that the answer says about the reading, whatever was learned.
  Constraints ConstraintsOf(const AskedAnswer& asked, const Dataset& dataset) const;
  // What to make of an answer that is right by itself, but not together with what was learned.
  struct Incoherence {
    std::optional<Difference> difference;  // what it breaks, if anything
    std::vector<Question> by_situation;    // questions that the target answers by situation …
    std::vector<Lesson*> others;           // … as these answers together with it show
  };
  Incoherence Compare(const Constraints& mine, const AskedAnswer& asked, const Dataset& dataset);
  // Takes the questions as answered by situation: what was learned of them no longer binds.
  void Free(const Incoherence& incoherence);
  const Situations& situations() const { return situations_; }
  // Notes what an answer showed of the questions that are answered by situation; that is returned.
  std::vector<ShownOptions> NoteSituations(const Constraints& shown, const Request& request);
  // The pinned options that an answer with these constraints does not have, as a difference.
  Difference BrokenPinsOf(const Constraints& constraints, Aspect aspect) const;
  // What is wrong with an answer of that option if another option of its question is pinned.
  std::optional<Difference> PinnedOtherwise(Question question, Option option) const;

  // Makes final what was learned up to now; Unlearn() forgets what was learned after it.
  void Secure() { secured_ = Now(); }
  void Unlearn();

 private:
  // What can be taken back.
  struct Learned {
    ReadingSpace space;
    Situations situations;
    std::size_t lessons = 0, witnesses = 0;
    std::vector<std::uint8_t> witnessed;
    std::vector<std::vector<std::uint64_t>> evidence;
  };
  Learned Now() const;
  const Constraints& ConstraintsOf(Lesson& lesson) const;
  std::vector<Lesson*> Contradicted(const Constraints& mine);
  bool AreConsistent(const Constraints& mine, const std::vector<Lesson*>& others,
                     const std::bitset<kQuestionCount>& by_situation) const;
  Lesson LessonOf(const Exchange& exchange, const WalkMemory::View& tokens) const;
  std::optional<TwoMeanings> DescribeMeanings(const std::vector<Question>& disputed,
                                              const Constraints& mine, const AskedAnswer& asked,
                                              const std::vector<Lesson*>& others) const;
  std::vector<Question> Resolving(const Constraints& mine, const std::vector<Lesson*>& others,
                                  bool meanings) const;

  const Dataset& dataset_;
  const Reading pins_;
  const bool accepts_json_;
  const std::shared_ptr<HiddenValues> hidden_;
  ReadingSpace space_;
  Situations situations_;
  const ReadingSpace all_;
  std::vector<Lesson> lessons_;
  std::vector<Lesson> witnesses_;  // may have taught alone what several lessons taught together
  std::vector<std::uint8_t> witnessed_ = std::vector<std::uint8_t>(kQuestionCount);
  std::vector<std::vector<std::uint64_t>> evidence_ =
      std::vector<std::vector<std::uint64_t>>(kQuestionCount);
  Learned secured_;
};

}  // namespace assay
