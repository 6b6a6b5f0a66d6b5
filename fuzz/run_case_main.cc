// Sends one test case of `run` (fuzz/run_main.cc) and judges the answers: `run_case --target URL
// CASE`. Its last line is the same for all cases that show the same fault, and of the form that
// ClusterFuzz groups by: it reads it as a failed check named by the finding, in a file named by the
// rule.
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/campaign.h"
#include "fuzz/exchange_input.h"
#include "reference/session/preflight.h"
#include "reports/journal/journal.h"
#include "reports/render/overview.h"
#include "reports/render/terminal.h"
#include "reports/text/text.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 1024 * 1024;

Result<std::string> ReadCase(const std::string& path) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);
  if (failed) return Error{path, "the test case cannot be read: " + failed.message()};
  if (size > kMostBytes) return Error{path, "the test case is larger than 1 MiB"};
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return Error{path, "the test case cannot be read"};
  if (ParseExchangeInput(text).requests.empty()) {
    return Error{path, "the test case holds no request: it wants a line such as Status=all",
                 ExitCode::kCouldNotJudge};
  }
  return text;
}

// A folder for a journal; removed with all that it holds.
class ScratchFolder {
 public:
  static Result<ScratchFolder> Make() {
    std::string path = (fs::temp_directory_path() / "assay-case-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) return Error{path, "the folder cannot be made"};
    return ScratchFolder(std::move(path));
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// What ClusterFuzz groups by: `check` must be the same for all cases with one fault.
std::string SummaryLine(std::string_view rule, std::string_view check) {
  return fmt::format("[assay:{}(1)] Check failed: {}\n", rule, check);
}

// The finding that explains most stands for the case.
std::string SummaryLineOf(const RecordedRun& run) {
  for (const Finding* finding : SortFindings(run)) {
    if (finding->kind != FindingKind::kViolation) continue;
    const std::string shape = finding->id.substr(finding->id.rfind('.') + 1);
    return SummaryLine(finding->rule, shape);
  }
  return "";
}

// Without what a single case cannot show, and what names the folder that is removed at the end.
std::string SummaryOf(RecordedRun run) {
  RunTrailer& trailer = run.trailer;
  std::erase_if(trailer.rules, [](const RuleTally& rule) { return rule.exercised == 0; });
  trailer.reading.clear();
  trailer.not_exercised.clear();
  trailer.parameters.clear();
  trailer.unforeseen.clear();
  trailer.campaign.reset();
  return TerminalSummary(run, "", {}, false);
}

std::optional<Error> WhyNotAsked(const CampaignOptions& options, const CampaignPlan& plan) {
  const auto target = OpenCampaignTarget(options);
  if (!target) return target.error();
  return FindObstacle(**target, *plan.dataset, plan.dataset_name, "JSON");
}

Result<ExitCode> RunCase(CampaignOptions options, const std::string& path) {
  const Result<std::string> text = ReadCase(path);
  if (!text) return text.error();
  const Result<ScratchFolder> scratch = ScratchFolder::Make();
  if (!scratch) return scratch.error();
  options.out = scratch->path();
  const Result<CampaignPlan> plan = MakeCampaignPlan(options);
  if (!plan) return plan.error();
  if (const auto obstacle = WhyNotAsked(options, *plan)) return *obstacle;
  auto campaign = Campaign::Open(options, *plan, 1, options.out, std::cerr);
  if (!campaign) return campaign.error();
  (*campaign)->Run(*text, {});
  (void)(*campaign)->IsOver();  // learns whether the target was lost
  const ExitCode code = (*campaign)->Finish();
  const Result<RecordedRun> run = LoadRun(options.out);
  if (!run) return run.error();
  std::cout << SummaryOf(*run);
  if (code == ExitCode::kViolations) std::cout << SummaryLineOf(*run);
  if (const auto obstacle = WhyNotAsked(options, *plan)) {
    std::cout << SummaryLine("target", "answers after the test case, too") << std::flush;
    return *obstacle;
  }
  return code;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  assay::CampaignOptions options;
  options.progress = "off";
  options.max_time_s = 20;
  std::string path;
  CLI::App app{"Sends a test case to a target and judges the answers. Ends as `assay run` does."};
  app.add_option("case", path, "File with the test case")->required();
  app.add_option("--target", options.target, "URL of the endpoint")->required();
  app.add_option("--dataset", options.dataset,
                 "File with the target's state (default: the built-in one)");
  app.add_option("--region", options.region, "Region of requests that name none");
  app.add_option("--known", options.known, "File of accepted findings");
  app.add_option("--max-time", options.max_time_s, "Seconds after which nothing more is sent")
      ->check(CLI::Range(0.1, 1e7))
      ->capture_default_str();
  assay::AddConnectionOptions(app, options.connection);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(assay::ExitCode::kBadUsage);
  }
  assay::StopOnSignals();
  const assay::Result<assay::ExitCode> code = assay::RunCase(std::move(options), path);
  if (!code) std::cerr << "run_case: " << assay::TerminalText(code.error().Text()) << "\n";
  return static_cast<int>(code ? *code : code.error().exit);
}
