#include "reports/command.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "reports/merge.h"
#include "reports/overview.h"
#include "reports/render.h"
#include "reports/secrets.h"
#include "reports/text.h"

namespace assay {
namespace {

struct Arguments {
  std::vector<std::string> directories;
  std::string formats;
  std::string out_dir;
};

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

Result<std::vector<RecordedRun>> LoadRuns(const std::vector<std::string>& directories) {
  std::vector<RecordedRun> runs;
  for (const std::string& directory : directories) {
    Result<RecordedRun> run = LoadRun(directory);
    if (!run) return run.error();
    runs.push_back(std::move(*run));
  }
  return MergeShards(std::move(runs));
}

}  // namespace

void AddReportCommand(CLI::App& app, int* exit_code) {
  CLI::App* command = app.add_subcommand("report", "Rebuild reports from the journals of runs");
  auto arguments = std::make_shared<Arguments>();
  command
      ->add_option("DIR", arguments->directories,
                   "Folders that `assay run --out` wrote, or their journals; shards of one run "
                   "are merged, several targets shown side by side")
      ->required();
  command->add_option("--format", arguments->formats,
                      "html, json, junit, repro, summary, with commas between (default: all)");
  command->add_option("--out", arguments->out_dir,
                      "Where to write (default: DIR; assay-report for several)");
  command->callback([arguments, exit_code] {
    const Done done =
        WriteReports(arguments->directories, arguments->formats, arguments->out_dir, std::cout);
    *exit_code = done ? 0 : static_cast<int>(done.error().exit);
    if (!done) std::cerr << "assay report: " << TerminalText(done.error().Text()) << "\n";
  });
}

Done WriteReports(const std::vector<std::string>& directories, const std::string& formats,
                  const std::string& out_dir, std::ostream& out) {
  if (directories.empty()) return Error{"assay report", "name at least one folder of a run"};
  // A misspelt format is told before a long journal is read.
  if (const auto checked = ChooseFormats(formats, false); !checked) return checked.error();
  const Result<std::vector<RecordedRun>> runs = LoadRuns(directories);
  if (!runs) return runs.error();
  const bool is_matrix = runs->size() > 1;
  const Result<std::vector<ReportFormat>> chosen = ChooseFormats(formats, is_matrix);
  const std::string folder = ChooseFolder(directories, out_dir);
  const Done done =
      is_matrix ? RenderMatrix(*runs, folder, *chosen) : RenderReports((*runs)[0], folder, *chosen);
  if (!done) return done;
  for (const RecordedRun& run : *runs) {
    for (const std::string& note : run.notes) out << "note: " << TerminalText(note) << "\n";
    if (is_matrix) out << TerminalText(HideSecrets(run.header.target)) << ": ";
    out << TerminalText(HideSecrets(VerdictText(run))) << "\n";
  }
  out << "Reports are in " << TerminalText(folder) << "\n";
  return Ok();
}

}  // namespace assay
