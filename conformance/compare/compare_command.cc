#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "conformance/compare/compare.h"
#include "reference/target/stop_sign.h"

namespace assay {

void AddCompareCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more) {
  CLI::App* command = app.add_subcommand(
      "compare", "Send the same requests to two targets and judge their differences");
  const auto options = std::make_shared<CompareOptions>();
  options->run.out = "assay-compare";
  AddTargetOptions(*command, options->run);
  AddSelectionOptions(*command, options->run);
  for (const char* flag : {"--shard", "--discover", "--max-snapshots"}) {
    command->remove_option(command->get_option(flag));
  }
  command->get_option("--target")
      ->required()
      ->description("URL of the first endpoint (A), as http://127.0.0.1:8080");
  command->add_option("--against", options->against, "URL of the second endpoint (B)")->required();
  command->add_option("--out", options->run.out, "Folder for compare.json")->capture_default_str();
  command->add_flag("-v,--verbose", options->run.verbose, "Tell every difference in full");
  command->get_option("--max-requests")
      ->description("Requests to each side at most. Confirming a finding costs up to a tenth more");
  command->footer(
      "Both targets hold the same state. Ends with 0 if both are right (however they differ), 1 if "
      "one breaks what the document says, 2 for bad usage, 3 if it could not be judged.");
  command->callback([options, exit_code, more = std::move(more)] {
    StopOnSignals();
    *exit_code = static_cast<int>(CompareTargets(*options, more, std::cout, std::cerr));
  });
}

}  // namespace assay
