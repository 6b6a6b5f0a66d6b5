#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "reference/connection_options.h"
#include "reference/dataset.h"
#include "reference/session.h"
#include "reference/target_test.h"
#include "spec/result.h"

namespace CLI {
class App;
}

namespace assay {

// What `assay run` was asked for; design, section 3. Texts are as the user wrote them.
struct RunOptions {
  std::string target;              // "" for the embedded server
  std::string dataset;             // "" for the built-in one
  bool discover = false;           // the state is read off the target's answers
  std::uint64_t max_requests = 0;  // 0: as many as the tests send
  std::string reading;
  std::string region;
  std::string format = "both";
  int strength = 2;
  std::uint64_t seed = 1;
  int connections = 8;
  double rate = -1;  // requests a second, 0 for unlimited; below 0 for 10, unlimited on loopback
  double timeout_s = 10;
  ConnectionOptions connection;
  std::vector<std::string> only, skip;
  std::string known, write_known;
  bool strict = false;
  std::string out = "assay-report";
  std::string shard;  // "2/5"
  std::string progress = "auto";
};

// Judges a target: runs the suites as GoogleTest tests, writes journal and reports into `out`, the
// summary to `output` and progress and errors to `errors`. To be called once in a process, since
// GoogleTest keeps its tests; tests that were registered before are left out.
ExitCode RunSuites(const RunOptions& options, const std::vector<TargetTests>& more,
                   std::ostream& output, std::ostream& errors);

// Adds the options that name a target and its state, and those that choose the tests.
void AddTargetOptions(CLI::App& command, RunOptions& options);
void AddSelectionOptions(CLI::App& command, RunOptions& options);

// Adds `assay run`; `more` are the tests of other folders.
void AddRunCommand(CLI::App& app, int* exit_code, std::vector<TargetTests> more);

// Adds `assay cases`.
void AddCasesCommand(CLI::App& app, int* exit_code);

}  // namespace assay
