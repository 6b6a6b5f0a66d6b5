#pragma once

#include <memory>
#include <optional>
#include <string>

#include "conformance/known.h"
#include "conformance/run.h"
#include "conformance/suite_context.h"
#include "reference/server.h"
#include "reports/terminal.h"
#include "spec/catalogue.h"

namespace assay {

// A share of the tests: number `index` from 1 of `count`.
struct Shard {
  int index = 1;
  int count = 1;
};

// The options of a run, checked and resolved.
struct RunPlan {
  std::unique_ptr<Dataset> dataset;  // at a fixed address
  std::string dataset_name;          // "built in", the file, or "discovered (N snapshots)"
  Reading reading;
  SuiteOptions suite;
  std::vector<KnownFinding> known;
  std::string filter;          // GoogleTest's; "*" for all
  std::optional<Shard> shard;  // from --shard or GoogleTest's variables
  ProgressMode progress = ProgressMode::kAuto;
  bool full = true;  // no test is left out
};

// The Error names the flag or file, its exit is kBadUsage.
Result<RunPlan> MakeRunPlan(const RunOptions& options);

// The dataset of that file, or the built-in one for "".
Result<Dataset> LoadDatasetOrBuiltIn(const std::string& file);
Result<SuiteFormat> ParseSuiteFormat(const std::string& text);

// The target of the run with what serves it.
struct RunTarget {
  std::unique_ptr<Dataset> served;  // what the server serves where that is withheld
  std::unique_ptr<Server> server;   // where the run has no target of its own
  std::unique_ptr<Target> target;
};
Result<RunTarget> OpenTarget(const RunOptions& options, RunPlan& plan);

// What discovering the state came to.
struct Discovery {
  std::optional<Error> obstacle;  // why there is nothing to judge by
  bool listable = false;          // the target may be asked for lists, though they be wrong
  std::uint64_t requests = 0;     // that it took
};
// Reads the state of the plan's region off the target's answers and puts it into the plan. Where
// there is an obstacle the plan holds an empty state.
Discovery Discover(const RunOptions& options, Target& target, RunPlan& plan);

}  // namespace assay
