#include "reference/findings/collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reference/watch/watched_target.h"

namespace assay {
namespace {

bool IsPartOf(const std::vector<Finding>& findings, const std::string& id) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.id == id || std::ranges::find(finding.also, id) != finding.also.end();
  });
}

// What showed once while the state moved, and never when it was asked for again: a snapshot may
// have been created and deleted between two listings.
bool IsPassing(const Finding& finding) {
  return finding.stability == Stability::kIntermittent && finding.repeated.tried > 0 &&
         finding.repeated.failed == 0 && finding.overlapping.failed == 0;
}

}  // namespace

void Collector::Add(std::uint64_t exchange, const Request& request, const Verdict& verdict,
                    bool reported) {
  if (reported) {
    groups_.AddReport(exchange, request, verdict);
  } else {
    groups_.Add(exchange, request, verdict);
  }
}

void Collector::AddDoubtful(std::uint64_t exchange, const Request& request,
                            const Verdict& verdict) {
  Verdict taken;
  for (Difference difference : verdict.differences) {
    if (!std::exchange(difference.doubtful, false)) continue;
    taken.differences.push_back(std::move(difference));
  }
  unsettled_.AddReport(exchange, request, taken);
}

void Collector::Observe(const Exchange& exchange, const Verdict& verdict) {
  groups_.Observe(exchange, verdict);
}

void Collector::Observe(std::uint64_t exchange, const Request& request, const Error& broken,
                        const Verdict& verdict) {
  groups_.Observe(exchange, request, broken, verdict);
}

std::vector<Finding> Collector::Settle(FindingGroups::Settlement settlement,
                                       std::optional<std::uint64_t> budget, const Judge& judge,
                                       const std::string& moved) {
  if (budget) {
    const std::uint64_t groups = std::max<std::uint64_t>(1, groups_.size());
    const std::uint64_t share = std::min<std::uint64_t>(*budget / groups, 1000);
    settlement.budget = std::min(settlement.budget, static_cast<int>(share));
  }
  std::vector<Finding> out = groups_.Settle(settlement, judge);
  const bool moves = settlement.watched && settlement.watched->moves();
  if (moves) {
    for (Finding& finding : out) {
      if (!IsPassing(finding)) continue;
      finding.kind = FindingKind::kInconclusive;
      finding.actual += fmt::format("; not seen again, while the state kept changing ({})", moved);
    }
  }
  std::vector<Finding> unsettled =
      unsettled_.Settle({.causes = FindingGroups::Causes::kJoined}, judge);
  std::erase_if(unsettled, [&](const Finding& finding) { return IsPartOf(out, finding.id); });
  for (Finding& finding : unsettled) {
    finding.kind = FindingKind::kInconclusive;
    if (moves) finding.actual += fmt::format("; the state kept changing ({})", moved);
    out.push_back(std::move(finding));
  }
  std::ranges::sort(out, {}, &Finding::id);
  return out;
}

}  // namespace assay
