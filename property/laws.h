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

  // True if no more may be asked, or the target is lost.
  bool Exhausted() const;
  std::uint64_t asked() const { return session_.exchanges() - before_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  Session& session_;
  Origin origin_;
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
