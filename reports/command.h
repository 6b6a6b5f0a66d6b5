#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "spec/result.h"

namespace CLI {
class App;
}

namespace assay {

// Adds `assay report DIR… [--format …] [--out DIR]` to the program; when it was given, parsing
// runs it and sets `*exit_code`: 0, or 2 with the error on standard error.
void AddReportCommand(CLI::App& app, int* exit_code);

// What the command does: reads the journals, merges shards, writes the reports and says to `out`
// where. `formats` "" stands for all that are possible, `out_dir` "" for the one folder that is
// read, or assay-report where there are several.
Done WriteReports(const std::vector<std::string>& directories, const std::string& formats,
                  const std::string& out_dir, std::ostream& out);

}  // namespace assay
