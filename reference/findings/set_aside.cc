#include "reference/findings/set_aside.h"

#include <algorithm>
#include <utility>

#include "reference/findings/groups.h"
#include "reference/findings/trigger.h"

namespace assay {

void SetAside::Add(const Finding& finding) {
  const std::set<std::string> asks = KindOfRequest(finding.request);
  settled_[SymptomOf(finding.id)].push_back({asks, finding.id});
  for (const std::string& part : finding.also) {
    settled_[SymptomOf(part)].push_back({asks, finding.id});
  }
}

const SetAside::Settled* SetAside::Find(const Request& request,
                                        const Difference& difference) const {
  const auto symptom = settled_.find(SymptomId(difference));
  if (symptom == settled_.end()) return nullptr;
  const std::set<std::string> asks = KindOfRequest(request);
  const auto at = std::ranges::find_if(symptom->second, [&](const Settled& settled) {
    return std::ranges::includes(asks, settled.asks);
  });
  return at == symptom->second.end() ? nullptr : &*at;
}

Verdict SetAside::Filter(const Request& request, Verdict verdict) {
  if (verdict.differences.empty() || settled_.empty()) return verdict;
  std::set<std::string> seen;  // one answer counts once for a finding
  std::erase_if(verdict.differences, [&](const Difference& difference) {
    const Settled* settled = Find(request, difference);
    if (settled != nullptr) seen.insert(settled->id);
    return settled != nullptr;
  });
  for (const std::string& id : seen) ++again_[id];
  if (verdict.differences.empty() && verdict.kind == Verdict::Kind::kViolation) {
    verdict.kind = Verdict::Kind::kNotJudged;
    verdict.reason = "a finding that is set aside";
  }
  return verdict;
}

std::uint64_t SetAside::Again(const std::string& id) const {
  const auto at = again_.find(id);
  return at == again_.end() ? 0 : at->second;
}

}  // namespace assay
