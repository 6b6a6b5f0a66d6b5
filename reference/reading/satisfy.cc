#include "reference/reading/satisfy.h"

#include <algorithm>
#include <array>
#include <cadical.hpp>

namespace assay {
namespace {

// What all explanations of one disjunction have in common holds by itself.
bool NarrowBy(const Explanations& explanations, Domains& domains) {
  bool narrowed = false;
  for (const Restriction& restriction : explanations.front()) {
    OptionSet together;
    bool everywhere = true;
    for (const Explanation& explanation : explanations) {
      const auto at = std::ranges::find(explanation, restriction.question, &Restriction::question);
      everywhere &= at != explanation.end();
      if (everywhere) together |= at->options;
    }
    OptionSet& domain = domains[Index(restriction.question)];
    if (!everywhere || (domain & together) == domain) continue;
    domain &= together;
    narrowed = true;
  }
  return narrowed;
}

// The disjunctions as clauses: a variable for each option that they name, and one for each
// explanation.
class Clauses {
 public:
  explicit Clauses(const Domains& domains) : domains_(domains) {
    first_.fill(0);
    solver_.set("quiet", 1);
  }

  void Add(const Explanations& explanations) {
    std::vector<int> ways;
    for (const Explanation& explanation : explanations) {
      const int way = ++variables_;
      ways.push_back(way);
      for (const Restriction& restriction : explanation) {
        std::vector<int> clause{-way};
        for (const int position : restriction.options) {
          clause.push_back(VariableOf(restriction.question, position));
        }
        AddClause(clause);
      }
    }
    AddClause(ways);
  }

  bool Solve() {
    constexpr int kSatisfiable = 10;
    return solver_.solve() == kSatisfiable;
  }

  // The options that the solver chose, after Solve().
  Domains Chosen() {
    Domains out = domains_;
    for (const Question question : named_) {
      for (const int position : domains_[Index(question)]) {
        if (solver_.val(VariableOf(question, position)) > 0) {
          out[Index(question)] = OptionSet::At(position);
        }
      }
    }
    return out;
  }

 private:
  // The options of a question have variables one after the other; at most one of them is true.
  int VariableOf(Question question, int position) {
    int& first = first_[Index(question)];
    if (first == 0) {
      first = variables_ + 1;
      variables_ += Last(question) + 1;
      named_.push_back(question);
      for (const int a : domains_[Index(question)]) {
        for (const int b : domains_[Index(question)]) {
          if (a < b) AddClause({-(first + a), -(first + b)});
        }
      }
    }
    return first + position;
  }

  int Last(Question question) const {
    int last = 0;
    for (const int position : domains_[Index(question)]) last = position;
    return last;
  }

  void AddClause(const std::vector<int>& literals) {
    for (const int literal : literals) solver_.add(literal);
    solver_.add(0);
  }

  const Domains& domains_;
  CaDiCaL::Solver solver_;
  int variables_ = 0;
  std::array<int, kQuestionCount> first_;  // 0: the question is not named
  std::vector<Question> named_;
};

}  // namespace

void Reduce(Explanations& explanations, const Domains& domains) {
  std::erase_if(explanations, [&](Explanation& explanation) {
    for (Restriction& restriction : explanation) {
      restriction.options &= domains[Index(restriction.question)];
      if (restriction.options.empty()) return true;
    }
    std::erase_if(explanation, [&](const Restriction& restriction) {
      return restriction.options == domains[Index(restriction.question)];
    });
    return false;
  });
}

bool AlwaysHolds(const Explanations& explanations) {
  return std::ranges::any_of(explanations, &Explanation::empty);
}

bool Propagate(std::vector<Explanations>& all, Domains& domains) {
  for (bool changed = true; changed;) {
    changed = false;
    for (Explanations& explanations : all) {
      Reduce(explanations, domains);
      if (explanations.empty()) return false;
      if (!AlwaysHolds(explanations)) changed |= NarrowBy(explanations, domains);
    }
    std::erase_if(all, AlwaysHolds);
  }
  return true;
}

std::optional<Domains> Satisfy(std::vector<Explanations> all, Domains domains) {
  if (!Propagate(all, domains)) return std::nullopt;
  if (all.empty()) return domains;
  Clauses clauses(domains);
  for (const Explanations& explanations : all) clauses.Add(explanations);
  if (!clauses.Solve()) return std::nullopt;
  return clauses.Chosen();
}

}  // namespace assay
