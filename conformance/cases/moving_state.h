#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/cases/suite_context.h"

namespace assay {

// Runs the test. If the state of the target changes, the test uses that of a quiet state, and is
// run again, a few times at most, if it changed during the test.
TestOutcome RunWhileTheStateMoves(SuiteContext& context,
                                  const std::function<TestOutcome(SuiteContext&)>& test);

// The ids that the pages of a list show together, if every reading selects the same by its filters.
// None if so many match that it is open which of them are listed.
std::set<std::string> ShownByWalk(const Request& list, const Dataset& dataset);

// What a walk by token over a changing state must show.
struct WalkHistory {
  std::set<std::string> always;  // ids that match in every state of the walk: each comes once
};
// From the list's ids in each state of the walk. Nothing if some page belongs to no known state, or
// all belong to one: that is not a history.
std::optional<WalkHistory> HistoryOf(const Request& list, const ScriptResult& walk);

// What is wrong with the pages of a walk that came to its end.
std::optional<Difference> CheckHistory(const WalkHistory& history,
                                       const std::vector<std::vector<std::string>>& pages);

}  // namespace assay
