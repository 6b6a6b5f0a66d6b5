#include <CLI/CLI.hpp>

#include "conformance/replay.h"
#include "conformance/run.h"
#include "fuzz/command.h"
#include "property/register.h"
#include "reference/command.h"
#include "reports/command.h"
#include "spec/command.h"

int main(int argc, char** argv) {
  CLI::App app{"Assay tells whether an endpoint answers DescribeSnapshots as documented."};
  int exit_code = 0;
  app.require_subcommand(1);
  assay::AddRunCommand(app, &exit_code, {assay::RegisterProperties});
  assay::AddCasesCommand(app, &exit_code);
  assay::AddReplayCommand(app, &exit_code);
  assay::AddFuzzCommand(app, &exit_code);
  assay::AddSpecCommands(app, &exit_code);
  assay::AddReferenceCommands(app, &exit_code);
  assay::AddReportCommand(app, &exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
