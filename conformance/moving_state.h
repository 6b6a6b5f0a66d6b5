#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/suite_context.h"

namespace assay {

// Runs the test, and where the state of the target moves, on the state of a quiet moment, and again
// where it moved on meanwhile; a few times at most.
TestOutcome RunWhileTheStateMoves(SuiteContext& context,
                                  const std::function<TestOutcome(SuiteContext&)>& test);

// What a walk by token over a state that moves is held to.
struct WalkHistory {
  std::set<std::string> always;  // ids that match in every moment of the walk: each comes once
};
// Of the list's ids in each moment of the walk. Nothing where some page is of no known moment, or
// all are of one: that is no history.
std::optional<WalkHistory> HistoryOf(const Request& list, const ScriptResult& walk);

// What is wrong with the pages of a walk that came to its end.
std::optional<Difference> CheckHistory(const WalkHistory& history,
                                       const std::vector<std::vector<std::string>>& pages);

}  // namespace assay
