#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "property/generators.h"
#include "property/walks.h"
#include "reference/session/session.h"

namespace assay {

// What a law found broken.
struct Breach {
  Difference difference;
  JudgedExchange exchange;              // the one that shows it
  std::vector<std::uint64_t> evidence;  // the others
  bool is_news = true;                  // the judge found none of them wrong by itself
};

struct Law;

// The way in which laws ask the target: every exchange goes through the session, and so through
// the judge and the journal.
class Asker {
 public:
  // Gives up, with Exhausted(), after `budget` exchanges.
  Asker(Session& session, Origin origin, const Vocabulary& vocabulary, std::uint64_t budget);

  // All lists by number, 100 a page, side by side.
  std::vector<WalkResult> Lists(std::vector<Request> requests);
  std::vector<WalkResult> Walks(std::vector<std::unique_ptr<Script>> scripts);
  std::vector<ScriptResult> Run(std::vector<std::unique_ptr<Script>> scripts);

  // The cases that will be checked, in that order.
  void Expect(std::vector<LawCase> cases);
  // A check of the case begins. If it is the next one that is expected, what it asks is sent
  // together with what some cases after it ask, so that a slow target always has enough to answer.
  // Gives the number of exchanges before those that the check may use.
  std::uint64_t BeginCase(const Law& law, const LawCase& law_case);
  // What is asked from here on is sent at once.
  void EndCase() { current_ = nullptr; }

  // True if no more may be asked, or the target is lost.
  bool Exhausted() const;
  std::uint64_t asked() const { return session_.exchanges() - before_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  // What an expected case asks, one Run() after the other.
  struct Ahead {
    LawCase law_case;
    std::vector<std::vector<ScriptResult>> answers;
    std::vector<std::unique_ptr<Script>> wanted;  // of the Run() after those
  };

  void AskAhead(const Law& law);
  bool AskOnce(const Law& law, std::size_t end);
  std::vector<ScriptResult> Note(std::vector<std::unique_ptr<Script>> scripts);

  Session& session_;
  Origin origin_;
  std::vector<Ahead> ahead_;
  std::size_t next_ = 0;            // of `ahead_`, to be checked
  std::size_t asked_ahead_ = 0;     // of them
  std::uint64_t before_ahead_ = 0;  // exchanges, when the latest of them were asked
  Ahead* current_ = nullptr;        // the case that is checked, if its answers are there
  bool noting_ = false;             // it is only to be found out what the case asks
  std::size_t turn_ = 0;            // of Run() in the case
  const Vocabulary& vocabulary_;
  std::uint64_t before_;
  std::uint64_t budget_;
};

// Something that holds for the answers of every target that conforms, whatever its reading.
struct Law {
  const char* name;
  const char* statement;
  int cases;                 // that are drawn in a run
  bool any_request = false;  // drawn from AnyCases; otherwise from ValidCases
  std::optional<Breach> (*check)(Asker& asker, const LawCase& law_case) = nullptr;
};
const std::vector<Law>& Laws();

// The outcome of drawing cases against one law.
struct LawOutcome {
  std::optional<Breach> breach;  // of the smallest counterexample
  std::optional<LawCase> counterexample;
  std::uint64_t exchanges = 0;
  int cases = 0;      // that were checked
  bool lost = false;  // the target, before the law was decided
};
// Draws the law's cases from `seed`; a counterexample is shrunk before it is reported to the
// session under the rule that it breaks.
LawOutcome CheckLaw(const Law& law, Session& session, const Vocabulary& vocabulary,
                    std::uint64_t seed);

}  // namespace assay
