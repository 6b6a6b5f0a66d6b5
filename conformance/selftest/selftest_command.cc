#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "conformance/selftest/selftest.h"
#include "reference/faults/catalogue.h"
#include "reports/text/text.h"
#include "spec/text/count.h"
#include "spec/text/seed_option.h"

namespace assay {
namespace {

Done WriteFile(const std::string& folder, const char* name, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string path = (std::filesystem::path(folder) / name).string();
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) return Error{path, "cannot be written (--out)"};
  return Ok();
}

std::uint64_t Median(std::vector<std::uint64_t> numbers) {
  if (numbers.empty()) return 0;
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

void Summarize(const Detection& detection, std::ostream& output) {
  std::vector<std::uint64_t> first, groups;
  std::size_t seen = 0;
  for (const TrialResult& trial : detection.faults) {
    if (!trial.seen) continue;
    ++seen;
    first.push_back(trial.requests);
    if (trial.whole) groups.push_back(trial.findings.size());
  }
  const Naming named = CountNamed(detection);
  const auto alarms = std::ranges::count_if(detection.readings,
                                            [](const TrialResult& s) { return !s.alarm.empty(); });
  output << fmt::format(
      "faults    {} of {} seen ({}), first seen after {} (median)\n"
      "findings  {} a fault (median), {} at most; diagnosed first {} of {}, in the first three {}\n"
      "readings  {} tried, {} with an alarm\n"
      "time      {:.0f} s\n",
      seen, CountText(detection.faults.size(), "trial"),
      TriedFaultsText(detection, Faults().size()), CountText(Median(first), "request"),
      Median(groups), groups.empty() ? 0 : *std::ranges::max_element(groups), named.first,
      named.trials, named.among_three, detection.readings.size(), alarms, detection.seconds);
}

Result<ExitCode> Selftest(const SelftestOptions& options, const std::vector<TestSource>& more,
                          std::ostream& output) {
  const Result<Detection> detection = DetectAll(options, more, &std::cerr);
  if (!detection) return detection.error();
  const std::vector<std::string> shortcomings =
      options.discover ? DiscoveryShortcomings(*detection)
                       : Shortcomings(*detection, options.faults == "*" && options.sample == 1);
  for (const auto& [name, text] :
       {std::pair{"report.json", DetectionJson(*detection, shortcomings)},
        std::pair{"detection.md", DetectionTable(*detection)}}) {
    if (const Done done = WriteFile(options.out, name, text); !done) return done.error();
  }
  for (const std::string& line : shortcomings) output << TerminalText(line) << "\n";
  Summarize(*detection, output);
  output << fmt::format("reports   {}/report.json, detection.md\n", options.out) << std::flush;
  return shortcomings.empty() ? ExitCode::kConforms : ExitCode::kViolations;
}

}  // namespace

void AddSelftestCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more) {
  CLI::App* command = app.add_subcommand(
      "selftest",
      "Prove that the suites notice every known fault, and raise no alarm under any "
      "reading");
  const auto options = std::make_shared<SelftestOptions>();
  const auto list = std::make_shared<bool>(false);
  command->add_option("--faults", options->faults, "ids of faults; * and ? as in file names")
      ->capture_default_str();
  command->add_flag("--list", *list, "names every fault, and tries none");
  command
      ->add_option("--readings", options->random_readings,
                   "random readings, besides every option alone; 0 tries neither")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command
      ->add_option("--situations", options->situations,
                   "readings whose options depend on the situation: on other parameters, the mode "
                   "of paging, the format")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command
      ->add_option("--faults-by-situation", options->faults_by_situation,
                   "of these readings: how many each fault is tried under, too")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command
      ->add_option("--sample", options->sample,
                   "Try every N-th fault and reading only; the seed says which to begin with")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--discover", options->discover,
                    "Withhold the state, which the suites then read off the answers");
  command->add_option("--http", options->http, "Try each fault over HTTP, too: true or false")
      ->capture_default_str();
  AddSeedOption(*command, options->seed, "Equal seeds send equal requests");
  command
      ->add_option("--jobs", options->jobs,
                   "Processes at a time, 0 for one more than there are cores")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  command->add_option("--out", options->out, "Folder for the reports")->capture_default_str();
  command->callback([=, more = std::move(more)] {
    if (*list) {
      for (const Fault& fault : Faults()) std::cout << fault.id << "  " << fault.title << "\n";
      *exit_code = 0;
      return;
    }
    const Result<ExitCode> code = Selftest(*options, more, std::cout);
    if (!code) std::cerr << "assay selftest: " << TerminalText(code.error().Text()) << "\n";
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
  });
}

}  // namespace assay
