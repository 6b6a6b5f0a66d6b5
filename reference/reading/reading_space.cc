#include "reference/reading/reading_space.h"

#include <algorithm>
#include <utility>

namespace assay {
namespace {

Restriction* Find(Explanation& explanation, Question question) {
  const auto at = std::ranges::find(explanation, question, &Restriction::question);
  return at == explanation.end() ? nullptr : &*at;
}

// Equal but for the options of `question`.
bool EqualBut(const Explanation& a, const Explanation& b, Question question) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].question != b[i].question) return false;
    if (a[i].question != question && a[i].options != b[i].options) return false;
  }
  return true;
}

// Merges explanations that differ in the options of one question only.
bool MergeOver(Explanations& explanations, Question question) {
  bool merged = false;
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    Restriction* mine = Find(explanations[i], question);
    if (!mine) continue;
    for (std::size_t k = explanations.size() - 1; k > i; --k) {
      if (!EqualBut(explanations[i], explanations[k], question)) continue;
      mine->options |= Find(explanations[k], question)->options;
      explanations.erase(explanations.begin() + static_cast<std::ptrdiff_t>(k));
      merged = true;
    }
  }
  return merged;
}

std::vector<Question> Questions(const Explanations& explanations) {
  std::vector<Question> out;
  for (const Explanation& explanation : explanations) {
    for (const Restriction& restriction : explanation) out.push_back(restriction.question);
  }
  std::ranges::sort(out);
  const auto rest = std::ranges::unique(out);
  out.erase(rest.begin(), rest.end());
  return out;
}

// Each explanation under the domains: impossible ones go, restrictions that restrict nothing go.
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

bool Search(const std::vector<Explanations>& constraints, Domains& domains);

// Takes one explanation of the most constrained disjunction after another.
bool TryEach(const std::vector<Explanations>& constraints, std::size_t tightest, Domains& domains) {
  std::vector<Explanations> rest = constraints;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(tightest));
  return std::ranges::any_of(constraints[tightest], [&](const Explanation& explanation) {
    Domains narrowed = domains;
    for (const Restriction& r : explanation) narrowed[Index(r.question)] &= r.options;
    if (!Search(rest, narrowed)) return false;
    domains = narrowed;
    return true;
  });
}

// False if no reading in `domains` satisfies the constraints. Otherwise `domains` are narrowed
// to some of those that do: any choice of options in them satisfies all.
bool Search(const std::vector<Explanations>& constraints, Domains& domains) {
  std::vector<Explanations> open;
  for (Explanations explanations : constraints) {
    Reduce(explanations, domains);
    if (explanations.empty()) return false;
    if (!AlwaysHolds(explanations)) open.push_back(std::move(explanations));
  }
  if (open.empty()) return true;
  const auto tightest = std::ranges::min_element(open, {}, &Explanations::size);
  return TryEach(open, static_cast<std::size_t>(tightest - open.begin()), domains);
}

Domains Pinned(const Reading& pins) {
  Domains domains = AllOptions();
  for (const auto& [question, option] : pins.pins) {
    domains[Index(question)] = OptionSet::Of(question, {option});
  }
  return domains;
}

}  // namespace

void Simplify(Explanations& explanations, const Domains& domains) {
  Reduce(explanations, domains);
  if (AlwaysHolds(explanations)) {
    explanations.assign(1, {});
    return;
  }
  for (bool changed = true; changed && explanations.size() > 1;) {
    changed = false;
    for (const Question question : Questions(explanations)) {
      if (!MergeOver(explanations, question)) continue;
      changed = true;
      Reduce(explanations, domains);
      if (AlwaysHolds(explanations)) {
        explanations.assign(1, {});
        return;
      }
    }
  }
  std::ranges::sort(explanations, {}, [](const Explanation& e) { return e.size(); });
}

ReadingSpace::ReadingSpace(const Reading& pins) : domains_(Pinned(pins)) {}

bool ReadingSpace::Settled(Question question) const { return Possible(question).Only(); }

bool ReadingSpace::Implies(const Explanations& explanations) const {
  return std::ranges::any_of(explanations, [this](const Explanation& explanation) {
    return std::ranges::all_of(explanation, [this](const Restriction& r) { return Implies(r); });
  });
}

bool ReadingSpace::Restrict(Explanations explanations, bool* learned) {
  if (learned) *learned = false;
  Simplify(explanations, domains_);
  if (explanations.empty()) return false;
  if (AlwaysHolds(explanations) ||
      std::ranges::find(undecided_, explanations) != undecided_.end()) {
    return true;
  }
  ReadingSpace next = *this;
  next.undecided_.push_back(std::move(explanations));
  if (!next.Propagate() || !next.Satisfiable()) return false;
  *this = std::move(next);
  if (learned) *learned = true;
  return true;
}

// What all explanations of one disjunction have in common holds by itself.
bool ReadingSpace::NarrowBy(const Explanations& explanations) {
  bool narrowed = false;
  for (const Restriction& restriction : explanations.front()) {
    OptionSet together;
    bool everywhere = true;
    for (const Explanation& explanation : explanations) {
      const auto at = std::ranges::find(explanation, restriction.question, &Restriction::question);
      everywhere &= at != explanation.end();
      if (everywhere) together |= at->options;
    }
    OptionSet& domain = domains_[Index(restriction.question)];
    if (!everywhere || (domain & together) == domain) continue;
    domain &= together;
    narrowed = true;
  }
  return narrowed;
}

bool ReadingSpace::Propagate() {
  for (bool changed = true; changed;) {
    changed = false;
    for (Explanations& explanations : undecided_) {
      Reduce(explanations, domains_);
      if (explanations.empty()) return false;
      if (!AlwaysHolds(explanations)) changed |= NarrowBy(explanations);
    }
    std::erase_if(undecided_, AlwaysHolds);
  }
  return true;
}

bool ReadingSpace::Satisfiable() const {
  Domains domains = domains_;
  return Search(undecided_, domains);
}

OptionSet ReadingSpace::Attainable(Question question) const {
  OptionSet out = Possible(question);
  for (const int position : Possible(question)) {
    Domains domains = domains_;
    domains[Index(question)] = OptionSet::At(position);
    if (!Search(undecided_, domains)) out = out - OptionSet::At(position);
  }
  return out;
}

std::optional<Reading> ReadingSpace::ReadingWith(Question question, int position,
                                                 const Reading& preferred) const {
  Domains domains = domains_;
  const auto narrow = [&](Question q, int to) {
    Domains narrowed = domains;
    narrowed[Index(q)] &= OptionSet::At(to);
    Domains satisfied = narrowed;
    if (narrowed[Index(q)].empty() || !Search(undecided_, satisfied)) return false;
    domains = narrowed;
    return true;
  };
  if (!narrow(question, position)) return std::nullopt;
  for (const auto& [q, option] : preferred.pins) {
    if (q != question) narrow(q, Catalogue::Get()[q].PositionOf(option));
  }
  Search(undecided_, domains);
  Reading out;
  for (const QuestionInfo& info : Catalogue::Get().questions()) {
    out.pins.emplace_back(info.id, OptionAt(info.id, domains[Index(info.id)].First()));
  }
  return out;
}

std::vector<Question> ReadingSpace::TiedTo(Question question) const {
  std::vector<Question> out;
  for (const Explanations& explanations : undecided_) {
    const std::vector<Question> asked = Questions(explanations);
    if (std::ranges::find(asked, question) == asked.end()) continue;
    out.insert(out.end(), asked.begin(), asked.end());
  }
  std::ranges::sort(out);
  const auto rest = std::ranges::unique(out);
  out.erase(rest.begin(), rest.end());
  std::erase(out, question);
  return out;
}

bool ReadingSpace::Consistent(const Reading& pins, const std::vector<const Explanations*>& all) {
  std::vector<Explanations> constraints;
  for (const Explanations* explanations : all) constraints.push_back(*explanations);
  Domains domains = Pinned(pins);
  return Search(constraints, domains);
}

}  // namespace assay
