#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reference/faults/fault.h"
#include "reference/findings/answer_digest.h"
#include "reference/findings/narrowing.h"
#include "reference/judge/exchange.h"
#include "reference/judge/judge.h"
#include "reference/wire/message.h"
#include "spec/catalogue/catalogue.h"

namespace assay {

// Faults that one server commits together.
using FaultList = std::vector<const Fault*>;

// Remembers what a target answered, and finds the faults of the catalogue that answer alike. A
// target may have several: `known` are those that were found before, and each is told by the parts
// of answers that it changes.
class Diagnosis {
 public:
  // One exchange of the run; `failures` are the keys of its groups, none if it conforms. Beyond a
  // bounded number nothing more is remembered.
  void Observe(const Exchange& exchange, const std::vector<std::string>& failures);
  // The same for an answer that broke off.
  void Observe(std::uint64_t exchange, const Request& request, const Error& broken,
               const std::vector<std::string>& failures);
  // Adds an exchange to a group afterwards.
  void Fail(std::uint64_t exchange, const std::string& failure);

  // The requests of these exchanges, after those whose tokens they need, in the order of the run; a
  // token is written as TokenOfAnswer() writes it. Empty if an exchange is not remembered.
  std::vector<Request> RequestsTo(const std::vector<std::uint64_t>& exchanges) const;

  // The requests of the run before that exchange, at most so many, the latest last, with the tokens
  // that they had.
  std::vector<Request> RequestsBefore(std::uint64_t exchange, std::size_t most) const;
  // Of that exchange's answer, if it is remembered.
  std::optional<AnswerDigest> DigestOf(std::uint64_t exchange) const;
  // Whether the same request was answered rightly, too.
  bool WasRight(const Request& request) const;

  // From then on no cause is looked for, and a search that goes on names none.
  void EndAt(std::chrono::steady_clock::time_point time) { end_ = time; }
  bool IsLate() const { return end_ && std::chrono::steady_clock::now() > *end_; }

  // The reading among these under which the reference without a fault agrees best with what was
  // seen: a fault may have taught the judge a wrong one.
  Reading BestOf(const std::vector<Reading>& readings, const Judge& judge) const;

  // The reading near this one under which the reference with these faults agrees best with what was
  // seen, above all with these groups.
  Reading Fit(Reading reading, const FaultList& faults, const Judge& judge,
              const std::vector<std::string>& failures) const;

  // When the failure of a group shows again.
  enum class Pattern { kAlways, kNowAndThen, kOverlapping };
  // A group of failing answers.
  struct Failure {
    std::string key;                  // of the symptom
    AnswerDigest::Parts shown;        // of the answer, which show it
    std::set<std::string> asks;       // what all requests of the group ask for (KindOfRequest())
    std::vector<Request> steps = {};  // the smallest that show it, as they were sent again …
    ShownAnswer answer = {};  // … and what the last of them was answered; status 0: nothing
    bool of_two = false;      // answers to two of the steps do not go together
  };
  // What was named as the cause.
  struct Named {
    std::vector<const Fault*> faults;  // at most three, the likeliest first
    bool variant = false;              // the first is no fault of the catalogue, but varies one
    bool other_values = false;  // … and what it gives in place of the right is not the same
    bool narrower = false;      // … and shows only in some of the requests in which that one does
    const Fault* narrowed = nullptr;  // the first in those requests, if it is known which; its id
  };
  // The faults with which the reference under this reading, with those known, gives what is wrong
  // in the failing answers of the group; those first that agree best with everything else that was
  // seen. If none does, a variant that does, or else the kind of fault that goes wrong in the same
  // parts of answers. None: nothing fits, or the search would take too long.
  Named Explain(const Failure& failure, Pattern pattern, const Judge& judge, const Reading& reading,
                const FaultList& known) const;
  // True if the repair of this fault would mend the answers of the group: all that is wrong in what
  // shows it, or, if the fault breaks its rule, what the fault changes.
  bool Accounts(const Fault& fault, const Failure& failure, bool breaks_it, const Judge& judge,
                const Reading& reading, const FaultList& known) const;
  // True if the fault, which depends on earlier requests, gives some of the group's answers in a
  // run of the same requests. When it shows depends on their order, which may be another one.
  bool AccountsInRun(const Fault& fault, const Failure& failure, const Judge& judge,
                     const Reading& reading) const;
  // True if the reference with the known faults gives all of these answers, but not without this
  // one of them: that they do not go together then follows from it.
  bool Reconciles(const Fault& fault, const std::vector<std::uint64_t>& exchanges,
                  const Judge& judge, const Reading& reading, const FaultList& known) const;
  // True if the reference with the fault, besides those known, agrees better with what was seen.
  bool Helps(const Fault& fault, const Judge& judge, const Reading& reading,
             const FaultList& known) const;

 private:
  struct Observation {
    std::uint64_t exchange = 0;
    Request request;
    AnswerDigest digest;
    bool fails = false;
    bool broken = false;   // or slow: what no server in this process can be
    std::size_t size = 0;  // of the answer, bytes
  };
  class Imitation;
  // At most so many failing ones of a group, spread over the run, those with short answers first.
  std::vector<std::size_t> TellingObservations(const std::vector<std::size_t>& failing) const;
  std::vector<std::size_t> Chain(std::size_t index) const;
  bool IsCheap(std::size_t index) const;
  std::optional<std::size_t> Find(std::uint64_t exchange) const;
  std::vector<std::size_t> Sample() const;
  // How far its answers are from those observed, in the order of the run (Distance()).
  std::size_t Disagreements(Imitation imitation, const std::vector<std::size_t>& sample,
                            std::size_t bound) const;
  // The answers to telling observations of a group, without the fault that is looked for.
  struct Evidence {
    std::vector<std::size_t> telling;
    std::vector<AnswerDigest> without;  // one for each
    bool primed = false;                // by another request before
  };
  std::vector<std::size_t> FailingOf(const Failure& failure) const;
  Evidence EvidenceOf(const Failure& failure, const Judge& judge, const Reading& reading,
                      const FaultList& known) const;
  // What a fault does to one answer.
  struct Effect {
    AnswerDigest::Parts wrong_before;  // without the fault
    AnswerDigest::Parts changed;       // by the fault
    AnswerDigest::Parts wrong;         // with it
    bool agrees;                       // what it changes is then as the target has it
  };
  enum class Says { kYes, kNo, kNothing };
  // True if the fault is right about most of the evidence; `judgement` says so of one effect.
  template <typename Judgement>
  bool IsRightAbout(const Evidence& evidence, const Fault& fault, const Judge& judge,
                    const Reading& reading, const FaultList& known,
                    const Judgement& judgement) const;
  using Ranked = std::vector<std::pair<std::size_t, const Fault*>>;  // by what each leaves wrong
  static FaultList BestNamed(Ranked ranked);
  Named ExplainByGroup(const Failure& failure, const Judge& judge, const Reading& reading,
                       const FaultList& known) const;
  // What it takes to try faults on one group.
  struct Search {
    const Failure& failure;
    const Judge& judge;
    const Reading& reading;
    const FaultList& known;
    Evidence evidence;
    std::vector<std::size_t> sample;  // ranks those that fit
    Evidence more;                    // of the group, whatever it costs
    // Conforming answers to requests that ask for as much, or for a part of it.
    Evidence contrast, wider;
  };
  Search SearchFor(const Failure& failure, const Judge& judge, const Reading& reading,
                   const FaultList& known) const;
  template <typename Judgement>
  FaultList Fitting(const Search& search, const std::vector<Fault>& faults,
                    const Judgement& judgement) const;
  // How many of `more` it explains, and how many there are to explain.
  std::pair<std::size_t, std::size_t> Explained(const Search& search, const Fault& fault) const;
  // What of the right answers the fault would make wrong: some, if they are to requests that lack
  // something of what the failing ones ask for; much, if they ask for as much.
  enum class Spoils { kNothing, kSome, kMuch };
  Spoils SpoilsOfTheRest(const Search& search, const Fault& fault) const;
  bool ShowsInSmallest(const Search& search, const Fault& fault) const;
  // The fault in requests that give what the smallest failing one gives, but for what others show
  // it without; null if right answers speak against it.
  Evidence FailingWithout(const Search& search, const Conditions& fewer,
                          const Conditions& all) const;
  const Fault* Narrow(const Search& search, const Fault& fault) const;
  Ranked Rank(const Search& search, const FaultList& candidates) const;
  FaultList ExplainLoosely(const Search& search) const;
  FaultList ExplainOverlapping(const std::string& failure, const Judge& judge,
                               const Reading& reading) const;
  FaultList ExplainOverHttp(const std::vector<std::size_t>& failing, const Judge& judge,
                            const Reading& reading, const FaultList& known) const;
  // An option of a question in place of the one that a reading has.
  struct Flip {
    Question question;
    Option option;
    std::size_t votes;
  };
  std::vector<Flip> Flips(const std::vector<std::size_t>& unexplained, const FaultList& faults,
                          const Judge& judge, const Reading& reading) const;
  std::vector<std::size_t> Beginning(std::size_t most) const;  // the first observations
  // How far the reference with the fault is from the beginning of the run, and the reading: in the
  // order that fits best of those that are no farther than `at_start` at its start. Beyond the
  // bound it may be farther.
  std::pair<std::size_t, Reading> FarFromRun(const Fault& fault, const Judge& judge,
                                             const Reading& reading, std::size_t at_start,
                                             std::size_t bound) const;
  const FaultList& ExplainByWholeRun(const Judge& judge, const Reading& reading) const;

  std::vector<Observation> observations_;
  std::unordered_map<std::string, std::vector<std::size_t>> failing_;  // by group
  std::unordered_map<std::string, std::size_t> issued_;                // token -> who got it
  AnswerDigester digester_;
  mutable std::deque<Fault> narrowed_;  // those that were named
  bool IsSpent() const { return asked_ > kMostAsked || IsLate(); }
  static constexpr std::size_t kMostAsked = 60'000;  // then no cause is looked for
  mutable std::size_t asked_ = 0;                    // what imitations answered
  std::optional<std::chrono::steady_clock::time_point> end_;
  mutable std::optional<FaultList> whole_run_;  // the same for every group
  // The answers of the reference with a fault that depends on earlier requests to the whole run.
  mutable std::pair<const Fault*, std::vector<AnswerDigest>> rerun_{};
};

}  // namespace assay
