#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/compare/compare.h"
#include "conformance/replay/replay.h"
#include "conformance/run/run.h"
#include "conformance/selftest/selftest.h"
#include "fuzz/command.h"
#include "fuzz/corpus_command.h"
#include "property/register.h"
#include "reference/faults/catalogue.h"
#include "reference/server/command.h"
#include "reports/command.h"
#include "reports/reading_command.h"
#include "spec/publish/command.h"
#include "spec/text/nearest.h"
#include "spec/text/result.h"

namespace {

// What is wrong with the command's name, or "".
std::string UnknownCommand(const CLI::App& app, std::string_view name) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (name.starts_with('-') || std::ranges::find(names, name) != names.end()) return "";
  const std::vector<std::string_view> views(names.begin(), names.end());
  return assay::UnknownWord("command", name, views);
}

// What is wrong with an option of the command that was given, or "".
std::string UnknownOption(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    for (const std::string& word : command->remaining()) {
      if (!word.starts_with('-')) continue;
      return "assay " + command->get_name() + ": " +
             assay::UnknownWord("option", std::string_view(word).substr(0, word.find('=')), views);
    }
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  // Large blocks, which only a hostile target makes necessary, go back to the system at once.
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  CLI::App app{"Assay tells whether an endpoint answers DescribeSnapshots as documented."};
  int exit_code = 0;
  app.require_subcommand(1);
  assay::AddRunCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddCompareCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddCasesCommand(app, &exit_code);
  assay::AddSelftestCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddReplayCommand(app, &exit_code, {assay::PropertyTests});
  assay::AddFuzzCommand(app, &exit_code);
  assay::AddCorpusCommand(app, &exit_code);
  assay::AddSpecCommands(app, &exit_code, assay::DescribedFaults());
  assay::AddReferenceCommands(app, &exit_code);
  assay::AddReportCommand(app, &exit_code);
  assay::AddReadingCommands(app, &exit_code);
  if (const std::string wrong = argc > 1 ? UnknownCommand(app, argv[1]) : ""; !wrong.empty()) {
    std::cerr << "assay: " << wrong << "\n";
    return static_cast<int>(assay::ExitCode::kBadUsage);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    const std::string wrong = UnknownOption(app);
    if (wrong.empty()) {
      app.exit(error);
    } else {
      std::cerr << wrong << "\n";
    }
    exit_code = static_cast<int>(assay::ExitCode::kBadUsage);
  } catch (const CLI::ParseError& error) {
    // 0 if help was asked for; CLI11's own codes above 100 mean nothing to a caller.
    if (app.exit(error) != 0) exit_code = static_cast<int>(assay::ExitCode::kBadUsage);
  }
  return exit_code;
}
