#include "reports/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "reports/journal/folder_lock.h"
#include "reports/journal/merge.h"
#include "reports/journal/run_comparison.h"
#include "reports/render/overview.h"
#include "reports/render/render.h"
#include "reports/render/terminal.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"

namespace assay {
namespace {

Result<std::vector<ReportFormat>> ChooseFormats(const std::string& text, bool is_matrix) {
  if (!text.empty()) return ParseReportFormats(text);
  if (is_matrix) return std::vector{ReportFormat::kHtml, ReportFormat::kSummary};
  return AllReportFormats();
}

std::string ChooseFolder(const std::vector<std::string>& directories, const std::string& out_dir) {
  if (!out_dir.empty()) return out_dir;
  if (directories.size() > 1) return "assay-report";
  std::error_code error;
  if (std::filesystem::is_directory(directories[0], error)) return directories[0];
  const std::filesystem::path parent = std::filesystem::path(directories[0]).parent_path();
  return parent.empty() ? "." : parent.string();
}

// A campaign of several workers has a journal of each in its folder.
std::vector<std::string> FoldersOfJournals(const std::vector<std::string>& directories) {
  std::vector<std::string> out;
  for (const std::string& directory : directories) {
    const std::vector<std::string> workers = WorkerFolders(directory);
    if (workers.empty()) out.push_back(directory);
    out.insert(out.end(), workers.begin(), workers.end());
  }
  return out;
}

Result<RecordedRun> LoadOne(const std::string& given) {
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(given, error);
  // Looked at first: a run that ends in between is read as a whole.
  const bool held =
      FolderLock::IsHeld(is_folder ? given : std::filesystem::path(given).parent_path().string());
  Result<RecordedRun> run = LoadRun(given);
  if (run && held && !run->finished) MarkAsGoingOn(&*run);
  return run;
}

Result<std::vector<RecordedRun>> LoadRuns(const std::vector<std::string>& directories) {
  std::vector<RecordedRun> runs;
  for (const std::string& directory : directories) {
    Result<RecordedRun> run = LoadOne(directory);
    if (!run) return run.error();
    runs.push_back(std::move(*run));
  }
  if (AreOfOneTarget(runs)) {
    std::ranges::stable_sort(runs, {}, [](const RecordedRun& run) { return run.header.started; });
    return runs;
  }
  return MergeShards(std::move(runs));
}

// Violations before what could not be judged.
ExitCode WorstOf(const std::vector<RecordedRun>& runs) {
  ExitCode worst = ExitCode::kConforms;
  for (const RecordedRun& run : runs) {
    const auto code = static_cast<ExitCode>(run.trailer.exit_code);
    if (code == ExitCode::kViolations) return code;
    if (code != ExitCode::kConforms) worst = code;
  }
  return worst;
}

Result<ExitCode> Show(const std::vector<RecordedRun>& runs, const ReportOptions& options,
                      std::ostream& out) {
  const std::optional<Section> section = Named<Section>(options.show);
  if (!section) {
    return Error{"--show", fmt::format("`{}` is not one of {}", options.show,
                                       fmt::join(kNamesOf<Section>, ", "))};
  }
  const std::string folder = ChooseFolder(options.directories, options.out);
  const TerminalStyle style = DescribeTerminal(STDOUT_FILENO);
  for (const RecordedRun& run : runs) out << TerminalSection(run, folder, *section, style);
  return WorstOf(runs);
}

Result<ExitCode> CompareTwo(const ReportOptions& options, std::ostream& out) {
  const Result<RecordedRun> before = LoadOne(options.baseline);
  if (!before) return before.error();
  const Result<RecordedRun> now = LoadOne(options.gate);
  if (!now) return now.error();
  const RunComparison comparison = CompareRuns(*before, *now);
  out << ComparisonOfRunsText(comparison);
  return ComparisonOfRunsCode(comparison, *now);
}

void TellMatrix(const std::vector<RecordedRun>& runs, const std::string& folder,
                std::ostream& out) {
  for (const RecordedRun& run : runs) {
    for (const std::string& note : run.notes) out << "note: " << TerminalText(note) << "\n";
    out << TerminalText(HideSecrets(run.header.target)) << " (" << TerminalText(NameOfRun(run))
        << "): " << TerminalText(HideSecrets(VerdictText(run))) << "\n";
  }
  out << "Reports are in " << TerminalText(folder) << "\n";
}

}  // namespace

void AddReportCommand(CLI::App& app, int* exit_code) {
  CLI::App* command = app.add_subcommand("report", "Rebuild reports from the journals of runs");
  auto options = std::make_shared<ReportOptions>();
  command->add_option(
      "DIR", options->directories,
      "Folders that `assay run --out` wrote, or their journals; shards of one run are "
      "merged, several targets are shown side by side");
  CLI::Option* gate = command->add_option(
      "--gate", options->gate,
      "Writes nothing, but tells which findings of this run are new, gone, changed and still there "
      "since that of --baseline; ends with 1 if a violation is new");
  CLI::Option* baseline =
      command->add_option("--baseline", options->baseline, "The earlier run for --gate");
  gate->needs(baseline);
  baseline->needs(gate);
  command->add_option(
      "--format", options->formats,
      "Reports to write, separated by commas: " + ReportFormatNames() + " (default: all)");
  command->add_option("--out", options->out,
                      "Where to write (default: DIR; assay-report for several)");
  command->add_option(
      "--show", options->show,
      fmt::format("Write nothing, but list in full: {}", fmt::join(kNamesOf<Section>, ", ")));
  command->add_flag("-v,--verbose", options->verbose, "List everything, not only count it");
  command->callback([options, exit_code] {
    const Result<ExitCode> code = WriteReports(*options, std::cout);
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
    if (!code) std::cerr << "assay report: " << TerminalText(code.error().Text()) << "\n";
  });
}

Result<ExitCode> WriteReports(const ReportOptions& options, std::ostream& out) {
  if (!options.gate.empty()) return CompareTwo(options, out);
  if (options.directories.empty()) return Error{"DIR", "name at least one folder of a run"};
  // A misspelt format is reported before a long journal is read.
  if (const auto checked = ChooseFormats(options.formats, false); !checked) return checked.error();
  const Result<std::vector<RecordedRun>> runs = LoadRuns(FoldersOfJournals(options.directories));
  if (!runs) return runs.error();
  if (!options.show.empty()) return Show(*runs, options, out);
  const bool is_matrix = runs->size() > 1;
  const Result<std::vector<ReportFormat>> chosen = ChooseFormats(options.formats, is_matrix);
  const std::string folder = ChooseFolder(options.directories, options.out);
  const bool is_trend = AreOfOneTarget(*runs);
  const Done done = is_trend    ? RenderTrend(*runs, folder, *chosen)
                    : is_matrix ? RenderMatrix(*runs, folder, *chosen)
                                : RenderReports((*runs)[0], folder, *chosen);
  if (!done) return done.error();
  if (is_matrix) {
    TellMatrix(*runs, folder, out);
  } else {
    out << TerminalSummary((*runs)[0], folder, DescribeTerminal(STDOUT_FILENO), options.verbose);
  }
  // Over time the present counts.
  return is_trend ? static_cast<ExitCode>(runs->back().trailer.exit_code) : WorstOf(*runs);
}

}  // namespace assay
