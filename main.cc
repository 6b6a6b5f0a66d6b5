#include <CLI/CLI.hpp>

#include "conformance/compare.h"
#include "conformance/replay.h"
#include "conformance/run.h"
#include "conformance/selftest.h"
#include "fuzz/command.h"
#include "property/register.h"
#include "reference/command.h"
#include "reference/describe_snapshots/faults/catalogue.h"
#include "reports/command.h"
#include "reports/reading_command.h"
#include "spec/command.h"
#include "spec/result.h"

int main(int argc, char** argv) {
  CLI::App app{"Assay tells whether an endpoint answers DescribeSnapshots as documented."};
  int exit_code = 0;
  app.require_subcommand(1);
  assay::AddRunCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddCompareCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddCasesCommand(app, &exit_code);
  assay::AddSelftestCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddReplayCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddFuzzCommand(app, &exit_code);
  assay::AddSpecCommands(app, &exit_code, assay::DescribedFaults());
  assay::AddReferenceCommands(app, &exit_code);
  assay::AddReportCommand(app, &exit_code);
  assay::AddReadingCommands(app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // 0 where help was asked for; CLI11's own codes above 100 mean nothing to a caller.
    if (app.exit(error) != 0) exit_code = static_cast<int>(assay::ExitCode::kBadUsage);
  }
  return exit_code;
}
