#pragma once

#include <memory>
#include <optional>
#include <string>

#include "conformance/cases/suite_context.h"
#include "conformance/run/run.h"
#include "conformance/run/test_loop.h"
#include "reference/findings/known.h"
#include "reference/server/server.h"
#include "reports/journal/journal.h"
#include "reports/render/progress.h"
#include "spec/catalogue/catalogue.h"

namespace assay {

// The options of a run, checked and resolved.
struct RunPlan {
  std::unique_ptr<Dataset> dataset;  // at a fixed address
  std::string dataset_name;          // "built in", the file, or "discovered (N snapshots)"
  Reading reading;
  SuiteOptions suite;
  std::vector<KnownFinding> known;
  TestSelection selection;
  ProgressMode progress = ProgressMode::kAuto;
  Keep keep = Keep::kEvidence;
  Tolerance tolerance;
};

// `dataset` replaces the file that the options name. The Error names the flag or file, its exit is
// kBadUsage.
Result<RunPlan> MakeRunPlan(const RunOptions& options, std::unique_ptr<Dataset> dataset = nullptr);

// The options with what ends the run early: its time, or a signal.
RunOptions WithStop(RunOptions options, StopSign& stop);

Result<SuiteFormat> ParseSuiteFormat(const std::string& text);

// The target of the run with what serves it.
struct RunTarget {
  std::unique_ptr<Dataset> served;  // what the server serves if that is withheld
  std::unique_ptr<Server> server;   // if the run has no target of its own
  std::unique_ptr<Target> target;
};
Result<RunTarget> OpenTarget(const RunOptions& options, RunPlan& plan);

// The outcome of discovering the state.
struct Discovery {
  std::optional<Error> obstacle;  // why there is nothing to judge by
  bool listable = false;          // the target may be asked for lists, though they be wrong
  std::uint64_t requests = 0;     // that it took
};
// Reads the state of the plan's region off the target's answers and puts it into the plan. If there
// is an obstacle, the plan holds an empty state.
Discovery Discover(const RunOptions& options, Target& target, RunPlan& plan);

}  // namespace assay
