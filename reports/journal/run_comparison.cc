#include "reports/journal/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "reports/text/secrets.h"
#include "reports/text/text.h"

namespace assay {
namespace {

bool IsFailure(const Finding& finding) { return finding.kind != FindingKind::kInconclusive; }

// The finding with that id, or the one that it is part of.
const Finding* FindById(const RecordedRun& run, const std::string& id) {
  const auto at = std::ranges::find_if(run.findings, [&](const Finding& finding) {
    return finding.id == id || std::ranges::find(finding.also, id) != finding.also.end();
  });
  return at == run.findings.end() ? nullptr : &*at;
}

// What a reader would want to know of a finding that is still there; "" if nothing.
std::string ChangeOf(const Finding& before, const Finding& now) {
  std::string out;
  const auto add = [&](std::string_view what, std::string_view from, std::string_view to) {
    if (from != to) out += fmt::format("{}{}: {} -> {}", out.empty() ? "" : "; ", what, from, to);
  };
  add("kind", NameOf(before.kind), NameOf(now.kind));
  add("stability", NameOf(before.stability), NameOf(now.stability));
  add("diagnosis", before.diagnosis.empty() ? "none" : before.diagnosis.front(),
      now.diagnosis.empty() ? "none" : now.diagnosis.front());
  if (before.id != now.id) add("it is part of", "itself", now.id);
  return out;
}

bool WasShown(const RecordedRun& run, const std::string& rule) {
  return std::ranges::any_of(run.trailer.rules, [&](const RuleTally& tally) {
    return tally.id == rule && tally.exercised > 0;
  });
}

std::string LineOfFinding(std::string_view fate, const Finding& finding, const std::string& more) {
  const std::string& what = finding.cause.empty() ? finding.actual : finding.cause;
  return fmt::format("{:<8} {} ({}): {}{}\n", fate, TerminalText(finding.id), NameOf(finding.kind),
                     Shorten(TerminalText(HideSecrets(what)), 160),
                     more.empty() ? "" : "; " + TerminalText(more));
}

}  // namespace

RunComparison CompareRuns(const RecordedRun& before, const RecordedRun& now) {
  RunComparison out;
  std::set<const Finding*> matched;
  for (const Finding& old : before.findings) {
    if (!IsFailure(old)) continue;
    const Finding* found = FindById(now, old.id);
    if (found == nullptr) {
      out.gone.push_back(&old);
      if (!WasShown(now, old.rule)) out.unseen.push_back(old.rule);
    } else if (matched.insert(found).second) {
      if (std::string what = ChangeOf(old, *found); !what.empty()) {
        out.changed.push_back({&old, found, std::move(what)});
      } else {
        out.unchanged.push_back(found);
      }
    }
  }
  for (const Finding& found : now.findings) {
    if (IsFailure(found) && !matched.contains(&found)) out.appeared.push_back(&found);
  }
  return out;
}

std::string ComparisonOfRunsText(const RunComparison& comparison) {
  std::string out;
  for (const Finding* finding : comparison.appeared) out += LineOfFinding("new", *finding, "");
  for (const auto& [before, now, what] : comparison.changed) {
    out += LineOfFinding("changed", *now, what);
  }
  for (const Finding* finding : comparison.gone) {
    const bool unseen =
        std::ranges::find(comparison.unseen, finding->rule) != comparison.unseen.end();
    out += LineOfFinding("gone", *finding, unseen ? "no answer showed its rule this time" : "");
  }
  for (const Finding* finding : comparison.unchanged) out += LineOfFinding("still", *finding, "");
  return out + fmt::format("{} new, {} gone, {} changed, {} still there\n",
                           comparison.appeared.size(), comparison.gone.size(),
                           comparison.changed.size(), comparison.unchanged.size());
}

ExitCode ComparisonOfRunsCode(const RunComparison& comparison, const RecordedRun& now) {
  const auto is_violation = [](const Finding* finding) {
    return finding->kind == FindingKind::kViolation;
  };
  const bool worse = std::ranges::any_of(comparison.appeared, is_violation) ||
                     std::ranges::any_of(comparison.changed, [&](const RunComparison::Pair& pair) {
                       return is_violation(pair.now) && !is_violation(pair.before);
                     });
  if (worse) return ExitCode::kViolations;
  const bool judged = now.trailer.verdict != RunVerdict::kInconclusive && comparison.unseen.empty();
  return judged ? ExitCode::kConforms : ExitCode::kCouldNotJudge;
}

}  // namespace assay
