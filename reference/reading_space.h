#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "spec/catalogue.h"

namespace assay {

// A set of options of one question: bit i is the i-th option of the catalogue.
using OptionSet = std::uint16_t;

struct Restriction {
  Question question;
  OptionSet options = 0;
  friend bool operator==(const Restriction&, const Restriction&) = default;
};
// One way in which an answer can be right: all restrictions hold. Sorted by question.
using Explanation = std::vector<Restriction>;
// All ways in which one answer can be right. An empty Explanation among them says that the answer
// is right under every reading; no Explanation at all that it is wrong under every one.
using Explanations = std::vector<Explanation>;

// Drops what does not matter: explanations that together leave a question free become one.
void Simplify(Explanations& explanations, const std::array<OptionSet, kQuestionCount>& domains);

// The readings that are still possible, as a small constraint problem: for each question the
// options still possible, and the disjunctions that could not be decided yet.
class ReadingSpace {
 public:
  // Every reading that agrees with the pins.
  explicit ReadingSpace(const Reading& pins = {});

  OptionSet Possible(Question question) const { return domains_[Index(question)]; }
  const std::array<OptionSet, kQuestionCount>& domains() const { return domains_; }
  bool Settled(Question question) const;
  // True where the restriction, or one of the explanations, says nothing new: every reading that is
  // still possible satisfies it. (False may also mean that it was not seen.)
  bool Implies(const Restriction& restriction) const {
    return (Possible(restriction.question) & ~restriction.options) == 0;
  }
  bool Implies(const Explanations& explanations) const;

  // Keeps only the readings under which one of the explanations holds. False, with nothing
  // changed, where no reading would be left. `*learned` (where given): something was excluded.
  bool Restrict(Explanations explanations, bool* learned = nullptr);

  // The options of the question that some reading still possible has: of those in Possible(), the
  // ones that the undecided explanations rule out only together are left out.
  OptionSet Attainable(Question question) const;
  // A reading, whole, that is still possible and in which the question has that option (its
  // position in the catalogue), and others theirs in `preferred` where they may; nothing where
  // there is none.
  std::optional<Reading> ReadingWith(Question question, int position,
                                     const Reading& preferred = {}) const;
  // The questions that explanations which are not decided yet tie to this one.
  std::vector<Question> TiedTo(Question question) const;

  // True where one reading satisfies all of them.
  static bool Consistent(const Reading& pins, const std::vector<const Explanations*>& all);

 private:
  // Narrows domains until nothing changes; false where some disjunction has no explanation left.
  bool Propagate();
  bool NarrowBy(const Explanations& explanations);
  bool Satisfiable() const;

  std::array<OptionSet, kQuestionCount> domains_;
  std::vector<Explanations> undecided_;
};

}  // namespace assay
