#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

// What `assay report` was asked for.
struct ReportOptions {
  std::vector<std::string> directories;
  std::string formats;  // "" for all that are possible
  std::string out;      // "" for the one folder that is read, or assay-report if there are several
  std::string show;     // a Section to print in place of writing reports
  std::string gate;     // a run to be compared with `baseline`, in place of writing reports
  std::string baseline;
  bool verbose = false;
};

// Adds `assay report DIR…` to the program; when it was given, parsing runs it and sets
// `*exit_code`: that of the runs it shows, or 2 with the error on standard error.
void AddReportCommand(CLI::App& app, int* exit_code);

// What the command does: reads the journals, merges shards, writes the reports and prints to `out`
// how the runs ended. Of several targets the worst end counts.
Result<ExitCode> WriteReports(const ReportOptions& options, std::ostream& out);

}  // namespace assay
