#include "conformance/run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <ostream>

#include "conformance/open_questions.h"
#include "conformance/parameter_effects.h"
#include "conformance/preflight.h"
#include "conformance/run_plan.h"
#include "conformance/suite.h"
#include "reference/describe_snapshots/judge.h"
#include "reference/steady_target.h"
#include "reports/journal.h"
#include "reports/render.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace assay {
namespace {

// Passes everything on to the journal, and tells the progress of each exchange.
class WatchedRecorder : public Recorder {
 public:
  WatchedRecorder(Recorder& journal, Progress& progress) : journal_(journal), progress_(progress) {}

  void Begin(const RunHeader& header) override { journal_.Begin(header); }
  void Add(const ExchangeRecord& exchange) override {
    journal_.Add(exchange);
    effects_.Add(exchange);
    findings_ += exchange.verdict == "violation" ? 1 : 0;
    progress_.Update(++done_, findings_);
  }
  void Add(const Finding& finding) override { journal_.Add(finding); }
  void End(const RunTrailer& trailer) override { journal_.End(trailer); }

  const ParameterEffects& effects() const { return effects_; }

  void BeginSuite(std::string_view name) {
    done_ = 0;
    progress_.Begin(name, 0);
  }

 private:
  Recorder& journal_;
  Progress& progress_;
  ParameterEffects effects_;
  std::uint64_t done_ = 0;
  std::uint64_t findings_ = 0;
};

// What GoogleTest says of suites, in place of its own printer.
class ProgressListener : public testing::EmptyTestEventListener {
 public:
  explicit ProgressListener(WatchedRecorder& recorder) : recorder_(recorder) {}
  void OnTestSuiteStart(const testing::TestSuite& suite) override {
    recorder_.BeginSuite(suite.name());
  }

 private:
  WatchedRecorder& recorder_;
};

std::string Now() { return FormatTime(static_cast<std::int64_t>(std::time(nullptr))); }

// Prepares GoogleTest, and names the suites of the program itself, as the end of a filter that
// leaves them out. Those with parameters are known only once GoogleTest is initialized.
std::string InitializeGoogleTest() {
  int argc = 1;
  char name[] = "assay";
  char* argv[] = {name, nullptr};
  testing::InitGoogleTest(&argc, argv);
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  std::string out;
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    out += fmt::format(":{}.*", all.GetTestSuite(i)->name());
  }
  return out;
}

// Runs the selected tests; the number of them that this shard ran.
int RunGoogleTest(const RunPlan& plan, const std::string& others, testing::TestEventListener* own) {
  if (plan.shard) {
    setenv("GTEST_TOTAL_SHARDS", std::to_string(plan.shard->count).c_str(), 1);
    setenv("GTEST_SHARD_INDEX", std::to_string(plan.shard->index - 1).c_str(), 1);
  }
  std::string filter = plan.filter;
  if (!others.empty()) {
    filter += (filter.find('-') == std::string::npos ? "-" : ":") + others.substr(1);
  }
  GTEST_FLAG_SET(filter, filter);
  GTEST_FLAG_SET(repeat, 1);
  GTEST_FLAG_SET(shuffle, false);
  testing::UnitTest& all = *testing::UnitTest::GetInstance();
  delete all.listeners().Release(all.listeners().default_result_printer());
  all.listeners().Append(own);
  // The findings decide how the run ends: some failures are known, some warnings count.
  [[maybe_unused]] const int failed = RUN_ALL_TESTS();
  delete all.listeners().Release(own);
  return all.test_to_run_count();
}

// One run from the first request to the exit code.
class ConformanceRun {
 public:
  ConformanceRun(const RunOptions& options, const RunPlan& plan,
                 const std::vector<TargetTests>& more, Target& target, Discovery discovery,
                 Journal& journal, std::ostream& errors)
      : options_(options),
        plan_(plan),
        more_(more),
        target_(target),
        discovery_(std::move(discovery)),
        steady_(target, *plan.dataset,
                {.format = plan.suite.format == SuiteFormat::kXml ? "XML" : "JSON"}),
        progress_(errors, plan.progress, DescribeTerminal(STDERR_FILENO)),
        recorder_(journal, progress_),
        judge_(*plan.dataset, plan.reading, {.accepts_json = options.connection.accepts_json()}),
        session_(steady_, judge_, recorder_,
                 {.timeout = std::chrono::milliseconds(
                      static_cast<std::int64_t>(options.timeout_s * 1000)),
                  .most_requests = Budget(),
                  .diagnose = !discovery_.obstacle,
                  .knows_state = !discovery_.obstacle,
                  .steady = options.target.empty() || discovery_.obstacle ? nullptr : &steady_}) {}

  // Header, exchanges, findings and trailer are in the journal afterwards.
  Result<ExitCode> Execute() {
    const std::string others = InitializeGoogleTest();
    if (const Done done = Register(); !done) return done.error();
    recorder_.Begin(Header());
    const auto begun = std::chrono::steady_clock::now();
    if (const auto obstacle = Obstacle()) {
      End(ExitCode::kCouldNotJudge, obstacle->Text());
      if (discovery_.listable) JudgeForm();
    } else {
      if (LooksBefore()) steady_.Begin();
      tests_ = RunGoogleTest(plan_, others, new ProgressListener(recorder_));
      findings_ = session_.Findings();
      progress_.End();
      Conclude();
    }
    trailer_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return Finish();
  }

  const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::optional<Error> Obstacle() {
    if (options_.discover) return discovery_.obstacle;
    return FindObstacle(target_, *plan_.dataset, plan_.dataset_name, Format());
  }

  // The state could not be read; perhaps the answers say why.
  void JudgeForm() {
    AskForLists(session_, plan_.suite.region, Format());
    findings_ = session_.Findings();
    TallyRules();
    if (std::ranges::count(findings_, "violation", &Finding::kind) == 0) return;
    End(ExitCode::kViolations, fmt::format("without a state only the form of lists was judged: {}",
                                           discovery_.obstacle->Text()));
  }

  std::string Format() const { return plan_.suite.format == SuiteFormat::kXml ? "XML" : "JSON"; }

  // What is left of --max-requests, after those that read the state, or look whether the target is
  // there; 0 for no bound.
  std::uint64_t Budget() const {
    if (options_.max_requests == 0) return 0;
    const std::uint64_t before =
        (options_.discover ? discovery_.requests : 1) + (LooksBefore() ? steady_.CostOfALook() : 0);
    return std::max(options_.max_requests, before + 1) - before;
  }

  // Whether the state is looked at before anything is judged: where requests are few, that would
  // be most of them. Then it is looked at where something seems wrong.
  bool LooksBefore() const {
    if (options_.target.empty() || discovery_.obstacle) return false;
    return options_.max_requests == 0 || 10 * steady_.CostOfALook() <= options_.max_requests;
  }

  Done Register() {
    const auto context =
        std::make_shared<SuiteContext>(session_, *plan_.dataset, plan_.suite, notes_);
    Result<std::vector<SuiteTest>> tests = AllTests(*context, more_);
    if (!tests) return Error{"--strength", tests.error().what};
    RegisterTests(context, std::move(*tests));
    return Ok();
  }

  RunHeader Header() const {
    RunHeader header{.assay = ASSAY_VERSION,
                     .spec_hash = SpecHash(),
                     .target = target_.Name(),
                     .dataset = plan_.dataset_name,
                     .seed = options_.seed,
                     .started = Now(),
                     .options = {{"--strength", std::to_string(options_.strength)},
                                 {"--format", options_.format},
                                 {"--region", plan_.suite.region}}};
    const auto add = [&](const char* flag, const std::string& value) {
      if (!value.empty()) header.options.emplace_back(flag, value);
    };
    add("--reading", options_.reading);
    if (options_.connection.signs()) add("--signature", options_.connection.signature);
    add("--only", fmt::format("{}", fmt::join(options_.only, ":")));
    add("--skip", fmt::format("{}", fmt::join(options_.skip, ":")));
    add("--known", options_.known);
    if (options_.strict) header.options.emplace_back("--strict", "");
    if (options_.discover) header.options.emplace_back("--discover", "");
    if (options_.max_requests > 0) add("--max-requests", std::to_string(options_.max_requests));
    if (plan_.shard) add("--shard", fmt::format("{}/{}", plan_.shard->index, plan_.shard->count));
    return header;
  }

  // Decides what the run says; the first that holds.
  void Conclude() {
    const std::vector<std::string> stale =
        ApplyKnown(plan_.known, plan_.full && !session_.lost() && !session_.spent(),
                   Now().substr(0, 10), findings_);
    TallyRules();
    const auto count = [&](const char* kind) {
      return std::ranges::count(findings_, kind, &Finding::kind);
    };
    if (session_.lost()) {
      return End(ExitCode::kCouldNotJudge,
                 fmt::format("the target was lost during the run: {}", session_.lost()->Text()));
    }
    if (tests_ == 0) {
      return End(ExitCode::kCouldNotJudge, options_.only.empty() && options_.skip.empty()
                                               ? "this shard holds no test"
                                               : "--only and --skip select no test");
    }
    if (judge_.judged() == 0 && count("violation") == 0) {
      return End(ExitCode::kCouldNotJudge, WhyNothingWasJudged());
    }
    if (!stale.empty()) {
      return End(ExitCode::kViolations,
                 fmt::format("{} is out of date: {}", options_.known, fmt::join(stale, "; ")));
    }
    if (count("violation") > 0) {
      const bool whole = !session_.spent() || options_.max_requests > 0;
      return End(ExitCode::kViolations,
                 whole ? "" : "the rest was left out: " + session_.WhySpent());
    }
    if (options_.strict && count("warning") > 0) {
      return End(ExitCode::kViolations, "warnings count under --strict");
    }
    if (count("inconclusive") > 0) {
      return End(
          ExitCode::kCouldNotJudge,
          fmt::format("the target's state moved during the run ({}), and at no quiet moment "
                      "it could be seen whether {} findings are right; run again when nobody "
                      "else uses the account, or with --only for their rules",
                      steady_.motion().Text(), count("inconclusive")));
    }
    if (!unexercised_.empty()) {
      return End(ExitCode::kCouldNotJudge,
                 fmt::format("must rules never exercised: {}", fmt::join(unexercised_, ", ")));
    }
    End(ExitCode::kConforms,
        steady_.moves()
            ? fmt::format("the target's state moved meanwhile ({}), so that the answers "
                          "of quiet moments were judged",
                          steady_.motion().Text())
            : "");
  }

  std::string WhyNothingWasJudged() const {
    const std::string nothing = "no answer could be judged";
    if (testing::UnitTest::GetInstance()->skipped_test_count() < tests_) return nothing;
    for (const RuleInfo& rule : Catalogue::Get().rules()) {
      const std::vector<std::string>& reasons = notes_.reasons(rule.id);
      if (reasons.empty()) continue;
      return fmt::format("nothing could be sent: {}: {}", Id(rule.id), reasons.front());
    }
    return nothing;
  }

  void End(ExitCode code, std::string reason) {
    trailer_.exit_code = static_cast<int>(code);
    trailer_.reason = std::move(reason);
  }

  // The judge's tallies with what the suites checked beside it.
  void TallyRules() {
    trailer_.rules = judge_.Tallies();
    const std::vector<RuleInfo>& rules = Catalogue::Get().rules();
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const Rule rule = rules[i].id;
      RuleTally& tally = trailer_.rules[i];
      tally.exercised = std::max(tally.exercised, notes_.checked(rule));
      tally.violations += notes_.violated(rule);
      for (const Finding& finding : findings_) {
        if (finding.rule != tally.id || tally.violations > 0) continue;
        tally.violations = finding.occurrences;  // of answers that the judge never saw
        tally.exercised = std::max(tally.exercised, tally.violations);
      }
      if (tally.exercised > 0) continue;
      trailer_.not_exercised.push_back(fmt::format("{}: {}", tally.id, WhyNotExercised(rule)));
      // What an account lacks that nobody filled for the purpose is nobody's fault.
      const bool may_lack = options_.discover || session_.spent();
      if (plan_.full && !may_lack && tally.level == "must" && !IsLeftOut(rule)) {
        unexercised_.push_back(tally.id);
      }
    }
    for (const auto& [suite, tests] : notes_.left_out()) {
      trailer_.not_exercised.push_back(fmt::format(
          "{} of {}: left out, {}", tests == 1 ? "1 test" : fmt::format("{} tests", tests), suite,
          session_.WhySpent()));
    }
  }

  std::string WhyNotExercised(Rule rule) const {
    const std::vector<std::string>& reasons = notes_.reasons(rule);
    if (!reasons.empty()) return fmt::format("{}", fmt::join(reasons, "; "));
    if (session_.spent()) return fmt::format("left out, {}", session_.WhySpent());
    return plan_.full ? "no answer came to it" : "not among the tests of this run";
  }

  // By an option, not for want of a fitting state.
  bool IsLeftOut(Rule rule) const {
    const auto& reasons = notes_.reasons(rule);
    return !reasons.empty() && std::ranges::all_of(reasons, [](const std::string& reason) {
      return reason.find("left out") != std::string::npos;
    });
  }

  std::vector<LearnedAnswer> Learned() {
    const SuiteContext context(session_, *plan_.dataset, plan_.suite, notes_);
    std::vector<LearnedAnswer> out = judge_.Learned();
    for (LearnedAnswer& answer : out) {
      if (answer.settled || answer.asked > 0) continue;
      answer.why_open = WhyNeverAsked(*FindQuestion(answer.question), context);
    }
    return out;
  }

  Result<ExitCode> Finish() {
    const auto code = static_cast<ExitCode>(trailer_.exit_code);
    trailer_.verdict = code == ExitCode::kConforms     ? "conforms"
                       : code == ExitCode::kViolations ? "violations"
                                                       : "inconclusive";
    trailer_.exchanges = session_.exchanges();
    trailer_.judged = judge_.judged();
    trailer_.throttled = session_.throttled();
    trailer_.reading = Learned();
    trailer_.parameters = recorder_.effects().Tallies();
    for (const Finding& finding : findings_) recorder_.Add(finding);
    recorder_.End(trailer_);
    return code;
  }

  const RunOptions& options_;
  const RunPlan& plan_;
  const std::vector<TargetTests>& more_;
  Target& target_;
  const Discovery discovery_;
  SteadyTarget steady_;
  Progress progress_;
  WatchedRecorder recorder_;
  Judge judge_;
  SuiteNotes notes_;
  Session session_;
  std::vector<Finding> findings_;
  std::vector<std::string> unexercised_;  // must rules, in a full run
  RunTrailer trailer_;
  int tests_ = 0;
};

// Reports from the journal that was just written, and the summary.
Done WriteSummary(const RunOptions& options, std::ostream& output) {
  const Result<RecordedRun> run = LoadRun(options.out);
  if (!run) return run.error();
  if (const Done done = RenderReports(*run, options.out, AllReportFormats()); !done) return done;
  output << TerminalSummary(*run, options.out, DescribeTerminal(STDOUT_FILENO)) << std::flush;
  return Ok();
}

Done WriteKnown(const std::string& file, const std::vector<Finding>& findings) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << KnownText(findings);
  out.close();
  if (!out) return Error{file, "the known findings cannot be written here (--write-known)"};
  return Ok();
}

Result<ExitCode> Run(const RunOptions& options, const std::vector<TargetTests>& more,
                     std::ostream& output, std::ostream& errors) {
  Result<RunPlan> plan = MakeRunPlan(options);
  if (!plan) return plan.error();
  const Result<RunTarget> target = OpenTarget(options, *plan);
  if (!target) return target.error();
  Result<std::unique_ptr<Journal>> journal = Journal::Open(options.out);
  if (!journal) return journal.error();
  Discovery discovery;
  if (options.discover) discovery = Discover(options, *target->target, *plan);
  ConformanceRun run(options, *plan, more, *target->target, std::move(discovery), **journal,
                     errors);
  const Result<ExitCode> code = run.Execute();
  if (!code) return code;
  if (const Done done = (*journal)->status(); !done) return done.error();
  if (!options.write_known.empty()) {
    const Done written = WriteKnown(options.write_known, run.findings());
    if (!written) return written.error();
  }
  journal->reset();
  if (const Done done = WriteSummary(options, output); !done) return done.error();
  return code;
}

}  // namespace

ExitCode RunSuites(const RunOptions& options, const std::vector<TargetTests>& more,
                   std::ostream& output, std::ostream& errors) {
  const Result<ExitCode> code = Run(options, more, output, errors);
  if (code) return *code;
  errors << "assay run: " << TerminalText(code.error().Text()) << "\n";
  return code.error().exit;
}

}  // namespace assay
