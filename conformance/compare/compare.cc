#include "conformance/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <future>
#include <map>
#include <optional>
#include <ostream>
#include <thread>

#include "conformance/cases/suite.h"
#include "conformance/compare/answer_difference.h"
#include "conformance/compare/comparison.h"
#include "conformance/compare/difference_causes.h"
#include "conformance/compare/side_log.h"
#include "conformance/run/run_plan.h"
#include "conformance/run/test_loop.h"
#include "reference/session/preflight.h"
#include "reference/watch/watched_target.h"
#include "reference/wire/endpoint.h"
#include "reports/render/repro.h"
#include "reports/text/text.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr int kReductions = 24;  // requests to each side, to make a difference small
constexpr std::size_t kMostDifferences = 50'000;

// One target with everything that judges it.
struct Side {
  Side(const std::string& the_name, Target& the_target, const RunPlan& plan,
       const RunOptions& options)
      : name(the_name),
        target(the_target),
        watched(the_target, *plan.dataset, {.format = plan.suite.FreeFormat()}),
        judge(*plan.dataset, plan.reading, {.accepts_json = options.connection.accepts_json()}),
        session(watched, judge, log,
                {.timeout =
                     std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_s * 1000)),
                 .most_requests = options.max_requests,
                 .most_retries = options.max_retries,
                 .tolerance = plan.tolerance,
                 .stop = options.connection.stop,
                 .watched = &watched}),
        context(session, *plan.dataset, plan.suite, notes) {}

  void Run(std::size_t test) { (void)RunTest(context, tests[test]); }
  // The exchange of the answer that came last.
  Exchange Read(const Request& request, const Response& response) {
    return reader.Read(0, request, response, watched.state_of_last());
  }

  std::string name;
  Target& target;
  WatchedTarget watched;
  Judge judge;
  SideLog log;
  Session session;
  SuiteNotes notes;
  SuiteContext context;
  std::vector<SuiteTest> tests;
  ExchangeReader reader;
};

// A difference between two right answers, before its reason is known.
struct OpenDifference {
  Request request;
  std::shared_ptr<const TokenIssuer> token;
  AnswerDifference found;
  std::string suite, test;
  std::array<std::uint64_t, 2> exchanges{};  // of A and B
  std::array<std::uint64_t, 2> digests{};    // of their answers
};

bool IsRight(const SideExchange& exchange) {
  return exchange.verdict == ExchangeVerdict::kConforms ||
         exchange.verdict == ExchangeVerdict::kNotJudged;
}

bool IsViolation(const SideFinding& entry) { return entry.finding.kind == FindingKind::kViolation; }

// Sends the same to both sides, and keeps the differences.
class TwoSides {
 public:
  TwoSides(const CompareOptions& options, const RunPlan& plan, Target& a, Target& b)
      : connection_(options.run.connection),
        a_("A", a, plan, options.run),
        b_("B", b, plan, options.run) {}

  Done Prepare(const std::vector<TestSource>& more) {
    for (Side* side : {&a_, &b_}) {
      Result<std::vector<SuiteTest>> all = AllTests(side->context, more);
      if (!all) return Error{"--strength", all.error().what};
      side->tests = std::move(*all);
    }
    return Ok();
  }

  // False if the selection holds no test.
  bool Run(const TestSelection& selection) {
    for (Side* side : {&a_, &b_}) side->watched.Begin();
    const std::size_t ran = RunTests(a_.tests, selection, [&](std::size_t i) {
      RunOnBoth(i);
      return !a_.session.lost() && !b_.session.lost() && !a_.session.spent() && !b_.session.spent();
    });
    return ran > 0;
  }

  // The side whose state changed, if any.
  const Side* Moved() const {
    return a_.watched.moves() ? &a_ : b_.watched.moves() ? &b_ : nullptr;
  }
  const Side* lost() const { return a_.session.lost() ? &a_ : b_.session.lost() ? &b_ : nullptr; }
  Side& a() { return a_; }
  Side& b() { return b_; }

  void Fill(Comparison& out) {
    out.same = same_;
    out.different = different_;
    out.alone = alone_;
    Side* sides[] = {&a_, &b_};
    for (std::size_t i = 0; i < 2; ++i) {
      out.sides[i] = {.target = sides[i]->target.Name(),
                      .options = DescribeConnection(connection_, sides[i]->target.Name()),
                      .exchanges = sides[i]->session.exchanges(),
                      .judged = sides[i]->judge.judged(),
                      .reading = sides[i]->judge.Learned()};
    }
    AddFindings(out);
    if (!Moved()) AddGroups(out);
    AddReadings(out);
  }

 private:
  // Both at the same time if the test can be.
  void RunOnBoth(std::size_t i) {
    if (a_.tests[i].alone) {
      a_.Run(i);
      b_.Run(i);
    } else {
      std::thread other([&] { b_.Run(i); });
      a_.Run(i);
      other.join();
    }
    for (ExchangePair& pair : PairUp(a_.log.Take(), b_.log.Take(), &alone_)) Keep(pair);
  }

  void Keep(ExchangePair& pair) {
    if (pair.same()) {
      ++same_;
      return;
    }
    ++different_;
    // If the states differ, the answers may differ for that reason alone.
    if (Moved()) return;
    // What a rule says is a finding of that side already.
    if (!IsRight(pair.a) || !IsRight(pair.b) || differences_.size() >= kMostDifferences) return;
    auto found = DifferenceBetween(a_.Read(pair.a.request, pair.a.response),
                                   b_.Read(pair.b.request, pair.b.response));
    differences_.push_back({std::move(pair.a.request),
                            std::move(pair.a.token),
                            std::move(found).value_or(
                                AnswerDifference{"the form of the answer", "one form", "another"}),
                            std::move(pair.a.suite),
                            std::move(pair.a.test),
                            {pair.a.id, pair.b.id},
                            {pair.a.digest, pair.b.digest}});
  }

  void AddFindings(Comparison& out) {
    std::map<std::string, SideFinding> by_id;
    for (Side* side : {&a_, &b_}) {
      for (Finding& finding : side->session.Findings()) {
        wrongs_[side == &a_ ? 0 : 1].Add(finding);
        const std::string id = finding.id;
        const auto [at, is_new] =
            by_id.try_emplace(id, SideFinding{side->name, std::move(finding)});
        if (!is_new) at->second.side = "both";
      }
    }
    for (auto& [id, finding] : by_id) out.findings.push_back(std::move(finding));
    std::ranges::stable_sort(out.findings, {},
                             [](const SideFinding& entry) { return !IsViolation(entry); });
  }

  void AddReadings(Comparison& out) const {
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      const OptionSet mine = a_.judge.readings().Attainable(question.id);
      const OptionSet theirs = b_.judge.readings().Attainable(question.id);
      if ((mine & theirs).empty()) out.answered_differently.push_back(question.id);
    }
  }

  // One side is wrong there, though no rule could say so of that answer alone.
  bool IsOfAFinding(DifferenceCauses& causes, const OpenDifference& difference) const {
    for (std::size_t i = 0; i < 2; ++i) {
      if (wrongs_[i].IsEvidence(difference.exchanges[i])) return true;
    }
    return causes.IsOfAFinding(difference.request, difference.token.get(), difference.digests);
  }

  void AddGroups(Comparison& out) {
    DifferenceCauses causes(a_.judge, b_.judge, wrongs_);
    std::map<std::string, DifferenceGroup> groups;
    for (const OpenDifference& difference : differences_) {
      if (IsOfAFinding(causes, difference)) continue;
      const std::vector<Question> questions = causes.Of(difference.request, difference.token.get());
      DifferenceGroup& group = groups[KeyOf(questions, difference.found.field)];
      ++group.occurrences;
      const bool smaller = IsSmaller(difference, group);
      if (group.occurrences > 1 && !smaller) continue;
      group.questions = questions;
      group.field = difference.found.field;
      group.request = difference.request;
      group.says = {difference.found.first, difference.found.second};
      group.suite = difference.suite;
      group.test = difference.test;
      group.needs_token = difference.token != nullptr;
    }
    for (auto& [key, group] : groups) {
      const bool goes_on = !lost() && !a_.session.stopped() && !b_.session.stopped();
      if (goes_on && !group.needs_token) Reduce(causes, group);
      out.groups.push_back(std::move(group));
    }
  }

  static std::string KeyOf(const std::vector<Question>& questions, const std::string& field) {
    std::string key;
    for (const Question question : questions) key += std::string(Id(question)) + " ";
    return key.empty() ? "left open: " + field : key;
  }

  // One that needs no token of an earlier answer first, then the one with fewer parameters.
  static bool IsSmaller(const OpenDifference& difference, const DifferenceGroup& group) {
    const bool needs_token = difference.token != nullptr;
    if (needs_token != group.needs_token) return group.needs_token;
    return difference.request.parameters.size() < group.request.parameters.size();
  }

  // What both answer to the request now, if both are right and differ for the group's reason.
  std::optional<AnswerDifference> Differs(DifferenceCauses& causes, const DifferenceGroup& group,
                                          const Request& request) {
    auto pending = std::async(std::launch::async, [&] { return Send(b_.target, request); });
    const Result<Response> mine = Send(a_.target, request);
    const Result<Response> theirs = pending.get();
    if (!mine || !theirs) return std::nullopt;
    const Exchange a = a_.Read(request, *mine), b = b_.Read(request, *theirs);
    if (a_.judge.Peek(a).HasViolation() || b_.judge.Peek(b).HasViolation()) {
      return std::nullopt;
    }
    const auto found = DifferenceBetween(a, b);
    if (!found || causes.IsOfAFinding(request, nullptr, {})) return std::nullopt;
    const std::vector<Question> questions = causes.Of(request, nullptr);
    const bool same = KeyOf(questions, found->field) == KeyOf(group.questions, group.field);
    return same ? found : std::nullopt;
  }

  // Removes parameters while the two still differ for the same reason.
  void Reduce(DifferenceCauses& causes, DifferenceGroup& group) {
    int left = kReductions;
    const auto take = [&](const Request& request) {
      const auto found = left-- > 0 ? Differs(causes, group, request) : std::nullopt;
      if (!found) return false;
      group.request = request;
      group.field = found->field;
      group.says = {found->first, found->second};
      return true;
    };
    group.again = take(group.request);
    for (bool smaller = group.again; smaller && left > 0;) {
      smaller = false;
      for (std::size_t i = group.request.parameters.size(); i-- > 0;) {
        if (group.request.parameters[i].name == "Action") continue;
        Request candidate = group.request;
        candidate.parameters.erase(candidate.parameters.begin() + static_cast<std::ptrdiff_t>(i));
        smaller |= take(candidate);
      }
    }
  }

  const ConnectionOptions& connection_;
  Side a_, b_;
  std::vector<OpenDifference> differences_;
  BothWrongs wrongs_;
  std::uint64_t same_ = 0, different_ = 0, alone_ = 0;
};

// How the comparison ends, and why.
struct Ending {
  ExitCode code = ExitCode::kConforms;
  std::string reason;
};

// Why the sides cannot be compared, or "".
std::string WhyNotCompared(const TwoSides& sides, bool selected, const Comparison& comparison) {
  if (const Side* lost = sides.lost()) {
    return fmt::format("{} was lost during the comparison: {}", lost->name,
                       lost->session.lost()->Text());
  }
  if (!selected) return "--only and --skip select no test";
  for (const ComparedSide& side : comparison.sides) {
    if (side.judged == 0) return "no answer of " + side.target + " could be judged";
  }
  return "";
}

// The first that applies.
Ending EndingOf(TwoSides& sides, bool selected, const Comparison& comparison) {
  std::string why_not = WhyNotCompared(sides, selected, comparison);
  if (!why_not.empty()) return {ExitCode::kCouldNotJudge, std::move(why_not)};
  const bool broken = std::ranges::any_of(comparison.findings, IsViolation);
  if (broken) return {ExitCode::kViolations, ""};
  for (const auto* side : {&sides.a(), &sides.b()}) {
    if (!side->session.cut_short()) continue;
    return {ExitCode::kCouldNotJudge, fmt::format("{}: {}", side->name, side->session.WhySpent())};
  }
  const Side* moved = sides.Moved();
  if (!moved) return {};
  return {ExitCode::kCouldNotJudge,
          fmt::format("the state of {} changed during the comparison ({}), so that answers may "
                      "differ for that reason alone; compare when nobody else uses it",
                      moved->name, moved->watched.changes().Text())};
}

void Conclude(Ending ending, Comparison& out) {
  out.exit_code = static_cast<int>(ending.code);
  out.verdict = VerdictOf(ending.code);
  out.reason = std::move(ending.reason);
}

std::optional<Error> ObstacleOf(const RunPlan& plan, Target& a, Target& b) {
  const std::string format = plan.suite.FreeFormat();
  for (auto [name, target] : {std::pair("A", &a), std::pair("B", &b)}) {
    if (auto obstacle = FindObstacle(*target, *plan.dataset, plan.dataset_name, format)) {
      obstacle->where = fmt::format("{} ({})", name, obstacle->where);
      return obstacle;
    }
  }
  return std::nullopt;
}

Done CheckUrls(const CompareOptions& options) {
  const Result<Endpoint> a = ParseEndpoint(options.run.target);
  if (!a) return Error{"--target", a.error().Text()};
  const Result<Endpoint> b = ParseEndpoint(options.against);
  if (!b) return Error{"--against", b.error().Text()};
  if (options.run.target == options.against || a->Url() == b->Url()) {
    return Error{"--against",
                 "is the same endpoint as --target; name two, or use `assay run` to "
                 "judge one"};
  }
  return Ok();
}

Result<RunTarget> Open(const CompareOptions& options, RunPlan& plan, const std::string& url,
                       const char* flag) {
  RunOptions own = options.run;
  own.target = url;
  Result<RunTarget> target = OpenTarget(own, plan);
  if (!target && target.error().where == "--target") {
    return Error{flag, target.error().what, target.error().exit};
  }
  return target;
}

Result<ExitCode> Compare(const CompareOptions& given, const std::vector<TestSource>& more,
                         std::ostream& output) {
  StopSign stop;
  CompareOptions options = given;
  options.run = WithStop(given.run, stop);
  if (const Done done = CheckUrls(options); !done) return done.error();
  Result<RunPlan> plan = MakeRunPlan(options.run);
  if (!plan) return plan.error();
  const Result<RunTarget> a = Open(options, *plan, options.run.target, "--target");
  if (!a) return a.error();
  const Result<RunTarget> b = Open(options, *plan, options.against, "--against");
  if (!b) return b.error();
  const std::string file = options.run.out + "/compare.json";
  std::error_code failed;
  std::filesystem::create_directories(options.run.out, failed);
  if (failed) {
    return Error{options.run.out, "the folder cannot be made: " + failed.message() + " (--out)"};
  }
  if (auto obstacle = ObstacleOf(*plan, *a->target, *b->target)) return *obstacle;
  const auto begun = std::chrono::steady_clock::now();
  Comparison comparison{.dataset = plan->dataset_name,
                        .started = FormatTime(static_cast<std::int64_t>(std::time(nullptr))),
                        .seed = options.run.seed};
  TwoSides sides(options, *plan, *a->target, *b->target);
  if (const Done done = sides.Prepare(more); !done) return done.error();
  const bool selected = sides.Run(plan->selection);
  sides.Fill(comparison);
  Conclude(EndingOf(sides, selected, comparison), comparison);
  comparison.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (const Done done = WriteWholeFile(file, ComparisonJson(comparison)); !done)
    return done.error();
  output << ComparisonSummary(comparison, file, options.run.verbose) << std::flush;
  return static_cast<ExitCode>(comparison.exit_code);
}

}  // namespace

ExitCode CompareTargets(const CompareOptions& options, const std::vector<TestSource>& more,
                        std::ostream& output, std::ostream& errors) {
  const Result<ExitCode> code = Compare(options, more, output);
  if (code) return *code;
  errors << "assay compare: " << TerminalText(code.error().Text()) << "\n";
  return code.error().exit;
}

}  // namespace assay
