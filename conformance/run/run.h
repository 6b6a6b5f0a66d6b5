#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "reference/session/session.h"
#include "reference/session/test.h"
#include "reference/state/dataset.h"
#include "reference/target/connection_options.h"
#include "reference/watch/listing.h"
#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

// What `assay run` was asked for; design, section 3. Texts are as the user wrote them.
struct RunOptions {
  std::string target;              // "" for the embedded server
  std::string dataset;             // "" for the built-in one
  bool discover = false;           // the state is read off the target's answers
  bool force = false;              // judge even if the target holds another state
  std::uint64_t max_requests = 0;  // 0: as many as the tests send
  std::string reading;
  std::string region;
  std::string format = "both";
  int strength = 2;
  std::uint64_t seed = 1;
  int connections = 8;
  double rate = -1;  // requests a second, 0 for unlimited; below 0 for 10, unlimited on loopback
  double timeout_s = 10;
  double max_time_s = 0;                    // 0: as long as it takes
  std::uint64_t max_retries = 50'000;       // of all requests together
  std::size_t max_snapshots = kMostListed;  // of a state that is discovered
  std::vector<std::string> tolerate;        // "5xx=1%"
  ConnectionOptions connection;
  std::vector<std::string> only, skip;
  std::string known, write_known;
  bool strict = false;                // the same as fail_on "warning"
  std::string fail_on = "violation";  // or "warning", "new", "none"
  std::size_t max_violations = 0;     // more of them fail the run
  std::string out = "assay-report";
  std::string resume;  // the folder of a run that was stopped
  std::string keep = "evidence";
  std::string label;  // of the target's version, for trends
  std::string shard;  // "2/5"
  std::string progress = "auto";
  bool verbose = false;
};

// Judges a target: runs the suites, writes journal and reports into `out`, the summary to `output`
// and progress and errors to `errors`.
ExitCode RunSuites(const RunOptions& options, const std::vector<TestSource>& more,
                   std::ostream& output, std::ostream& errors);

// Adds the options that name a target and its state, and those that choose the tests.
void AddTargetOptions(CLI::App& command, RunOptions& options);
void AddSelectionOptions(CLI::App& command, RunOptions& options);

// Adds `assay run`; `more` are the tests of other folders.
void AddRunCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more);

// Adds `assay cases`.
void AddCasesCommand(CLI::App& app, int* exit_code);

}  // namespace assay
