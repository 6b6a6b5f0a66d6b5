#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "conformance/cases/combinations.h"
#include "conformance/run/run.h"
#include "conformance/run/run_plan.h"
#include "reference/state/open_dataset.h"
#include "reference/target/stop_sign.h"
#include "reports/text/text.h"
#include "spec/text/seed_option.h"

namespace assay {
namespace {

struct CasesOptions {
  int strength = 2;
  std::uint64_t seed = 1;
  std::string dataset;
  std::string format = "text";
};

void AddReportOptions(CLI::App& command, RunOptions& options) {
  command.add_option("--known", options.known, "File of accepted findings");
  command.add_option("--write-known", options.write_known,
                     "Writes the findings of this run as accepted ones");
  command.add_flag("--strict", options.strict, "The same as --fail-on warning");
  command
      .add_option("--fail-on", options.fail_on,
                  "violation; warning: warnings fail the run, too; new: as violation, but entries "
                  "of --known that no longer occur do not; none: findings fail nothing")
      ->check(CLI::IsMember({"violation", "warning", "new", "none"}))
      ->capture_default_str();
  command
      .add_option("--max-violations", options.max_violations,
                  "Only more violations than that fail the run")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  command.add_option("--out", options.out, "Folder for journal and reports")->capture_default_str();
  command.add_option("--resume", options.resume,
                     "Goes on with the stopped run in that folder, with its options: nothing that "
                     "was judged is sent again");
  command
      .add_option("--keep", options.keep,
                  "Bodies that the journal keeps: all; evidence (as many as keep it below some "
                  "10 MB, those that show findings first); none")
      ->capture_default_str();
  command.add_option("--label", options.label, "The target's version, for trends: v1.4.2");
  command.add_option("--progress", options.progress, "auto, plain or off")->capture_default_str();
  command.add_flag("-v,--verbose", options.verbose,
                   "List everything at the end, not only count it");
}

Result<std::string> MakeCases(const CasesOptions& options) {
  if (options.format != "text" && options.format != "json") {
    return Error{"--format", "`" + options.format + "` is neither text nor json"};
  }
  const Result<Dataset> dataset = LoadDatasetOrBuiltIn(options.dataset);
  if (!dataset) return dataset.error();
  const CaseMaker values(*dataset, HomeRegion(*dataset), options.seed);
  const Result<Combinations> made =
      MakeCombinations(values, SuiteFormat::kBoth, options.strength, options.seed);
  if (!made) return Error{"--strength", made.error().what};
  return options.format == "json" ? CombinationsJson(*made, options.strength, options.seed)
                                  : CombinationsText(*made, options.strength, options.seed);
}

}  // namespace

void AddTargetOptions(CLI::App& command, RunOptions& options) {
  command.add_option("--target", options.target,
                     "URL of the endpoint, as http://127.0.0.1:8080 (default: the reference server "
                     "in this process)");
  command.add_option("--dataset", options.dataset,
                     "File with the target's state (default: the built-in one)");
  command.add_flag("--discover", options.discover,
                   "Read the state off the target's answers, in place of --dataset");
  command.add_option("--region", options.region,
                     "Region in which to judge (default: the dataset's first with snapshots; with "
                     "--discover, cn-hangzhou)");
  command.add_option("--reading", options.reading,
                     "Pins open questions: `documented`, `observed` or a reading file");
  command.add_option("--connections", options.connections, "Connections at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      .add_option("--rate", options.rate,
                  "Requests a second at most, 0 for no limit (default: 10; none on loopback)")
      ->check(CLI::Range(0.0, 1e6));
  command
      .add_option("--max-requests", options.max_requests,
                  "Requests at most, those that read the state included; what is left out is "
                  "listed. Confirming findings costs up to a tenth more, and so does checking "
                  "whether the state changed")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  AddConnectionOptions(command, options.connection);
  command
      .add_option("--timeout", options.timeout_s, "Seconds to wait for an answer, to its last byte")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  command
      .add_option("--max-time", options.max_time_s,
                  "Seconds after which the run stops and reports what it has; time that the suites "
                  "leave over goes to requests drawn at random (default: none)")
      ->check(CLI::Range(0.1, 1e7));
  command
      .add_option("--max-retries", options.max_retries,
                  "Requests that are sent again at most, since they failed or were throttled; then "
                  "the run stops and reports what it has")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->capture_default_str();
  command
      .add_option(
          "--max-snapshots", options.max_snapshots,
          "Snapshots that --discover reads of a region at most; a longer list counts as one "
          "that never ends")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000'000}))
      ->capture_default_str();
  command.add_option(
      "--tolerate", options.tolerate,
      "Share of answers that may fail if they are right when asked again, as 5xx=1%, "
      "cut=1% or timeout=1% (default: 0.1% each); may repeat");
}

void AddSelectionOptions(CLI::App& command, RunOptions& options) {
  command
      .add_option("--strength", options.strength,
                  "Every choice of values of so many parameters occurs in a request")
      ->check(CLI::Range(1, 6))
      ->capture_default_str();
  AddSeedOption(command, options.seed, "Equal seeds send equal requests");
  command.add_option("--format", options.format, "json, xml or both")->capture_default_str();
  command.add_option("--only", options.only,
                     "Only tests whose names match: a rule id or a pattern, as page.* or "
                     "combinations.*; may repeat");
  command.add_option("--skip", options.skip, "All but these tests; may repeat");
  command.add_option("--shard", options.shard, "The I-th of N shares of the tests, as 1/4");
}

void AddRunCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more) {
  CLI::App* command = app.add_subcommand("run", "Judge a target and write reports");
  const auto options = std::make_shared<RunOptions>();
  AddTargetOptions(*command, *options);
  command->add_flag("--force", options->force,
                    "Judge the target by the dataset even if it holds another state");
  AddSelectionOptions(*command, *options);
  AddReportOptions(*command, *options);
  command->callback([command, options, exit_code, more = std::move(more)] {
    StopOnSignals();
    // The server of the run itself checks no signature.
    const bool chosen = command->count("--signature") > 0;
    if (options->target.empty() && !chosen) options->connection.signature = "none";
    *exit_code = static_cast<int>(RunSuites(*options, more, std::cout, std::cerr));
  });
}

void AddCasesCommand(CLI::App& app, int* exit_code) {
  CLI::App* command = app.add_subcommand(
      "cases", "Print the combinations of the parameters and the share of tuples covered");
  const auto options = std::make_shared<CasesOptions>();
  command->add_option("--strength", options->strength, "Values that are combined, 1 to 6")
      ->check(CLI::Range(1, 6))
      ->capture_default_str();
  AddSeedOption(*command, options->seed, "Equal seeds give equal rows");
  command->add_option("--dataset", options->dataset, "File with the state (default: built in)");
  command->add_option("--format", options->format, "text or json")->capture_default_str();
  command->callback([options, exit_code] {
    const Result<std::string> text = MakeCases(*options);
    *exit_code = text ? 0 : static_cast<int>(text.error().exit);
    if (text) std::cout << *text << std::flush;
    if (!text) std::cerr << "assay cases: " << TerminalText(text.error().Text()) << "\n";
  });
}

}  // namespace assay
