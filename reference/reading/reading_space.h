#pragma once

#include <optional>
#include <vector>

#include "reference/reading/option_set.h"
#include "spec/catalogue/reading.h"

namespace assay {

struct Restriction {
  Question question;
  OptionSet options;
  friend bool operator==(const Restriction&, const Restriction&) = default;
};
// One way in which an answer can be right: all restrictions hold. Sorted by question.
using Explanation = std::vector<Restriction>;
// All ways in which one answer can be right. If one of them is empty, the answer is right under
// every reading; if there is none, it is wrong under every one.
using Explanations = std::vector<Explanation>;

// Drops what does not matter: explanations that together leave a question free become one.
void Simplify(Explanations& explanations, const Domains& domains);

// The readings that are still possible, as a small constraint problem: for each question the
// options still possible, and the disjunctions that could not be decided yet.
class ReadingSpace {
 public:
  // Every reading that agrees with the pins.
  explicit ReadingSpace(const Reading& pins = {});

  OptionSet Possible(Question question) const { return domains_[Index(question)]; }
  const Domains& domains() const { return domains_; }
  bool Settled(Question question) const;
  // True if the restriction, or one of the explanations, says nothing new: every reading that is
  // still possible satisfies it. (False may also mean that this was not recognized.)
  bool Implies(const Restriction& restriction) const {
    return Possible(restriction.question).IsWithin(restriction.options);
  }
  bool Implies(const Explanations& explanations) const;

  // Keeps only the readings under which one of the explanations holds. False, with nothing
  // changed, if no reading would be left. `*learned` (if given): something was excluded.
  bool Restrict(Explanations explanations, bool* learned = nullptr);

  // The options of the question that some reading still possible has: of those in Possible(), the
  // ones that the undecided explanations rule out only together are left out.
  OptionSet Attainable(Question question) const;
  // A complete reading that is still possible and gives the question that option (its position in
  // the catalogue) and other questions theirs in `preferred` if possible; nothing if there is none.
  std::optional<Reading> ReadingWith(Question question, int position,
                                     const Reading& preferred = {}) const;
  // The questions that undecided explanations tie to this one.
  std::vector<Question> TiedTo(Question question) const;

  // True if one reading satisfies all of them.
  static bool Consistent(const Reading& pins, const std::vector<const Explanations*>& all);

 private:
  Domains domains_;
  std::vector<Explanations> undecided_;
};

}  // namespace assay
