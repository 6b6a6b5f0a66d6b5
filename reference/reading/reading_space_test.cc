#include "reference/reading/reading_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

// Questions with three options or more, so that options can be narrowed in steps.
std::vector<Question> WideQuestions(std::size_t count) {
  std::vector<Question> out;
  for (const QuestionInfo& question : AllQuestions()) {
    if (question.options.size() >= 3 && out.size() < count) out.push_back(question.id);
  }
  return out;
}

const Question kA = WideQuestions(3)[0];
const Question kB = WideQuestions(3)[1];
const Question kC = WideQuestions(3)[2];

// The options whose bits are set, the first one lowest.
OptionSet OptionsOf(unsigned bits) {
  OptionSet out;
  for (int i = 0; i < 16; ++i) {
    if ((bits >> i) & 1U) out |= OptionSet::At(i);
  }
  return out;
}

Reading Pinned(Question question, std::size_t position) {
  return {"", {{question, Catalogue::Get()[question].options[position].id}}};
}

TEST(ReadingSpace, BeginsWithEveryOption) {
  const ReadingSpace space;
  for (const QuestionInfo& question : AllQuestions()) {
    EXPECT_EQ(space.Possible(question.id), OptionSet::All(question.id)) << Id(question.id);
    EXPECT_FALSE(space.Settled(question.id));
  }
}

TEST(ReadingSpace, BeginsWithWhatThePinsAllow) {
  const ReadingSpace space(Pinned(kA, 2));
  EXPECT_EQ(space.Possible(kA), OptionsOf(0b100));
  EXPECT_TRUE(space.Settled(kA));
  EXPECT_EQ(space.Possible(kB), OptionSet::All(kB));
}

TEST(ReadingSpace, NarrowsByOneExplanation) {
  ReadingSpace space;
  bool learned = false;
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b011)}}}, &learned));
  EXPECT_TRUE(learned);
  EXPECT_EQ(space.Possible(kA), OptionsOf(0b011));
  EXPECT_FALSE(space.Settled(kA));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b110)}}}, &learned));
  EXPECT_EQ(space.Possible(kA), OptionsOf(0b010));
  EXPECT_TRUE(space.Settled(kA));
}

TEST(ReadingSpace, LearnsNothingFromWhatHoldsAnyway) {
  ReadingSpace space;
  bool learned = true;
  EXPECT_TRUE(space.Restrict({{}}, &learned));
  EXPECT_FALSE(learned);
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}}, {}}, &learned));
  EXPECT_FALSE(learned);
  EXPECT_TRUE(space.Restrict({{{kA, OptionSet::All(kA)}}}, &learned));
  EXPECT_FALSE(learned);
  EXPECT_EQ(space.Possible(kA), OptionSet::All(kA));
}

TEST(ReadingSpace, LearnsNothingFromTheSameDisjunctionTwice) {
  ReadingSpace space;
  const Explanations either = {{{kA, OptionsOf(0b001)}}, {{kB, OptionsOf(0b001)}}};
  bool learned = false;
  EXPECT_TRUE(space.Restrict(either, &learned));
  EXPECT_TRUE(learned);
  EXPECT_TRUE(space.Restrict(either, &learned));
  EXPECT_FALSE(learned);
}

TEST(ReadingSpace, KeepsADisjunctionUntilItIsDecided) {
  ReadingSpace space;
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}}, {{kB, OptionsOf(0b001)}}}));
  EXPECT_EQ(space.Possible(kA), OptionSet::All(kA));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b110)}}}));
  EXPECT_EQ(space.Possible(kB), OptionsOf(0b001));
}

TEST(ReadingSpace, PropagatesAlongAChain) {
  ReadingSpace space;
  EXPECT_TRUE(space.Restrict({{{kB, OptionsOf(0b001)}}, {{kC, OptionsOf(0b010)}}}));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}}, {{kB, OptionsOf(0b010)}}}));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b100)}}}));
  EXPECT_EQ(space.Possible(kB), OptionsOf(0b010));
  EXPECT_EQ(space.Possible(kC), OptionsOf(0b010));
}

TEST(ReadingSpace, TakesWhatAllExplanationsShare) {
  ReadingSpace space;
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}, {kB, OptionsOf(0b001)}},
                              {{kA, OptionsOf(0b010)}, {kC, OptionsOf(0b001)}}}));
  EXPECT_EQ(space.Possible(kA), OptionsOf(0b011));
  EXPECT_EQ(space.Possible(kB), OptionSet::All(kB));
}

TEST(ReadingSpace, IsUnchangedByAContradiction) {
  ReadingSpace space;
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b011)}}}));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}}, {{kB, OptionsOf(0b001)}}}));
  const auto before = space.domains();
  bool learned = true;
  EXPECT_FALSE(space.Restrict({{{kA, OptionsOf(0b100)}}}, &learned));
  EXPECT_FALSE(learned);
  EXPECT_FALSE(space.Restrict({}, &learned));
  EXPECT_FALSE(space.Restrict({{{kA, OptionsOf(0b010)}, {kB, OptionsOf(0b010)}}}));
  EXPECT_EQ(space.domains(), before);
  // The disjunction is still there, and nothing was added to it.
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b010)}}}));
  EXPECT_EQ(space.Possible(kB), OptionsOf(0b001));
}

TEST(ReadingSpace, FindsAContradictionThatNarrowingDoesNotSee) {
  // Each pair of values is excluded by its own disjunction; only a search sees that none is left.
  ReadingSpace space;
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b011)}}}));
  EXPECT_TRUE(space.Restrict({{{kB, OptionsOf(0b011)}}}));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}}, {{kB, OptionsOf(0b001)}}}));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b001)}}, {{kB, OptionsOf(0b010)}}}));
  EXPECT_TRUE(space.Restrict({{{kA, OptionsOf(0b010)}}, {{kB, OptionsOf(0b001)}}}));
  EXPECT_FALSE(space.Restrict({{{kA, OptionsOf(0b010)}}, {{kB, OptionsOf(0b010)}}}));
}

TEST(Consistent, NeedsOneReadingForAll) {
  const Explanations a = {{{kA, OptionsOf(0b001)}}}, b = {{{kA, OptionsOf(0b010)}}},
                     either = {{{kA, OptionsOf(0b011)}}}, none = {};
  EXPECT_TRUE(ReadingSpace::Consistent({}, {}));
  EXPECT_TRUE(ReadingSpace::Consistent({}, {&a, &either}));
  EXPECT_FALSE(ReadingSpace::Consistent({}, {&a, &b}));
  EXPECT_FALSE(ReadingSpace::Consistent({}, {&none}));
  EXPECT_FALSE(ReadingSpace::Consistent(Pinned(kA, 2), {&either}));
  EXPECT_TRUE(ReadingSpace::Consistent(Pinned(kA, 1), {&either}));
}

TEST(Simplify, MergesExplanationsThatDifferInOneQuestion) {
  const ReadingSpace space;
  Explanations free;
  for (std::size_t i = 0; i < Catalogue::Get()[kA].options.size(); ++i) {
    free.push_back({{kA, OptionSet::At(static_cast<int>(i))}, {kB, OptionsOf(0b001)}});
  }
  Simplify(free, space.domains());
  EXPECT_EQ(free, (Explanations{{{kB, OptionsOf(0b001)}}}));

  Explanations part = {{{kA, OptionsOf(0b001)}, {kB, OptionsOf(0b001)}},
                       {{kA, OptionsOf(0b010)}, {kB, OptionsOf(0b001)}}};
  Simplify(part, space.domains());
  EXPECT_EQ(part, (Explanations{{{kA, OptionsOf(0b011)}, {kB, OptionsOf(0b001)}}}));

  Explanations twice = {{{kA, OptionsOf(0b001)}}, {{kA, OptionsOf(0b001)}}};
  Simplify(twice, space.domains());
  EXPECT_EQ(twice, (Explanations{{{kA, OptionsOf(0b001)}}}));
}

TEST(Simplify, MakesOneEmptyExplanationOfWhatAlwaysHolds) {
  const ReadingSpace space;
  Explanations all;
  for (std::size_t a = 0; a < Catalogue::Get()[kA].options.size(); ++a) {
    for (std::size_t b = 0; b < Catalogue::Get()[kB].options.size(); ++b) {
      all.push_back(
          {{kA, OptionSet::At(static_cast<int>(a))}, {kB, OptionSet::At(static_cast<int>(b))}});
    }
  }
  Simplify(all, space.domains());
  EXPECT_EQ(all, (Explanations{{}}));
}

TEST(Simplify, DropsWhatTheDomainsExclude) {
  const ReadingSpace space(Pinned(kA, 0));
  Explanations explanations = {{{kA, OptionsOf(0b010)}, {kB, OptionsOf(0b001)}},
                               {{kA, OptionsOf(0b001)}, {kB, OptionsOf(0b010)}}};
  Simplify(explanations, space.domains());
  EXPECT_EQ(explanations, (Explanations{{{kB, OptionsOf(0b010)}}}));
}

// against brute force.

struct SmallProblem {
  std::vector<Question> questions = WideQuestions(4);
  std::mt19937 random;

  std::uint32_t Below(std::uint32_t count) { return static_cast<std::uint32_t>(random() % count); }

  Explanations Draw() {
    Explanations out(1 + Below(3));
    for (Explanation& explanation : out) {
      for (const Question question : questions) {
        if (Below(2) == 0) continue;
        const auto all = (1U << OptionSet::All(question).size()) - 1;
        explanation.push_back({question, OptionsOf(Below(all) + 1)});
      }
      std::ranges::sort(explanation, {}, &Restriction::question);
    }
    return out;
  }
  // Every combination of positions, one a question.
  std::vector<std::vector<int>> Assignments() const {
    std::vector<std::vector<int>> out{{}};
    for (const Question question : questions) {
      std::vector<std::vector<int>> longer;
      for (const auto& begun : out) {
        for (int i = 0; i < static_cast<int>(Catalogue::Get()[question].options.size()); ++i) {
          longer.push_back(begun);
          longer.back().push_back(i);
        }
      }
      out = std::move(longer);
    }
    return out;
  }
  bool Holds(const Explanations& explanations, const std::vector<int>& assignment) const {
    return std::ranges::any_of(explanations, [&](const Explanation& explanation) {
      return std::ranges::all_of(explanation, [&](const Restriction& r) {
        const auto at = std::ranges::find(questions, r.question) - questions.begin();
        return r.options.Has(assignment[static_cast<std::size_t>(at)]);
      });
    });
  }
};

TEST(ReadingSpace, AgreesWithBruteForceOnSmallProblems) {
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    SmallProblem problem{.random = std::mt19937(seed)};
    ReadingSpace space;
    std::vector<Explanations> accepted;
    auto left = problem.Assignments();
    for (int step = 0; step < 6; ++step) {
      const Explanations drawn = problem.Draw();
      auto next = left;
      std::erase_if(next, [&](const auto& a) { return !problem.Holds(drawn, a); });
      ASSERT_EQ(space.Restrict(drawn), !next.empty()) << "seed " << seed << ", step " << step;
      if (next.empty()) continue;
      left = std::move(next);
      accepted.push_back(drawn);
      std::vector<const Explanations*> all;
      for (const Explanations& e : accepted) all.push_back(&e);
      EXPECT_TRUE(ReadingSpace::Consistent({}, all));
      // No option that some reading needs is excluded.
      for (std::size_t q = 0; q < problem.questions.size(); ++q) {
        OptionSet needed;
        for (const auto& a : left) needed |= OptionSet::At(a[q]);
        const OptionSet possible = space.Possible(problem.questions[q]);
        ASSERT_EQ(needed & possible, needed) << "seed " << seed << ", step " << step;
      }
      // A reading is excluded exactly if no explanation of each answer holds under it.
      for (const auto& a : problem.Assignments()) {
        ReadingSpace probe = space;
        Explanation whole;
        for (std::size_t q = 0; q < a.size(); ++q) {
          whole.push_back({problem.questions[q], OptionSet::At(a[q])});
        }
        std::ranges::sort(whole, {}, &Restriction::question);
        ASSERT_EQ(probe.Restrict({whole}), std::ranges::find(left, a) != left.end())
            << "seed " << seed << ", step " << step;
      }
    }
  }
}

TEST(Simplify, ChangesNoMeaning) {
  const ReadingSpace space;
  for (std::uint32_t seed = 1; seed <= 2000; ++seed) {
    SmallProblem problem{.random = std::mt19937(seed)};
    Explanations drawn = problem.Draw();
    for (const Explanation& more : problem.Draw()) drawn.push_back(more);
    Explanations simple = drawn;
    Simplify(simple, space.domains());
    EXPECT_LE(simple.size(), drawn.size());
    for (const auto& a : problem.Assignments()) {
      ASSERT_EQ(problem.Holds(simple, a), problem.Holds(drawn, a)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace assay
