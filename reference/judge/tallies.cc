#include "reference/judge/tallies.h"

namespace assay {

void Tallies::Count(const Verdict& verdict, std::bitset<kRuleCount> used) {
  if (verdict.kind == Verdict::Kind::kNotJudged) return;
  ++judged_;
  for (const Difference& difference : verdict.differences) {
    if (difference.doubtful) continue;
    if (IsMust(difference)) used.set(Index(difference.rule));
    ++violations_[Index(difference.rule)];
  }
  for (std::size_t rule = 0; rule < kRuleCount; ++rule) exercised_[rule] += used[rule] ? 1 : 0;
}

void Tallies::CountAsked(Question question, bool too_many) {
  ++asked_[Index(question)];
  unexplored_[Index(question)] += too_many ? 1 : 0;
}

std::vector<RuleTally> Tallies::Rows() const {
  std::vector<RuleTally> out;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    out.push_back({std::string(Id(rule.id)), rule.level, exercised_[Index(rule.id)],
                   violations_[Index(rule.id)]});
  }
  return out;
}

}  // namespace assay
