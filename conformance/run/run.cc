#include "conformance/run/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>

#include "conformance/cases/open_questions.h"
#include "conformance/cases/reads.h"
#include "conformance/cases/suite.h"
#include "conformance/run/resumed_run.h"
#include "conformance/run/run_plan.h"
#include "conformance/run/test_loop.h"
#include "reference/judge/judge.h"
#include "reference/session/parameter_effects.h"
#include "reference/session/preflight.h"
#include "reference/watch/watched_target.h"
#include "reports/journal/folder_lock.h"
#include "reports/journal/journal.h"
#include "reports/journal/merge.h"
#include "reports/render/render.h"
#include "reports/render/terminal.h"
#include "reports/text/text.h"
#include "spec/text/count.h"
#include "spec/text/time.h"

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
    ++statuses_[exchange.status];
    progress_.CountRequest();
  }
  void Add(const Finding& finding) override { journal_.Add(finding); }
  void AddSighting(const Finding& finding) override {
    journal_.AddSighting(finding);
    if (finding.occurrences == 1) progress_.CountFailure();
  }
  void End(const RunTrailer& trailer) override { journal_.End(trailer); }

  const ParameterEffects& effects() const { return effects_; }
  // "every request was answered 501", if nearly all were answered by one status that is no list;
  // otherwise "".
  std::string MostAnswers() const {
    std::uint64_t all = 0;
    for (const auto& [status, count] : statuses_) all += count;
    for (const auto& [status, count] : statuses_) {
      if (status == 200 || count * 10 < all * 9) continue;
      const std::string how = status == 0 ? "not answered" : fmt::format("answered {}", status);
      return count == all
                 ? fmt::format("every request was {}", how)
                 : fmt::format("{} of {} {} {}", Thousands(count), CountText(all, "request"),
                               count == 1 ? "was" : "were", how);
    }
    return "";
  }

  Progress& progress() { return progress_; }

 private:
  Recorder& journal_;
  Progress& progress_;
  ParameterEffects effects_;
  std::map<int, std::uint64_t> statuses_;
};

std::string Now() { return FormatTime(static_cast<std::int64_t>(std::time(nullptr))); }

// How a run ends, and why.
struct Conclusion {
  ExitCode code = ExitCode::kConforms;
  std::string reason;
  bool violated = false;  // though that does not fail the run
};

std::size_t CountOf(const std::vector<Finding>& findings, FindingKind kind) {
  return static_cast<std::size_t>(std::ranges::count(findings, kind, &Finding::kind));
}

// One run from the first request to the exit code.
class ConformanceRun {
 public:
  ConformanceRun(const RunOptions& options, const RunPlan& plan,
                 const std::vector<TestSource>& more, Target& target, Discovery discovery,
                 RecordedAnswers& recorded, Journal& journal, std::ostream& errors)
      : options_(options),
        plan_(plan),
        more_(more),
        target_(target),
        discovery_(std::move(discovery)),
        watched_(target, *plan.dataset, {.format = plan.suite.FreeFormat()}),
        progress_(errors, plan.progress, DescribeTerminal(STDERR_FILENO)),
        recorder_(journal, progress_),
        judge_(*plan.dataset, plan.reading, {.accepts_json = options.connection.accepts_json()}),
        resumed_(watched_, recorded),
        session_(resumed_, judge_, recorder_,
                 {.timeout = std::chrono::milliseconds(
                      static_cast<std::int64_t>(options.timeout_s * 1000)),
                  .most_requests = Budget(),
                  .most_retries = options.max_retries,
                  .diagnose = !discovery_.obstacle,
                  .knows_state = !discovery_.obstacle,
                  .tolerance = plan.tolerance,
                  .stop = options.connection.stop,
                  .watched = options.target.empty() || discovery_.obstacle ? nullptr : &watched_}) {
  }

  // Header, exchanges, findings and trailer are in the journal afterwards.
  Result<ExitCode> Execute() {
    SuiteContext context(session_, *plan_.dataset, plan_.suite, notes_);
    const Result<std::vector<SuiteTest>> tests = AllTests(context, more_);
    if (!tests) return Error{"--strength", tests.error().what};
    recorder_.Begin(Header());
    const auto begun = std::chrono::steady_clock::now();
    if (const auto obstacle = Obstacle()) {
      End({ExitCode::kCouldNotJudge, obstacle->Text()});
      if (discovery_.listable) JudgeForm();
    } else {
      if (LooksBefore()) watched_.Begin();
      if (plan_.suite.signs && plan_.suite.signs_headers && !plan_.suite.few_requests) {
        context.options.signs_both =
            TakesParameterSignature(target_, context.values.region(), context.format());
      }
      RunAll(context, *tests);
      findings_ = session_.Findings();
      progress_.End();
      const std::vector<std::string> stale = ApplyKnownFindings();
      TallyRules();
      End(Conclude(stale));
    }
    trailer_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return Finish();
  }

  const std::vector<Finding>& findings() const { return findings_; }
  const RunTrailer& trailer() const { return trailer_; }
  // Whether all was asked for and came to its end, so that what was not found is not there.
  bool IsComplete() const {
    return plan_.selection.IsWhole() && !session_.spent() && !session_.lost() &&
           trailer_.verdict != RunVerdict::kInconclusive;
  }

 private:
  std::optional<Error> Obstacle() {
    if (options_.discover) return discovery_.obstacle;
    if (options_.force) {
      return FindObstacle(target_, plan_.suite.region, plan_.suite.FreeFormat());
    }
    return FindObstacle(target_, *plan_.dataset, plan_.dataset_name, plan_.suite.FreeFormat());
  }

  // The state could not be read; perhaps the answers say why.
  void JudgeForm() {
    AskForLists(session_, plan_.suite.region, plan_.suite.FreeFormat());
    findings_ = session_.Findings();
    TallyRules();
    if (CountOf(findings_, FindingKind::kViolation) == 0) return;
    End({ExitCode::kViolations, fmt::format("without a state only the form of lists was judged: {}",
                                            discovery_.obstacle->Text())});
  }

  // What is left of --max-requests, after those that read the state, or check that the target is
  // there; 0 for no bound.
  std::uint64_t Budget() const {
    if (options_.max_requests == 0) return 0;
    const std::uint64_t before = (options_.discover ? discovery_.requests : 1) +
                                 (LooksBefore() ? watched_.RequestsPerListing() : 0);
    return std::max(options_.max_requests, before + 1) - before;
  }

  // Whether the state is read before anything is judged: if requests are few, that would be most of
  // them. Then it is read only when something seems wrong.
  bool LooksBefore() const {
    if (options_.target.empty() || discovery_.obstacle) return false;
    return options_.max_requests == 0 ||
           10 * watched_.RequestsPerListing() <= options_.max_requests;
  }

  void RunAll(SuiteContext& context, const std::vector<SuiteTest>& tests) {
    const std::size_t selected = RunTests(tests, plan_.selection, [](std::size_t) { return true; });
    std::size_t done = 0;
    SuiteReads reads(context);
    const bool looks = !plan_.suite.few_requests && plan_.selection.only.empty();
    const auto ended = [&] { return session_.spent() || session_.lost(); };
    ran_ = RunTests(tests, plan_.selection, [&](std::size_t i) {
      // What is left out is not done.
      if (!ended()) progress_.Begin(tests[i].suite, done, selected);
      if (looks) reads.BeginTest(tests[i].suite);
      const TestOutcome outcome = RunTest(context, tests[i]);
      skipped_ += outcome.skip && outcome.failures.empty() ? 1 : 0;
      done += ended() ? 0 : 1;
      return true;
    });
    if (looks) reads.BeginTest("");
    progress_.Begin(session_.stopped() ? "stopping" : "naming causes", done, selected);
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
    add("--target", options_.target);
    add("--dataset", options_.dataset);
    std::ranges::move(DescribeConnection(options_.connection, options_.target),
                      std::back_inserter(header.options));
    add("--reading", options_.reading);
    if (options_.connection.signs()) add("--signature", options_.connection.signature);
    add("--only", fmt::format("{}", fmt::join(options_.only, ":")));
    add("--skip", fmt::format("{}", fmt::join(options_.skip, ":")));
    add("--known", options_.known);
    add("--label", options_.label);
    if (plan_.keep != Keep::kEvidence) add("--keep", options_.keep);
    if (options_.strict) header.options.emplace_back("--strict", "");
    if (options_.fail_on != "violation") add("--fail-on", options_.fail_on);
    if (options_.max_violations > 0) {
      add("--max-violations", std::to_string(options_.max_violations));
    }
    if (options_.discover) header.options.emplace_back("--discover", "");
    if (options_.max_requests > 0) add("--max-requests", std::to_string(options_.max_requests));
    const Shard& shard = plan_.selection.shard;
    if (shard.count > 1 || !options_.shard.empty()) {
      add("--shard", fmt::format("{}/{}", shard.index, shard.count));
    }
    return header;
  }

  std::vector<std::string> ApplyKnownFindings() {
    const bool complete = plan_.selection.IsWhole() && !session_.lost() && !session_.spent();
    return ApplyKnown(plan_.known, complete, Now().substr(0, 10), findings_);
  }

  // The first that applies.
  Conclusion Conclude(const std::vector<std::string>& stale) const {
    if (const std::string why = WhyNothingCanBeSaid(); !why.empty()) {
      return {ExitCode::kCouldNotJudge, why};
    }
    const bool gated = options_.fail_on != "none";
    if (!stale.empty() && gated && options_.fail_on != "new") {
      return {ExitCode::kViolations,
              fmt::format("{} is out of date: {}", options_.known, fmt::join(stale, "; "))};
    }
    const std::size_t violations = CountOf(findings_, FindingKind::kViolation);
    if (gated && violations > options_.max_violations) {
      std::vector<std::string> more = MissingParts(plan_.known, Now().substr(0, 10), findings_);
      // If nearly all answers are one, that is why the rest was left out.
      if (const std::string most = recorder_.MostAnswers(); !most.empty()) {
        more.push_back(most);
      } else if (session_.cut_short()) {
        more.push_back("the rest was left out: " + session_.WhySpent());
      }
      return {ExitCode::kViolations, fmt::format("{}", fmt::join(more, "; "))};
    }
    if (session_.cut_short()) {
      return {ExitCode::kCouldNotJudge,
              fmt::format("{}; what was judged until then is right", session_.WhySpent())};
    }
    const bool warned = options_.strict || options_.fail_on == "warning";
    if (gated && warned && CountOf(findings_, FindingKind::kWarning) > 0) {
      return {ExitCode::kViolations, "warnings fail this run, too"};
    }
    if (violations > 0) {
      const std::string why =
          gated ? fmt::format("at most {} are allowed", options_.max_violations) : "--fail-on none";
      return {ExitCode::kConforms, "they do not fail the run: " + why, true};
    }
    return ConcludeWithoutViolation();
  }

  std::string WhyNothingCanBeSaid() const {
    if (session_.lost()) {
      return fmt::format("the target was lost during the run: {}", session_.lost()->Text());
    }
    if (ran_ == 0) {
      return options_.only.empty() && options_.skip.empty() ? "this shard holds no test"
                                                            : "--only and --skip select no test";
    }
    if (session_.stopped() && judge_.judged() == 0) return session_.WhySpent();
    const bool judged = judge_.judged() > 0 || CountOf(findings_, FindingKind::kViolation) > 0;
    return judged ? "" : WhyNothingWasJudged();
  }

  Conclusion ConcludeWithoutViolation() const {
    if (const std::size_t open = CountOf(findings_, FindingKind::kInconclusive); open > 0) {
      const std::string findings = CountText(open, "finding");
      if (!watched_.moves()) {
        return {ExitCode::kCouldNotJudge,
                fmt::format("{} could not be confirmed: the list changed once, and no request "
                            "changes it again; run again when nobody else uses the account",
                            findings)};
      }
      return {ExitCode::kCouldNotJudge,
              fmt::format("the target's state kept changing ({}): {} could not be "
                          "confirmed; run again when nobody "
                          "else uses the account, or with --only for their rules",
                          watched_.changes().Text(), findings)};
    }
    // What a known violation hides is not missing.
    if (!unexercised_.empty() && CountOf(findings_, FindingKind::kKnown) == 0) {
      return {ExitCode::kCouldNotJudge,
              fmt::format("must rules that no answer showed: {}", fmt::join(unexercised_, ", "))};
    }
    if (!watched_.moves()) return {};
    return {ExitCode::kConforms, fmt::format("the target's state changed during the run ({}), so "
                                             "only answers given while it was quiet were judged",
                                             watched_.changes().Text())};
  }

  std::string WhyNothingWasJudged() const {
    const std::string nothing = "no answer could be judged";
    if (skipped_ < ran_) return nothing;
    for (const RuleInfo& rule : Catalogue::Get().rules()) {
      if (notes_.reasons(rule.id).empty()) continue;
      return fmt::format("nothing could be sent: {}: {}", Id(rule.id),
                         notes_.reasons(rule.id).front().why);
    }
    return nothing;
  }

  void End(Conclusion conclusion) {
    trailer_.exit_code = static_cast<int>(conclusion.code);
    trailer_.verdict = conclusion.violated ? RunVerdict::kViolations : VerdictOf(conclusion.code);
    trailer_.reason = std::move(conclusion.reason);
  }

  // The judge's tallies with what the suites checked beside it.
  void TallyRules() {
    trailer_.rules = judge_.Tallies();
    const std::vector<RuleInfo>& rules = Catalogue::Get().rules();
    for (std::size_t i = 0; i < rules.size(); ++i) {
      AddToTally(rules[i].id, trailer_.rules[i]);
      if (trailer_.rules[i].exercised == 0) NoteNotExercised(rules[i].id, trailer_.rules[i]);
    }
    for (const auto& [suite, tests] : notes_.left_out()) {
      trailer_.not_exercised.push_back(fmt::format(
          "{} of {}: left out, {}", CountText(tests, "test"), suite, session_.WhySpent()));
    }
  }

  void AddToTally(Rule rule, RuleTally& tally) const {
    tally.exercised = std::max(tally.exercised, notes_.checked(rule));
    tally.violations += notes_.violated(rule);
    for (const Finding& finding : findings_) {
      if (finding.rule != tally.id || tally.violations > 0) continue;
      tally.violations = finding.occurrences;  // of answers that the judge never saw
      tally.exercised = std::max(tally.exercised, tally.violations);
    }
  }

  // Whether a full run must show the rule. A live account need not contain the data for it.
  bool IsWanted(Rule rule) const {
    const bool may_lack = options_.discover || session_.spent();
    return plan_.selection.only.empty() && plan_.selection.skip.empty() && !may_lack &&
           !notes_.IsLeftOut(rule) && rule != "request.reading.pinned"_rule;
  }

  void NoteNotExercised(Rule rule, const RuleTally& tally) {
    std::string why = WhyNotExercised(rule);
    if (IsWanted(rule) && !plan_.selection.IsWhole()) {
      why = std::string(kNotInShard) + (notes_.reasons(rule).empty() ? "" : ": " + why);
    }
    trailer_.not_exercised.push_back(fmt::format("{}: {}", tally.id, why));
    if (IsWanted(rule) && plan_.selection.IsWhole() && tally.level == Level::kMust) {
      unexercised_.push_back(tally.id);
    }
  }

  std::string WhyNotExercised(Rule rule) const {
    if (!notes_.reasons(rule).empty()) return notes_.ReasonsText(rule);
    if (rule == "request.reading.pinned"_rule) return "no reading was given with --reading";
    const std::string most = recorder_.MostAnswers();
    if (session_.spent() && most.empty()) {
      return fmt::format("left out, {}", session_.WhySpent());
    }
    if (!plan_.selection.IsWhole()) return "not among the tests of this run";
    return most.empty() ? "no answer showed it" : most;
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
    trailer_.exchanges = session_.exchanges();
    trailer_.judged = judge_.judged();
    trailer_.throttled = session_.throttled();
    trailer_.reading = Learned();
    trailer_.unforeseen = judge_.Unforeseen();
    trailer_.parameters = recorder_.effects().Tallies();
    for (const Finding& finding : findings_) recorder_.Add(finding);
    recorder_.End(trailer_);
    return code;
  }

  const RunOptions& options_;
  const RunPlan& plan_;
  const std::vector<TestSource>& more_;
  Target& target_;
  const Discovery discovery_;
  WatchedTarget watched_;
  Progress progress_;
  WatchedRecorder recorder_;
  Judge judge_;
  SuiteNotes notes_;
  ResumedTarget resumed_;
  Session session_;
  std::vector<Finding> findings_;
  std::vector<std::string> unexercised_;  // must rules, in a full run
  RunTrailer trailer_;
  std::size_t ran_ = 0;      // tests
  std::size_t skipped_ = 0;  // of them
};

// The entries that the file has already stay, with their reasons, if their findings are seen again,
// or could not be: the run did not ask for all, or showed nothing of their rules.
Done WriteKnown(const std::string& file, const ConformanceRun& run) {
  std::vector<KnownFinding> earlier;
  if (std::error_code error; std::filesystem::exists(file, error)) {
    Result<std::vector<KnownFinding>> read = LoadKnown(file);
    if (!read) return read.error();
    earlier = std::move(*read);
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << KnownText(run.findings(), earlier, [&](const KnownFinding& entry) {
    const auto shows = [&](const RuleTally& tally) {
      return tally.id == entry.rule && tally.exercised > 0;
    };
    return !run.IsComplete() || std::ranges::none_of(run.trailer().rules, shows);
  });
  out.close();
  if (!out) return Error{file, "the known findings cannot be written here (--write-known)"};
  return Ok();
}

// The verdict, where the record cannot be written or read and so no report be made of it.
void TellVerdict(const RunTrailer& trailer, ExitCode code, const std::vector<Finding>& findings,
                 std::ostream& output) {
  for (const Finding& finding : findings) {
    if (finding.kind != FindingKind::kViolation) continue;
    output << TerminalText(fmt::format("VIOLATION {}: expected {}, actual {}", finding.id,
                                       finding.expected, finding.actual))
           << "\n";
  }
  output << TerminalText(fmt::format(
                "Verdict: {} ({}, {}), exit code {}{}{}", NameOf(trailer.verdict),
                CountText(trailer.exchanges, "exchange"),
                CountText(CountOf(findings, FindingKind::kViolation), "violation"),
                static_cast<int>(code), trailer.reason.empty() ? "" : ": ", trailer.reason))
         << std::endl;
}

Result<ExitCode> Run(const RunOptions& given, const std::vector<TestSource>& more,
                     std::ostream& output, std::ostream& errors) {
  const Result<RunOptions> resolved = given.resume.empty() ? given : ResumedOptions(given);
  if (!resolved) return resolved.error();
  StopSign stop;
  const RunOptions options = WithStop(*resolved, stop);
  Result<RunPlan> plan = MakeRunPlan(options);
  if (!plan) return plan.error();
  const Result<RunTarget> target = OpenTarget(options, *plan);
  if (!target) return target.error();
  Result<FolderLock> lock = FolderLock::Take(options.out);
  if (!lock) return lock.error();
  const bool resume = !options.resume.empty();
  Result<std::unique_ptr<Journal>> journal =
      Journal::Open(options.out, {.keep = plan->keep, .resume = resume});
  if (!journal) return journal.error();
  Result<RecordedAnswers> recorded =
      resume ? RecordedAnswers::Read((*journal)->path()) : RecordedAnswers();
  if (!recorded) return recorded.error();
  Discovery discovery;
  if (options.discover) discovery = Discover(options, *target->target, *plan);
  ConformanceRun run(options, *plan, more, *target->target, std::move(discovery), *recorded,
                     **journal, errors);
  const Result<ExitCode> code = run.Execute();
  if (!code) return code;
  const Done written_whole = (*journal)->status();
  if (!written_whole) {
    TellVerdict(run.trailer(), IfReportsAreMissing(*code), run.findings(), output);
    errors << "assay run: " << TerminalText(written_whole.error().Text())
           << "; these reports are missing: " << RemoveReports(options.out) << "\n";
    return IfReportsAreMissing(*code);
  }
  if (!options.write_known.empty()) {
    const Done written = WriteKnown(options.write_known, run);
    if (!written) return written.error();
  }
  journal->reset();
  const Done done =
      ReportRun(options.out, DescribeTerminal(STDOUT_FILENO), options.verbose, output);
  return done ? *code : TellMissing("assay run", done.error(), *code, errors);
}

}  // namespace

ExitCode RunSuites(const RunOptions& options, const std::vector<TestSource>& more,
                   std::ostream& output, std::ostream& errors) {
  const Result<ExitCode> code = Run(options, more, output, errors);
  if (code) return *code;
  errors << "assay run: " << TerminalText(code.error().Text()) << "\n";
  return code.error().exit;
}

}  // namespace assay
