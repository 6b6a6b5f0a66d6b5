#include "fuzz/command.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "fuzz/exchange_input.h"
#include "reference/server/service.h"
#include "reference/session/other_endpoint.h"
#include "reference/session/session.h"
#include "reference/target/connection_options.h"
#include "reports/journal/journal.h"
#include "reports/render/render.h"
#include "reports/render/terminal.h"
#include "reports/text/text.h"
#include "spec/record/token_trail.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct FuzzOptions {
  std::string target;
  std::string dataset;
  std::string out = "assay-fuzz";
  ConnectionOptions connection = {};
  int max_total_time = 60;
  std::vector<std::string> flags;
};

// The fuzzer lies in build/fuzz, beside the build folder of this program, or beside the program.
Result<fs::path> FindFuzzer() {
  std::error_code ignored;
  const fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& candidate : {folder / "../fuzz/exchange_fuzz", folder / "exchange_fuzz"}) {
    if (fs::exists(candidate, ignored)) return fs::canonical(candidate, ignored);
  }
  return Error{"assay fuzz",
               "the fuzzer is not built; in the project's root run: cmake --preset fuzz && "
               "cmake --build --preset fuzz"};
}

// Sends one input's requests, with the tokens filled in.
class InputScript : public Script {
 public:
  explicit InputScript(ExchangeInput input) : input_(std::move(input)) {}

  bool Next(const Exchange* previous, Request& request) override {
    const std::string token = previous ? NextTokenOf(previous->answer) : "";
    if (!token.empty()) tokens_.Add("last", token);
    if (next_ == input_.requests.size()) return false;
    request = input_.requests[next_++];
    (void)tokens_.Substitute(request);
    return true;
  }

 private:
  ExchangeInput input_;
  std::size_t next_ = 0;
  GivenTokens tokens_;
};

std::string ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> Arguments(const FuzzOptions& options, const fs::path& fuzzer) {
  const fs::path seeds = fuzzer.parent_path() / "fuzz-seeds";
  const fs::path corpus = fs::path(options.out) / "corpus";
  fs::create_directories(corpus);
  fs::create_directories(fs::path(options.out) / "inputs");
  std::vector<std::string> arguments = {
      fuzzer.string(), fmt::format("-max_total_time={}", options.max_total_time),
      fmt::format("-artifact_prefix={}/inputs/", options.out), "-print_final_stats=1"};
  // In process, weighing rare features costs more than it finds: a third of the speed.
  if (options.target.empty()) arguments.push_back("-entropic=0");
  if (fs::exists(seeds / "assay.dict")) {
    arguments.push_back("-dict=" + (seeds / "assay.dict").string());
  }
  arguments.insert(arguments.end(), options.flags.begin(), options.flags.end());
  arguments.push_back(corpus.string());
  if (fs::exists(seeds / "exchange_fuzz")) arguments.push_back((seeds / "exchange_fuzz").string());
  return arguments;
}

// Runs the fuzzer to its end; its exit code, or -1.
int RunFuzzer(const FuzzOptions& options, const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (!options.target.empty()) setenv("ASSAY_FUZZ_TARGET", options.target.c_str(), 1);
    if (!options.dataset.empty()) setenv("ASSAY_FUZZ_DATASET", options.dataset.c_str(), 1);
    setenv("ASSAY_FUZZ_SIGNATURE", options.connection.signature.c_str(), 1);
    setenv("ASSAY_FUZZ_CA_FILE", options.connection.ca_file.c_str(), 1);
    setenv("ASSAY_FUZZ_TIMEOUT", fmt::format("{}", options.connection.timeout_s).c_str(), 1);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Result<Dataset> OpenDataset(const FuzzOptions& options) {
  if (!options.dataset.empty()) return LoadDataset(options.dataset);
  if (!options.target.empty()) return BuiltInDataset();
  return GenerateDataset(60, 1);
}

Result<std::unique_ptr<Target>> OpenTarget(const FuzzOptions& options, const Dataset& dataset,
                                           std::uint32_t reading) {
  if (options.target.empty()) {
    return std::unique_ptr<Target>(
        std::make_unique<ModelTarget>(dataset, NumberedReading(reading % kReadings)));
  }
  auto target = OpenEndpoint(options.target, options.connection);
  if (!target) return target.error();
  return std::unique_ptr<Target>(std::move(*target));
}

std::vector<fs::path> FoundInputs(const FuzzOptions& options) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(options.out) / "inputs")) {
    if (entry.path().filename().string().starts_with("crash-")) out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

// Sends the found input through session and journal, and writes the reports.
Result<ExitCode> ReportInput(const FuzzOptions& options, const fs::path& file) {
  const ExchangeInput input = ParseExchangeInput(ReadFile(file));
  const Result<Dataset> dataset = OpenDataset(options);
  if (!dataset) return dataset.error();
  const auto target = OpenTarget(options, *dataset, input.reading);
  if (!target) return target.error();
  auto journal = Journal::Open(options.out);
  if (!journal) return journal.error();
  (*journal)->Begin({.assay = ASSAY_VERSION,
                     .spec_hash = SpecHash(),
                     .target = (*target)->Name(),
                     .dataset = options.dataset.empty() ? "built in" : options.dataset});
  Judge judge(*dataset,
              options.target.empty() ? KnownReading(input.reading % kReadings) : Reading{},
              {.accepts_json = options.connection.accepts_json()});
  Session session(**target, judge, **journal);
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<InputScript>(input));
  (void)session.Run({"fuzz", file.filename().string()}, std::move(scripts));
  const std::vector<Finding> findings = session.Findings();
  for (const Finding& finding : findings) (*journal)->Add(finding);
  const bool violated = session.violations() > 0;
  const ExitCode code = violated ? ExitCode::kViolations : ExitCode::kCouldNotJudge;
  RunTrailer trailer{.verdict = VerdictOf(code),
                     .exit_code = static_cast<int>(code),
                     .exchanges = session.exchanges(),
                     .judged = judge.judged(),
                     .reason = violated ? "" : "the input did not fail again",
                     .rules = judge.Tallies(),
                     .reading = judge.Learned()};
  (*journal)->End(trailer);
  if (const Done done = (*journal)->status(); !done) return done.error();
  journal->reset();
  const Done done = ReportRun(options.out, DescribeTerminal(STDOUT_FILENO), false, std::cout);
  if (!done) return done.error();
  return violated ? ExitCode::kViolations : ExitCode::kCouldNotJudge;
}

// Whether something answers there that may be the API.
Done LookAt(Target& target) {
  Request request;
  request.Set("Action", "DescribeSnapshots");
  request.Set("RegionId", "cn-hangzhou");
  const Result<Response> response = SendOnce(target, request);
  if (!response) {
    if (BeganToAnswer(response.error())) return Ok();
    return Error{target.Name(), response.error().what, ExitCode::kCouldNotJudge};
  }
  std::string other = OtherEndpoint(*response);
  if (other.empty()) return Ok();
  return Error{target.Name(), std::move(other), ExitCode::kCouldNotJudge};
}

Result<ExitCode> Fuzz(const FuzzOptions& options) {
  const auto fuzzer = FindFuzzer();
  if (!fuzzer) return fuzzer.error();
  if (const Result<Dataset> dataset = OpenDataset(options); !dataset) return dataset.error();
  if (!options.target.empty()) {
    // Wrong options are reported before the fuzzer starts.
    const auto target = OpenEndpoint(options.target, options.connection);
    if (!target) return target.error();
    if (const Done there = LookAt(**target); !there) return there.error();
  }
  std::error_code failed;
  fs::create_directories(fs::path(options.out) / "inputs", failed);
  if (failed) return Error{options.out, "the folder cannot be made: " + failed.message()};
  const std::vector<fs::path> before = FoundInputs(options);
  const int code = RunFuzzer(options, Arguments(options, *fuzzer));
  if (code == 0) return ExitCode::kConforms;
  for (const fs::path& input : FoundInputs(options)) {
    if (std::ranges::find(before, input) != before.end()) continue;
    std::cout << "the input that fails: " << input.string() << "\n";
    return ReportInput(options, input);
  }
  if (code == 3) return ExitCode::kCouldNotJudge;  // the fuzzer has said why
  if (!before.empty()) return ReportInput(options, before.front());
  return Error{"assay fuzz", fmt::format("the fuzzer ended with {} and left no input", code),
               ExitCode::kCouldNotJudge};
}

}  // namespace

void AddFuzzCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<FuzzOptions>();
  CLI::App* fuzz =
      app.add_subcommand("fuzz", "A guided campaign: mutated requests, with the judge as oracle");
  fuzz->add_option("--target", options->target,
                   "URL of the endpoint (default: the model in this process)");
  AddConnectionOptions(*fuzz, options->connection);
  fuzz->add_option("--timeout", options->connection.timeout_s,
                   "seconds to wait for an answer, to its last byte")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  fuzz->add_option("--dataset", options->dataset, "the state that the target was loaded with");
  fuzz->add_option("--max-total-time", options->max_total_time, "seconds; 0 for no limit")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  fuzz->add_option("--out", options->out, "folder for corpus, inputs and reports")
      ->capture_default_str();
  fuzz->add_option("flags", options->flags, "flags of libFuzzer, after --: -runs=1000 -seed=1");
  fuzz->callback([=]() {
    const Result<ExitCode> code = Fuzz(*options);
    if (!code) std::cerr << "assay fuzz: " << TerminalText(code.error().Text()) << '\n';
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
  });
}

}  // namespace assay
