#pragma once

#include <string>
#include <vector>

#include "reports/journal/journal.h"

namespace assay {

// What became of the findings of one run in a later one of the same target.
struct RunComparison {
  struct Pair {
    const Finding* before;
    const Finding* now;
    std::string what;  // changed, in words
  };
  std::vector<const Finding*> appeared;
  std::vector<const Finding*> gone;
  std::vector<Pair> changed;              // in kind, stability or diagnosis
  std::vector<const Finding*> unchanged;  // of the later run
  // Rules of findings that are gone, that no answer of the later run showed: they may be there.
  std::vector<std::string> unseen;
};
// Both outlive the result.
RunComparison CompareRuns(const RecordedRun& before, const RecordedRun& now);

// In words, a line each, for a terminal.
std::string ComparisonOfRunsText(const RunComparison& comparison);

// 1 if a violation appeared, or a finding became one; otherwise 3 if the later run could not be
// judged, or did not show what is gone; otherwise 0.
ExitCode ComparisonOfRunsCode(const RunComparison& comparison, const RecordedRun& now);

}  // namespace assay
