#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "reference/answer/difference.h"
#include "reference/reading/option_set.h"
#include "spec/catalogue/ids.h"

namespace assay {

// The options of a question that an answer can be right under.
struct ShownOptions {
  Question question;
  OptionSet options;
};

// What the judge says about one exchange.
struct Verdict {
  enum class Kind {
    kConforms,  // some reading explains it together with all that came before
    kViolation,
    kNotJudged,  // throttled, too many open questions at once, a state that moved: `reason`
  } kind = Kind::kConforms;
  std::vector<Difference> differences;  // each once, but some may come a second time as doubtful
  std::vector<std::uint64_t> evidence;  // earlier exchanges that contradict this one
  std::string reason;
  std::string unforeseen;  // if it conforms though no option describes it: what was foreseen
  bool throttled = false;
  bool unreadable = false;            // the body is not in its format: nothing is known about it
  bool server_error = false;          // 5xx: worth a second try before it counts
  std::string code;                   // the error code of the answer, "" for a list
  std::vector<std::string> listed;    // the SnapshotIds of the answer, in order
  std::bitset<kQuestionCount> asked;  // open questions that the right answer depends on
  // Of those that the target answers by situation: what it answered in this one.
  std::vector<ShownOptions> by_situation;

  // The differences that are not doubtful, of `must` rules and of `should` rules.
  std::vector<Difference> violations() const;
  std::vector<Difference> warnings() const;
  bool HasViolation() const;
  bool HasWarning() const;
  bool HasDoubt() const;

  // False if the judge says that the list, or the refusal, is not the right one, or that it
  // cannot be read: a comparison with other answers would only say so again.
  bool IsSound() const;
};

}  // namespace assay
