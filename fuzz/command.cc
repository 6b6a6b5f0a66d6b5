#include "fuzz/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "fuzz/campaign.h"
#include "fuzz/engine.h"
#include "fuzz/linked_target.h"
#include "fuzz/seeds.h"
#include "fuzz/wire_mutator.h"
#include "fuzz/worker_end.h"
#include "reference/session/preflight.h"
#include "reports/journal/folder_lock.h"
#include "reports/journal/journal.h"
#include "reports/journal/merge.h"
#include "reports/render/render.h"
#include "reports/text/text.h"
#include "spec/text/count.h"
#include "spec/text/seed_option.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Added to the exit code of a worker that said why it cannot begin.
constexpr int kSaidWhy = 64;

std::string FolderOf(const CampaignOptions& options, int worker) {
  if (options.jobs == 1) return options.out;
  return (fs::path(options.out) / fmt::format("worker-{}", worker)).string();
}

std::vector<std::string> FlagsOf(const CampaignOptions& options, int worker) {
  const fs::path out(options.out);
  std::vector<std::string> flags = {
      // Numbers from 1: with 0 libFuzzer chooses one.
      fmt::format("-seed={}", options.seed % 1'000'000'000 + static_cast<std::uint64_t>(worker)),
      fmt::format("-artifact_prefix={}/", (out / "inputs").string()),
      fmt::format("-dict={}", (out / "seeds.dict").string()), "-max_len=8192", "-len_control=0",
      "-detect_leaks=0", "-timeout=3600", "-rss_limit_mb=0",
      // Signals end the campaign, not the engine.
      "-handle_int=0", "-handle_term=0"};
  if (!options.wire) flags.emplace_back(kNotByRarity);
  flags.insert(flags.end(), options.flags.begin(), options.flags.end());
  return flags;
}

fs::path SeedsOf(const CampaignOptions& options) {
  return fs::path(options.out) / (options.wire ? "wire-seeds" : "seeds");
}

// What libFuzzer prints is for those who know it.
void DivertOutput(const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return;
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  close(file);
}

Done LookAt(const CampaignOptions& options, const CampaignPlan& plan) {
  const auto target = OpenCampaignTarget(options);
  if (!target) return target.error();
  const auto obstacle = FindObstacle(**target, *plan.dataset, plan.dataset_name, "JSON");
  if (obstacle) return *obstacle;
  return Ok();
}

Result<std::unique_ptr<Campaign>> OpenCampaign(CampaignOptions& options, const CampaignPlan& plan,
                                               int worker, std::ostream& errors) {
  const std::string out = FolderOf(options, worker);
  if (options.linked) {
    const bool is_own = options.dataset.empty();
    const std::string dataset =
        is_own ? (fs::path(options.out) / fmt::format("dataset-{}.json", worker)).string()
               : options.dataset;
    const Result<std::string> url =
        StartLinkedTarget(dataset, is_own ? plan.dataset.get() : nullptr);
    if (!url) return url.error();
    options.target = *url;
    if (const Done done = LookAt(options, plan); !done) return done.error();
  }
  return Campaign::Open(options, plan, worker, out, errors);
}

[[noreturn]] void Work(CampaignOptions options, const CampaignPlan& plan, int worker) {
  // A group of its own: Ctrl-C reaches the parent alone, which passes it on once.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const std::string errors_path = fmt::format("/dev/fd/{}", dup(STDERR_FILENO));
  // To open it anew would cut a file that the caller writes to.
  std::ofstream errors(errors_path, std::ios::app);
  if (!options.verbose) DivertOutput(EngineLogOf(options, worker));
  auto campaign = OpenCampaign(options, plan, worker, errors);
  if (!campaign) {
    errors << "assay fuzz: " << TerminalText(campaign.error().Text()) << std::endl;
    _exit(kSaidWhy + static_cast<int>(campaign.error().exit));
  }
  options.trace->Begin();
  if (options.wire) MutateBy({MutateRawMessage, CrossRawMessages});
  RunEngine(**campaign, *plan.dataset, FlagsOf(options, worker),
            {plan.corpus, SeedsOf(options).string()}, *options.trace);
}

Done MakeFolders(const CampaignOptions& options, const CampaignPlan& plan) {
  const fs::path out(options.out);
  for (const fs::path& folder : {fs::path(plan.corpus), out / "inputs", SeedsOf(options)}) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) return Error{folder.string(), "the folder cannot be made: " + failed.message()};
  }
  if (access(plan.corpus.c_str(), R_OK | W_OK | X_OK) != 0) {
    return Error{plan.corpus, "inputs cannot be kept in this folder; it must be writable"};
  }
  WriteSeed(out / "seeds.dict", options.wire ? RawMessageDictionary() : DictionaryText());
  if (!options.wire) {
    WriteExchangeSeeds(SeedsOf(options), *plan.dataset);
    WriteImportedSeeds(SeedsOf(options) / "from", plan.imported.texts);
    return Ok();
  }
  const Result<WireClient> client = OpenWireClient(options, plan);
  if (!client) return client.error();
  WriteRawMessageSeeds(SeedsOf(options), *client);
  return Ok();
}

void PassOn(const StopSign& stop, const std::vector<Worker>& workers) {
  const int signal = stop.Why().find("SIGINT") != std::string::npos ? SIGINT : SIGTERM;
  for (const Worker& worker : workers) {
    if (!worker.ended) kill(worker.process, signal);
  }
}

// Once one of them has come to its end, the others end, too. The position of the first.
std::size_t AwaitAll(std::vector<Worker>& workers) {
  const StopSign stop;
  std::optional<std::size_t> first;
  bool passed_on = false;
  for (std::size_t left = workers.size(); left > 0;) {
    if ((stop.IsUp() || first) && !std::exchange(passed_on, true)) PassOn(stop, workers);
    for (Worker& worker : workers) {
      if (worker.ended || waitpid(worker.process, &worker.status, WNOHANG) != worker.process) {
        continue;
      }
      worker.ended = true;
      --left;
      if (!first) first = static_cast<std::size_t>(&worker - workers.data());
    }
    if (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return *first;
}

Result<std::vector<Worker>> StartAll(CampaignOptions options, const CampaignPlan& plan) {
  std::vector<Worker> workers;
  for (int i = 1; i <= options.jobs; ++i) {
    options.trace = std::make_shared<WorkerTrace>();
    const pid_t process = fork();
    if (process == 0) Work(options, plan, i);
    if (process < 0) {
      PassOn(StopSign(), workers);
      return Error{"--jobs", fmt::format("worker {} cannot be started", i)};
    }
    workers.push_back(
        {.number = i, .process = process, .out = FolderOf(options, i), .trace = options.trace});
  }
  return workers;
}

// How the campaign ends if a worker did not even begin.
std::optional<ExitCode> EndedBeforeItBegan(const CampaignOptions& options,
                                           const std::vector<Worker>& workers) {
  for (const Worker& worker : workers) {
    if (worker.trace->HasBegun()) continue;
    if (WIFEXITED(worker.status) && WEXITSTATUS(worker.status) >= kSaidWhy) {
      return static_cast<ExitCode>(WEXITSTATUS(worker.status) - kSaidWhy);
    }
    const WorkerEnd end = DescribeEnd(options, worker);
    std::cerr << TerminalText("assay fuzz: " + end.reason) << "\n";
    return end.exit;
  }
  return std::nullopt;
}

// What the journals of the workers say, as one run. The campaign ended as the worker says that came
// to its end first.
Result<RecordedRun> LoadCampaign(const CampaignOptions& options, const std::vector<Worker>& workers,
                                 std::size_t first) {
  std::vector<RecordedRun> runs;
  std::string ended;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    Result<RecordedRun> run = LoadRun(workers[i].out);
    if (!run) return run.error();
    if (!run->finished) {
      const WorkerEnd end = DescribeEnd(options, workers[i]);
      run->trailer.reason = end.reason;
      run->trailer.verdict = VerdictOf(end.exit);
      run->trailer.exit_code = static_cast<int>(end.exit);
    }
    if (i == first && run->trailer.campaign) ended = run->trailer.campaign->ended;
    runs.push_back(std::move(*run));
  }
  Result<std::vector<RecordedRun>> merged = MergeShards(std::move(runs));
  if (!merged) return merged.error();
  RecordedRun& campaign = merged->front();
  if (campaign.trailer.campaign && !ended.empty()) campaign.trailer.campaign->ended = ended;
  return std::move(campaign);
}

Result<ExitCode> Fuzz(const CampaignOptions& options) {
  const Result<CampaignPlan> plan = MakeCampaignPlan(options);
  if (!plan) return plan.error();
  for (const std::string& said : plan->imported.said) std::cout << TerminalText(said) << std::endl;
  if (options.wire) {
    if (const auto client = OpenWireClient(options, *plan); !client) return client.error();
  }
  if (!HasEngine()) {
    return Error{"",
                 "this program was built without libFuzzer; install libclang-rt-16-dev and build "
                 "again"};
  }
  if (!options.target.empty() && !options.linked) {
    if (const Done done = LookAt(options, *plan); !done) return done.error();
  }
  const Result<FolderLock> lock = FolderLock::Take(options.out);
  if (!lock) return lock.error();
  if (const Done done = MakeFolders(options, *plan); !done) return done.error();
  Result<std::vector<Worker>> workers = StartAll(options, *plan);
  if (!workers) return workers.error();
  const std::size_t first = AwaitAll(*workers);
  if (const auto code = EndedBeforeItBegan(options, *workers)) return *code;
  const Result<RecordedRun> run = LoadCampaign(options, *workers, first);
  if (!run) return run.error();
  const Done done =
      ReportRun(*run, options.out, DescribeTerminal(STDOUT_FILENO), options.verbose, std::cout);
  const auto code = static_cast<ExitCode>(run->trailer.exit_code);
  return done ? code : TellMissing("assay fuzz", done.error(), code, std::cerr);
}

void AddLimits(CLI::App& fuzz, CampaignOptions& options) {
  fuzz.add_option("--max-total-time,--max-time", options.max_time_s,
                  "Seconds after which the campaign ends; 0 for no limit")
      ->check(CLI::Range(0.0, 1e7))
      ->capture_default_str();
  fuzz.add_option("--max-requests", options.max_requests, "Requests at most (default: no limit)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}));
  fuzz.add_option("--max-findings", options.max_findings,
                  "Ends once so many violations are confirmed that --known does not hold")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  fuzz.add_option("--quiet-for", options.quiet_for_s,
                  "Ends if nothing new was seen for so many seconds")
      ->check(CLI::Range(0.1, 1e7));
  fuzz.add_option("--rate", options.rate,
                  "Requests a second at most, 0 for no limit (default: 10; none on loopback)")
      ->check(CLI::Range(0.0, 1e6));
  fuzz.add_option("--timeout", options.connection.timeout_s,
                  "Seconds to wait for an answer, to its last byte")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
}

void AddOptions(CLI::App& fuzz, CampaignOptions& options) {
  fuzz.add_option("--target", options.target,
                  "URL of the endpoint, or `inprocess` for the emulator that was linked into this "
                  "program (default: the model in this process)");
  fuzz.add_flag("--wire", options.wire,
                "Mutates the bytes of HTTP messages, not the parameters of requests");
  fuzz.add_option("--dataset", options.dataset,
                  "File with the target's state (default: the built-in one)");
  fuzz.add_option("--region", options.region, "Region of requests that name none");
  fuzz.add_option("--reading", options.reading,
                  "Pins open questions: `documented`, `observed` or a reading file");
  AddConnectionOptions(fuzz, options.connection);
  AddLimits(fuzz, options);
  AddSeedOption(fuzz, options.seed, "Equal seeds make equal choices");
  fuzz.add_option("--jobs", options.jobs, "Workers that share a corpus, a connection each")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  fuzz.add_option("--known", options.known, "File of accepted findings");
  fuzz.add_option("--corpus", options.corpus,
                  "Folder of inputs to begin with; new ones are kept there (default: OUT/corpus)");
  fuzz.add_option(
          "--from", options.from,
          "Begins with the requests of this run, journal, HAR file or folder of inputs, too; "
          "may repeat")
      ->allow_extra_args(false);
  fuzz.add_option("--out", options.out, "Folder for corpus, journal and reports")
      ->capture_default_str();
  fuzz.add_option("--progress", options.progress, "auto, plain or off")->capture_default_str();
  fuzz.add_flag("-v,--verbose", options.verbose,
                "List everything at the end, and show what the engine (libFuzzer) says");
  fuzz.add_option("flags", options.flags, "Flags of libFuzzer, after --: -runs=1000");
}

}  // namespace

void AddFuzzCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<CampaignOptions>();
  CLI::App* fuzz =
      app.add_subcommand("fuzz", "A guided campaign: mutated requests, with the judge as oracle");
  AddOptions(*fuzz, *options);
  fuzz->callback([=]() {
    StopOnSignals();
    options->linked = options->target == kLinkedTarget;
    const Result<ExitCode> code = Fuzz(*options);
    if (!code) std::cerr << "assay fuzz: " << TerminalText(code.error().Text()) << '\n';
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
  });
}

}  // namespace assay
