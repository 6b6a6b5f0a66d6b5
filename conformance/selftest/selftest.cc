#include "conformance/selftest/selftest.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <sstream>
#include <thread>

#include "conformance/cases/reads.h"
#include "conformance/cases/suite.h"
#include "conformance/run/test_loop.h"
#include "reference/auth/request_signer.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/server/service.h"
#include "reference/session/preflight.h"
#include "reference/target/http_client.h"
#include "reference/watch/inventory.h"
#include "spec/catalogue/reading.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// Keeps the first report of the level that counts.
class FirstReport : public Recorder {
 public:
  explicit FirstReport(bool warnings_count) : warnings_count_(warnings_count) {}
  void Begin(const RunHeader&) override {}
  void Add(const ExchangeRecord& exchange) override {
    const bool counts = exchange.verdict == ExchangeVerdict::kViolation ||
                        (warnings_count_ && exchange.verdict == ExchangeVerdict::kWarning);
    if (!counts || requests > 0) return;
    requests = exchange.id;
    suite = exchange.suite;
  }
  void Add(const Finding&) override {}
  void End(const RunTrailer&) override {}

  std::uint64_t requests = 0;
  std::string suite;

 private:
  bool warnings_count_;
};

// One server that is tried.
struct Trial {
  std::string name;
  const Fault* fault = nullptr;  // nullptr: a reading
  Reading reading;
  bool over_http = false;
};

// Runs trials, with what all of them share.
class Trials {
 public:
  Trials(const Dataset& dataset, const SelftestOptions& options)
      : dataset_(dataset), discover_(options.discover) {
    suite_.seed = options.seed;
    suite_.signs = true;
  }

  Done Prepare(const std::vector<TestSource>& more) {
    more_ = more;
    return MakeTests(dataset_, tests_);
  }

  TrialResult Run(const Trial& trial) {
    std::vector<const Fault*> faults;
    if (trial.fault) faults.push_back(trial.fault);
    if (!trial.over_http) {
      // A target of its own: what comes after so many requests is diagnosed by their number.
      ModelTarget first(dataset_, trial.reading, faults);
      if (const auto obstacle = Obstacle(first)) return Begin(trial, *obstacle);
      ModelTarget target(dataset_, trial.reading, std::move(faults));
      return RunOn(target, trial);
    }
    // Signed, if forged signatures are worth something.
    const bool sign = !trial.fault || trial.fault->stage == Stage::kAuthenticate;
    const Credentials key{.key_id = "testid", .secret = "testsecret"};
    const auto server = Server::Start(dataset_, trial.reading, "127.0.0.1", 0, {.threads = 2},
                                      {.authenticate = sign, .keys = {key}}, std::move(faults));
    if (!server) return Begin(trial, server.error().Text());
    HttpTargetOptions http;
    if (sign) {
      http.sign = MakeSigner(key, {.scheme = SignsHeaders(trial) ? SignatureScheme::kHeaders
                                                                 : SignatureScheme::kParameters});
    }
    const auto target = HttpTarget::Open((*server)->Url(), http);
    if (!target) return Begin(trial, target.error().Text());
    if (const auto obstacle = Obstacle(**target)) return Begin(trial, *obstacle);
    return RunOn(**target, trial);
  }

 private:
  static TrialResult Begin(const Trial& trial, std::string alarm = "") {
    return {.name = trial.name,
            .situations = trial.fault && trial.reading.situations > 0 ? trial.reading.name : "",
            .over_http = trial.over_http,
            .alarm = std::move(alarm)};
  }

  // What a target was found to hold, and the tests for it.
  struct Found {
    Dataset dataset;
    std::vector<SuiteTest> tests;
  };

  // Why a run would end before it begins.
  std::optional<std::string> Obstacle(Target& target) const {
    const auto obstacle = FindObstacle(target, dataset_, "built in", "JSON");
    return obstacle ? std::optional(obstacle->Text()) : std::nullopt;
  }

  Done MakeTests(const Dataset& dataset, std::vector<SuiteTest>& out) const {
    // The tests do not depend on the session that they are made in.
    ModelTarget target(dataset, {});
    Judge judge(dataset);
    FirstReport recorder(false);
    Session session(target, judge, recorder);
    SuiteNotes notes;
    const SuiteContext context(session, dataset, suite_, notes);
    Result<std::vector<SuiteTest>> tests = AllTests(context, more_);
    if (!tests) return tests.error();
    out = std::move(*tests);
    return Ok();
  }

  // Most targets turn out to hold the same, so the tests are made once for all of them.
  Result<Found*> FindOut(Target& target) {
    Result<Inventory> inventory = ReadInventory(target, HomeRegion(dataset_));
    if (!inventory) return inventory.error();
    std::string key = DatasetText(inventory->dataset);
    for (const Snapshot& snapshot : inventory->dataset.snapshots) {
      key += std::to_string(snapshot.unknown) + ' ';
    }
    std::unique_ptr<Found>& found = found_[key];
    if (!found) {
      found = std::make_unique<Found>();
      found->dataset = std::move(inventory->dataset);
      const Done done = MakeTests(found->dataset, found->tests);
      if (!done) return done.error();
    }
    return found.get();
  }

  TrialResult RunOn(Target& target, const Trial& trial) {
    if (!discover_) return Try(target, trial, dataset_, tests_);
    const Result<Found*> found = FindOut(target);
    if (!found) return TryForm(target, trial, found.error());
    return Try(target, trial, (*found)->dataset, (*found)->tests);
  }

  // No state could be read, for this reason.
  TrialResult TryForm(Target& target, const Trial& trial, const Error& why) const {
    Dataset none;
    none.discovered = true;
    Judge judge(none);
    FirstReport recorder(false);
    Session session(target, judge, recorder, {.diagnose = false, .knows_state = false});
    AskForLists(session, HomeRegion(dataset_), "JSON");
    TrialResult out = Begin(trial, why.Text());
    TakeFindings(session, false, out);
    recorder.suite = "discovery";
    TakeCounts(session, recorder, out);
    return out;
  }

  TrialResult Try(Target& target, const Trial& trial, const Dataset& dataset,
                  const std::vector<SuiteTest>& tests) const {
    const auto begun = std::chrono::steady_clock::now();
    const bool warnings = trial.fault && OnlyWarns(*trial.fault);
    FirstReport recorder(warnings);
    Judge judge(dataset, {}, {.accepts_json = trial.over_http && SignsHeaders(trial)});
    const bool whole = IsRunWhole(trial);
    Session session(target, judge, recorder,
                    {.keep_bodies = false, .diagnose = whole && !discover_});
    SuiteNotes notes;
    SuiteContext context(session, dataset, SuiteFor(trial), notes);
    TrialResult out = Begin(trial);
    out.whole = whole;
    SuiteReads reads(context);
    RunTests(tests, {}, [&](std::size_t i) {
      reads.BeginTest(tests[i].suite);
      RunOne(context, tests[i], recorder, out);
      return (whole || recorder.requests == 0) && !session.lost() && !session.spent();
    });
    if (whole || recorder.requests == 0) reads.BeginTest("");
    TakeFindings(session, warnings, out);
    if (session.lost()) out.alarm = "lost: " + session.lost()->Text();
    TakeCounts(session, recorder, out);
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return out;
  }

  // Over HTTP, by situation, or with the state withheld, it is enough to have seen the fault.
  bool IsRunWhole(const Trial& trial) const {
    return !trial.fault ||
           (!discover_ && trial.reading.situations == 0 && (!trial.over_http || trial.fault->wire));
  }

  static bool SignsHeaders(const Trial& trial) {
    return trial.fault && (IsOfHeaders(trial.fault->blind) || trial.fault->in_parameters);
  }

  SuiteOptions SuiteFor(const Trial& trial) const {
    SuiteOptions out = suite_;
    out.signs_headers = !trial.over_http || SignsHeaders(trial);
    out.signs_both = out.signs_headers;
    out.signs = !trial.over_http || !trial.fault || trial.fault->stage == Stage::kAuthenticate;
    return out;
  }

  static void RunOne(SuiteContext& context, const SuiteTest& test, FirstReport& recorder,
                     TrialResult& out) {
    const TestOutcome outcome = RunTest(context, test);
    const auto rule = FindRule(test.FullName());
    if (rule && !outcome.failures.empty()) out.rules.emplace(Id(*rule), "its test failed");
    if (recorder.requests > 0 || context.session.violations() == 0) return;
    recorder.requests = context.session.exchanges();
    recorder.suite = test.suite;
  }

  // Of the trial's level: warnings count if the fault gives no more.
  static void TakeFindings(Session& session, bool warnings_count, TrialResult& out) {
    for (const Finding& finding : session.Findings()) {
      out.rules[finding.rule] = NameOf(finding.kind);
      if (finding.kind != FindingKind::kViolation && !warnings_count) continue;
      out.seen = true;
      out.findings.push_back(finding.id);
      out.diagnoses.push_back(finding.diagnosis);
      if (!out.alarm.empty()) continue;
      out.alarm =
          fmt::format("{}: expected {}, got {}", finding.rule, finding.expected, finding.actual);
    }
  }

  static void TakeCounts(const Session& session, const FirstReport& recorder, TrialResult& out) {
    out.suite = recorder.suite;
    out.requests = recorder.requests;
    out.exchanges = session.exchanges();
  }

  const Dataset& dataset_;
  SuiteOptions suite_;
  const bool discover_;
  std::vector<TestSource> more_;
  std::vector<SuiteTest> tests_;
  std::map<std::string, std::unique_ptr<Found>> found_;  // by what is in it
};

// A reading whose options depend on the situation. Its name is one that `assay serve` takes.
Reading BySituation(const SelftestOptions& options, int number) {
  const std::uint64_t seed = options.seed * 100'000 + static_cast<std::uint64_t>(number) + 1;
  return LoadReading(fmt::format("situations_{}", seed)).value();
}

void AddFaultTrials(const SelftestOptions& options, std::vector<Trial>& out) {
  for (const Fault& fault : Faults()) {
    if (fnmatch(options.faults.c_str(), fault.id.c_str(), 0) != 0) continue;
    if (!fault.wire) out.push_back({fault.id, &fault, {}, false});
    if (options.http || fault.wire) out.push_back({fault.id, &fault, {}, true});
    for (int i = 0; i < options.faults_by_situation; ++i) {
      out.push_back({fault.id, &fault, BySituation(options, i), fault.wire});
    }
  }
}

void AddReadingsBySituation(const SelftestOptions& options, std::vector<Trial>& out) {
  for (int i = 0; i < options.situations; ++i) {
    const Reading reading = BySituation(options, i);
    out.push_back({reading.name, nullptr, reading, false});
  }
}

// Each option alone, then all of them in turn, then at random.
void AddReadingTrials(const SelftestOptions& options, std::vector<Trial>& out) {
  const auto& questions = Catalogue::Get().questions();
  std::size_t most = 0;
  for (const QuestionInfo& question : questions) {
    most = std::max(most, question.options.size());
    for (std::size_t i = 1; i < question.options.size(); ++i) {
      const std::string name = fmt::format("{}={}", Id(question.id), Id(question.options[i].id));
      out.push_back({name, nullptr, {name, {{question.id, question.options[i].id}}}, false});
    }
  }
  const auto whole = [&](const std::string& name, const std::function<std::size_t()>& pick) {
    Reading reading{name, {}};
    for (const QuestionInfo& question : questions) {
      reading.pins.emplace_back(question.id, question.options[pick() % question.options.size()].id);
    }
    out.push_back({name, nullptr, reading, false});
  };
  for (std::size_t i = 0; i < most; ++i) {
    whole(fmt::format("all_options_{}", i + 1), [i] { return i; });
    if (options.http) {
      out.push_back(out.back());
      out.back().over_http = true;
    }
  }
  for (int i = 0; i < options.random_readings; ++i) {
    std::mt19937_64 random(options.seed * 1000 + static_cast<std::uint64_t>(i));
    whole(fmt::format("random_{}", i + 1), [&] { return static_cast<std::size_t>(random()); });
  }
}

void TakeSample(const SelftestOptions& options, std::vector<Trial>& trials) {
  const auto every = static_cast<std::size_t>(options.sample);
  std::vector<Trial> out;
  for (std::size_t i = options.seed % every; i < trials.size(); i += every) {
    out.push_back(std::move(trials[i]));
  }
  trials = std::move(out);
}

// A number that processes share.
using Shared = std::atomic<std::size_t>;
struct Unmap {
  void operator()(Shared* number) const { munmap(number, sizeof *number); }
};
std::unique_ptr<Shared, Unmap> MakeShared() {
  void* at =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return std::unique_ptr<Shared, Unmap>(at == MAP_FAILED ? nullptr : new (at) Shared(0));
}

// A process that runs one trial after the other as long as there are any, and writes a line of
// JSON for each.
struct Worker {
  pid_t pid = -1;
  int pipe = -1;
};

// What went wrong in a trial, in a line, as soon as it is known; "" if nothing did.
std::string BadNews(const Trial& trial, const TrialResult& result) {
  if (trial.fault ? result.seen : result.alarm.empty()) return "";
  const std::string by = result.situations.empty() ? "" : fmt::format(" by {}", result.situations);
  return fmt::format("selftest: {}{}{}: {}\n", result.name, by,
                     result.over_http ? " over HTTP" : "",
                     result.alarm.empty() ? "not seen" : result.alarm);
}

Result<Worker> StartWorker(Trials& trials, const std::vector<Trial>& all, Shared& next,
                           std::ostream* progress) {
  int ends[2];
  if (pipe(ends) != 0) return Error{"selftest", "no pipe can be had"};
  const pid_t pid = fork();
  if (pid < 0) return Error{"selftest", "no process can be started"};
  if (pid > 0) {
    close(ends[1]);
    return Worker{pid, ends[0]};
  }
  close(ends[0]);
  for (std::size_t i = next++; i < all.size(); i = next++) {
    const TrialResult result = trials.Run(all[i]);
    if (progress) *progress << BadNews(all[i], result) << std::flush;
    Json json = ToJson(result);
    json["place"] = i;
    const std::string line = json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
    for (std::size_t at = 0; at < line.size();) {
      const ssize_t written = write(ends[1], line.data() + at, line.size() - at);
      if (written <= 0) _exit(1);
      at += static_cast<std::size_t>(written);
    }
  }
  _exit(0);
}

// All that the process writes until it ends; an Error if it does not end well.
Result<std::string> Collect(const Worker& worker) {
  std::string text;
  char buffer[65536];
  ssize_t count = 0;
  while ((count = read(worker.pipe, buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  close(worker.pipe);
  int status = 0;
  waitpid(worker.pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  return Error{"selftest",
               fmt::format("a process broke off after: {}",
                           text.substr(text.size() - std::min<std::size_t>(text.size(), 200)))};
}

// Tells how many trials were begun, while this lives.
class TrialProgress {
 public:
  TrialProgress(std::ostream* out, const Shared& next, std::size_t all) {
    if (out == nullptr) return;
    thread_ = std::thread([this, out, &next, all] {
      const auto begun = std::chrono::steady_clock::now();
      std::unique_lock lock(mutex_);
      while (!ended_.wait_for(lock, std::chrono::seconds(10), [this] { return over_; })) {
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        *out << fmt::format("selftest: {} of {} trials begun, {:.0f} s\n",
                            std::min<std::size_t>(next.load(), all), all, seconds)
             << std::flush;
      }
    });
  }
  ~TrialProgress() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_all();
    thread_.join();
  }
  TrialProgress(const TrialProgress&) = delete;
  TrialProgress& operator=(const TrialProgress&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

// The trials' results, in their order.
Result<std::vector<TrialResult>> RunAll(Trials& trials, const std::vector<Trial>& all,
                                        std::size_t jobs, std::ostream* progress) {
  const auto next = MakeShared();
  if (!next) return Error{"selftest", "no memory can be shared"};
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < jobs; ++i) {
    const Result<Worker> worker = StartWorker(trials, all, *next, progress);
    if (!worker) return worker.error();
    workers.push_back(*worker);
  }
  const TrialProgress telling(progress, *next, all.size());
  std::vector<std::thread> readers;
  std::vector<Result<std::string>> texts(jobs, Result<std::string>(std::string()));
  for (std::size_t i = 0; i < jobs; ++i) {
    readers.emplace_back([&, i] { texts[i] = Collect(workers[i]); });
  }
  for (std::thread& reader : readers) reader.join();
  std::vector<TrialResult> out(all.size());
  for (const Result<std::string>& text : texts) {
    if (!text) return text.error();
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      const Json json = Json::parse(line);
      out[json["place"].get<std::size_t>()] = TrialOfJson(json);
    }
  }
  return out;
}

}  // namespace

Result<Detection> DetectAll(const SelftestOptions& options, const std::vector<TestSource>& more,
                            std::ostream* progress) {
  const auto begun = std::chrono::steady_clock::now();
  const Dataset dataset = BuiltInDataset();
  Trials trials(dataset, options);
  if (const Done done = trials.Prepare(more); !done) return done.error();
  std::vector<Trial> all;
  AddFaultTrials(options, all);
  if (all.empty()) {
    return Error{
        "--faults",
        fmt::format("`{}` matches no fault; `assay selftest --list` names them", options.faults)};
  }
  AddReadingsBySituation(options, all);
  if (options.random_readings > 0) AddReadingTrials(options, all);
  TakeSample(options, all);
  // One more than there are processors: a trial of a slow server waits most of the time.
  const std::size_t jobs = options.jobs > 0 ? static_cast<std::size_t>(options.jobs)
                                            : 1 + std::thread::hardware_concurrency();
  Result<std::vector<TrialResult>> results = RunAll(trials, all, jobs, progress);
  if (!results) return results.error();
  Detection out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    (all[i].fault ? out.faults : out.readings).push_back(std::move((*results)[i]));
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return out;
}

}  // namespace assay
