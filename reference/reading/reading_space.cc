#include "reference/reading/reading_space.h"

#include <algorithm>
#include <utility>

#include "reference/reading/satisfy.h"

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
  if (!Propagate(next.undecided_, next.domains_) || !Satisfy(next.undecided_, next.domains_)) {
    return false;
  }
  *this = std::move(next);
  if (learned) *learned = true;
  return true;
}

OptionSet ReadingSpace::Attainable(Question question) const {
  OptionSet out = Possible(question);
  for (const int position : Possible(question)) {
    Domains domains = domains_;
    domains[Index(question)] = OptionSet::At(position);
    if (!Satisfy(undecided_, domains)) out = out - OptionSet::At(position);
  }
  return out;
}

std::optional<Reading> ReadingSpace::ReadingWith(Question question, int position,
                                                 const Reading& preferred) const {
  Domains domains = domains_;
  const auto narrow = [&](Question q, int to) {
    Domains narrowed = domains;
    narrowed[Index(q)] &= OptionSet::At(to);
    if (narrowed[Index(q)].empty() || !Satisfy(undecided_, narrowed)) return false;
    domains = narrowed;
    return true;
  };
  if (!narrow(question, position)) return std::nullopt;
  for (const auto& [q, option] : preferred.pins) {
    if (q != question) narrow(q, Catalogue::Get()[q].PositionOf(option));
  }
  domains = *Satisfy(undecided_, domains);
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
  return Satisfy(std::move(constraints), Pinned(pins)).has_value();
}

}  // namespace assay
