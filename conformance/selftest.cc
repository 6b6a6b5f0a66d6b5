#include "conformance/selftest.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "conformance/preflight.h"
#include "conformance/suite.h"
#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/describe_snapshots/hidden_values.h"
#include "reference/describe_snapshots/inventory.h"
#include "reference/describe_snapshots/service.h"
#include "reference/http_client.h"
#include "reference/request_signer.h"
#include "reference/server.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// What is asked of the findings.
constexpr std::size_t kMostFindings = 3;  // of one fault
constexpr std::size_t kNamedFirst = 90;   // percent of the faults
constexpr std::size_t kNamedAmongThree = 97;

// Keeps the first report of the level that counts.
class FirstReport : public Recorder {
 public:
  explicit FirstReport(bool warnings_count) : warnings_count_(warnings_count) {}
  void Begin(const RunHeader&) override {}
  void Add(const ExchangeRecord& exchange) override {
    const bool counts =
        exchange.verdict == "violation" || (warnings_count_ && exchange.verdict == "warning");
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

  Done Prepare(const std::vector<TargetTests>& more) {
    more_ = more;
    return MakeTests(dataset_, tests_);
  }

  Sight Run(const Trial& trial) {
    std::vector<const Fault*> faults;
    if (trial.fault) faults.push_back(trial.fault);
    if (!trial.over_http) {
      // A target of its own: what comes after so many requests is diagnosed by their number.
      ModelTarget first(dataset_, trial.reading, faults);
      if (const auto obstacle = Obstacle(first)) return {.name = trial.name, .alarm = *obstacle};
      ModelTarget target(dataset_, trial.reading, std::move(faults));
      return RunOn(target, trial);
    }
    // Signed, where forged signatures are worth something.
    const bool sign = !trial.fault || trial.fault->stage == Stage::kAuthenticate;
    const Credentials key{.key_id = "testid", .secret = "testsecret"};
    const auto server = Server::Start(dataset_, trial.reading, "127.0.0.1", 0, {.threads = 2},
                                      {.authenticate = sign, .keys = {key}}, std::move(faults));
    if (!server) return {.name = trial.name, .alarm = server.error().Text()};
    HttpTargetOptions http;
    if (sign) http.sign = MakeSigner(key, {.scheme = SignatureScheme::kParameters});
    const auto target = HttpTarget::Open((*server)->Url(), http);
    if (!target) return {.name = trial.name, .alarm = target.error().Text()};
    if (const auto obstacle = Obstacle(**target)) {
      return {.name = trial.name, .over_http = true, .alarm = *obstacle};
    }
    return RunOn(**target, trial);
  }

 private:
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
    found->dataset.hidden = std::make_shared<HiddenValues>();  // nothing learned of this target
    return found.get();
  }

  Sight RunOn(Target& target, const Trial& trial) {
    if (!discover_) return Try(target, trial, dataset_, tests_);
    const Result<Found*> found = FindOut(target);
    if (!found) return TryForm(target, trial, found.error());
    return Try(target, trial, (*found)->dataset, (*found)->tests);
  }

  // No state could be read, for this reason.
  Sight TryForm(Target& target, const Trial& trial, const Error& why) const {
    Dataset none;
    none.discovered = true;
    Judge judge(none);
    FirstReport recorder(false);
    Session session(target, judge, recorder, {.diagnose = false, .knows_state = false});
    AskForLists(session, HomeRegion(dataset_), "JSON");
    Sight sight{.name = trial.name, .over_http = trial.over_http, .alarm = why.Text()};
    for (const Finding& finding : session.Findings()) {
      sight.rules[finding.rule] = finding.kind;
      if (finding.kind != "violation") continue;
      sight.seen = true;
      sight.findings.push_back(finding.id);
      sight.diagnoses.emplace_back();
    }
    sight.suite = "discovery";
    sight.requests = recorder.requests;
    sight.exchanges = session.exchanges();
    return sight;
  }

  Sight Try(Target& target, const Trial& trial, const Dataset& dataset,
            const std::vector<SuiteTest>& tests) const {
    const auto begun = std::chrono::steady_clock::now();
    const bool warnings = trial.fault && OnlyWarns(*trial.fault);
    FirstReport recorder(warnings);
    Judge judge(dataset);
    // Over HTTP, or with the state withheld, it is enough to have seen it.
    const bool whole = !trial.fault || (!discover_ && (!trial.over_http || trial.fault->wire));
    Session session(target, judge, recorder,
                    {.keep_bodies = false, .diagnose = whole && !discover_});
    SuiteNotes notes;
    SuiteOptions suite = suite_;
    suite.signs = !trial.over_http || !trial.fault || trial.fault->stage == Stage::kAuthenticate;
    SuiteContext context(session, dataset, suite, notes);
    Sight sight{.name = trial.name, .over_http = trial.over_http};
    for (const SuiteTest& test : tests) {
      const TestOutcome outcome = test.run(context);
      const auto rule = FindRule(test.suite + "." + test.name);
      if (rule && !outcome.failures.empty()) sight.rules.emplace(Id(*rule), "its test failed");
      if (recorder.requests == 0 && session.violations() > 0) {
        recorder.requests = session.exchanges();
        recorder.suite = test.suite;
      }
      if (!whole && recorder.requests > 0) break;
      if (session.lost() || session.spent()) break;
    }
    for (const Finding& finding : session.Findings()) {
      sight.rules[finding.rule] = finding.kind;
      if (finding.kind != "violation" && !warnings) continue;
      sight.seen = true;
      sight.findings.push_back(finding.id);
      sight.diagnoses.push_back(finding.diagnosis);
      if (sight.alarm.empty()) {
        sight.alarm =
            fmt::format("{}: expected {}, got {}", finding.rule, finding.expected, finding.actual);
      }
    }
    if (session.lost()) sight.alarm = "lost: " + session.lost()->Text();
    sight.suite = recorder.suite;
    sight.requests = recorder.requests;
    sight.exchanges = session.exchanges();
    sight.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return sight;
  }

  const Dataset& dataset_;
  SuiteOptions suite_;
  const bool discover_;
  std::vector<TargetTests> more_;
  std::vector<SuiteTest> tests_;
  std::map<std::string, std::unique_ptr<Found>> found_;  // by what is in it
};

void AddFaultTrials(const SelftestOptions& options, std::vector<Trial>& out) {
  for (const Fault& fault : Faults()) {
    if (fnmatch(options.faults.c_str(), fault.id.c_str(), 0) != 0) continue;
    if (!fault.wire) out.push_back({fault.id, &fault, {}, false});
    if (options.http || fault.wire) out.push_back({fault.id, &fault, {}, true});
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

Json ToJson(const Sight& sight) {
  return {{"name", sight.name},           {"over_http", sight.over_http},
          {"seen", sight.seen},           {"rules", sight.rules},
          {"suite", sight.suite},         {"requests", sight.requests},
          {"exchanges", sight.exchanges}, {"findings", sight.findings},
          {"diagnoses", sight.diagnoses}, {"alarm", sight.alarm},
          {"seconds", sight.seconds}};
}

Sight FromJson(const Json& json) {
  Sight out;
  out.name = json["name"];
  out.over_http = json["over_http"];
  out.seen = json["seen"];
  out.rules = json["rules"].get<std::map<std::string, std::string>>();
  out.suite = json["suite"];
  out.requests = json["requests"];
  out.exchanges = json["exchanges"];
  out.findings = json["findings"].get<std::vector<std::string>>();
  out.diagnoses = json["diagnoses"].get<std::vector<std::vector<std::string>>>();
  out.alarm = json["alarm"];
  out.seconds = json["seconds"];
  return out;
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

Result<Worker> StartWorker(Trials& trials, const std::vector<Trial>& all, Shared& next) {
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
    Json json = ToJson(trials.Run(all[i]));
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

// All that the process writes until it ends; an Error where it does not end well.
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

}  // namespace

Result<Detection> DetectAll(const SelftestOptions& options, const std::vector<TargetTests>& more) {
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
  if (options.random_readings > 0) AddReadingTrials(options, all);
  // One more than there are processors: a trial of a slow server waits most of the time.
  const std::size_t jobs = options.jobs > 0 ? static_cast<std::size_t>(options.jobs)
                                            : 1 + std::thread::hardware_concurrency();
  const auto next = MakeShared();
  if (!next) return Error{"selftest", "no memory can be shared"};
  std::vector<Worker> workers;
  for (std::size_t i = 0; i < jobs; ++i) {
    const Result<Worker> worker = StartWorker(trials, all, *next);
    if (!worker) return worker.error();
    workers.push_back(*worker);
  }
  std::vector<std::thread> readers;
  std::vector<Result<std::string>> texts(jobs, Result<std::string>(std::string()));
  for (std::size_t i = 0; i < jobs; ++i) {
    readers.emplace_back([&, i] { texts[i] = Collect(workers[i]); });
  }
  for (std::thread& reader : readers) reader.join();
  Detection out;
  std::vector<Sight> sights(all.size());
  for (const Result<std::string>& text : texts) {
    if (!text) return text.error();
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      const Json json = Json::parse(line);
      sights[json["place"].get<std::size_t>()] = FromJson(json);
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    (all[i].fault ? out.faults : out.readings).push_back(std::move(sights[i]));
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return out;
}

bool IsWhole(const Sight& fault) { return !fault.over_http || FindFault(fault.name)->wire; }

Naming CountNamed(const Detection& detection) {
  Naming out;
  for (const Sight& sight : detection.faults) {
    if (!sight.seen || !IsWhole(sight)) continue;
    ++out.trials;
    out.one_finding += sight.findings.size() == 1 ? 1 : 0;
    const auto within = [&](std::size_t most) {
      return std::ranges::any_of(sight.diagnoses, [&](const std::vector<std::string>& ids) {
        const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(most, ids.size()));
        return std::find(ids.begin(), end, sight.name) != end;
      });
    };
    out.first += within(1) ? 1 : 0;
    out.among_three += within(3) ? 1 : 0;
  }
  return out;
}

namespace {

void AddAlarms(const Detection& detection, std::vector<std::string>& out) {
  for (const Sight& sight : detection.readings) {
    if (sight.alarm.empty()) continue;
    out.push_back(fmt::format("alarm under the reading {} {}: {}", sight.name,
                              sight.over_http ? "over HTTP" : "in process", sight.alarm));
  }
}

}  // namespace

std::vector<std::string> Shortcomings(const Detection& detection, bool all_faults) {
  std::vector<std::string> out;
  std::set<std::string> noticed;
  for (const Sight& sight : detection.faults) {
    const char* how = sight.over_http ? "over HTTP" : "in process";
    for (const auto& [rule, kind] : sight.rules) noticed.insert(rule);
    if (!sight.seen) {
      out.push_back(fmt::format("fault {} is not seen {}", sight.name, how));
      continue;
    }
    const Fault& fault = *FindFault(sight.name);
    // What depends on the hazards of a network is counted, but not held to it.
    if (IsWhole(sight) && !(fault.wire && fault.history) && sight.findings.size() > kMostFindings) {
      out.push_back(
          fmt::format("fault {} gives {} findings {}", sight.name, sight.findings.size(), how));
    }
    const bool named = std::ranges::any_of(
        fault.breaks, [&](Rule rule) { return sight.rules.contains(std::string(Id(rule))); });
    // Over HTTP the first report was enough.
    if (!named && !sight.over_http) {
      out.push_back(fmt::format("fault {} is seen {}, but only by {}", sight.name, how,
                                sight.rules.begin()->first));
    }
  }
  AddAlarms(detection, out);
  const Naming named = CountNamed(detection);
  if (all_faults && 2 * named.one_finding < named.trials) {
    out.push_back(
        fmt::format("of {} faults only {} give one finding", named.trials, named.one_finding));
  }
  if (all_faults && (named.first * 100 < named.trials * kNamedFirst ||
                     named.among_three * 100 < named.trials * kNamedAmongThree)) {
    out.push_back(
        fmt::format("of {} faults {} are named first, {} among the first three: fewer than "
                    "{} % and {} %",
                    named.trials, named.first, named.among_three, kNamedFirst, kNamedAmongThree));
  }
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    if (all_faults && !noticed.contains(std::string(Id(rule.id)))) {
      out.push_back(fmt::format("rule {} notices no fault", Id(rule.id)));
    }
  }
  return out;
}

std::vector<std::string> DiscoveryShortcomings(const Detection& detection) {
  std::vector<std::string> out;
  std::size_t seen = 0;
  for (const Sight& sight : detection.faults) seen += sight.seen ? 1 : 0;
  if (10 * seen < 9 * detection.faults.size()) {
    out.push_back(fmt::format("only {} of {} faults are seen", seen, detection.faults.size()));
    for (const Sight& sight : detection.faults) {
      if (!sight.seen) out.push_back(fmt::format("fault {} is not seen", sight.name));
    }
  }
  AddAlarms(detection, out);
  return out;
}

std::string DetectionJson(const Detection& detection,
                          const std::vector<std::string>& shortcomings) {
  Json faults = Json::array(), readings = Json::array();
  for (const Sight& sight : detection.faults) faults.push_back(ToJson(sight));
  for (const Sight& sight : detection.readings) readings.push_back(ToJson(sight));
  const Json report = {{"schema", "assay-report/1"},
                       {"assay", ASSAY_VERSION},
                       {"verdict", shortcomings.empty() ? "conforms" : "violations"},
                       {"seconds", detection.seconds},
                       {"shortcomings", shortcomings},
                       {"detection", {{"faults", faults}, {"readings", readings}}}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string DetectionTable(const Detection& detection) {
  std::string out =
      "# Which rule notices which fault\n\n## Faults\n\n"
      "| fault | seen after | by | rules |\n|---|---|---|---|\n";
  std::map<std::string, std::vector<std::string>> by_rule;
  for (const Sight& sight : detection.faults) {
    std::vector<std::string> rules;
    for (const auto& [rule, kind] : sight.rules) {
      rules.push_back(rule);
      auto& faults = by_rule[rule];
      if (faults.empty() || faults.back() != sight.name) faults.push_back(sight.name);
    }
    out += fmt::format("| {}{} | {} | {} | {} |\n", sight.name, sight.over_http ? " (HTTP)" : "",
                       sight.seen ? std::to_string(sight.requests) : "not seen", sight.suite,
                       fmt::join(rules, ", "));
  }
  out += "\n## Rules\n\n| rule | notices |\n|---|---|\n";
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    const auto& faults = by_rule[std::string(Id(rule.id))];
    out += fmt::format(
        "| {} | {} |\n", Id(rule.id),
        faults.empty() ? std::string("nothing") : fmt::format("{}", fmt::join(faults, ", ")));
  }
  return out;
}

}  // namespace assay
