#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "conformance/selftest/detection.h"
#include "reference/session/test.h"
#include "reference/state/dataset.h"
#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

struct SelftestOptions {
  std::string faults = "*";     // ids; `*` and `?` as in file names
  int random_readings = 20;     // 0: nor each option alone, nor all in turn
  int situations = 300;         // readings whose options depend on the situation
  int faults_by_situation = 0;  // of them: how many each fault is tried under, too
  std::uint64_t seed = 1;
  int sample = 1;  // every such trial only
  int jobs = 0;    // processes; 0 for one a core
  bool http = true;
  bool discover = false;  // the suites have to find out what the servers hold
  std::string out = "assay-selftest";
};

// Runs the suites against the reference server with each fault, and under each option of each
// question, all options in turn, and random readings; in process, and over HTTP. Works in processes
// of its own. How far it is goes to `progress`, if given, every ten seconds.
Result<Detection> DetectAll(const SelftestOptions& options, const std::vector<TestSource>& more,
                            std::ostream* progress = nullptr);

// Adds `assay selftest`.
void AddSelftestCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more);

}  // namespace assay
