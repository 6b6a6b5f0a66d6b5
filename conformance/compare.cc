#include "conformance/compare.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <future>
#include <map>
#include <optional>
#include <ostream>
#include <thread>

#include "conformance/answer_difference.h"
#include "conformance/comparison.h"
#include "conformance/difference_causes.h"
#include "conformance/moving_state.h"
#include "conformance/preflight.h"
#include "conformance/run_plan.h"
#include "conformance/side_log.h"
#include "conformance/suite.h"
#include "reference/endpoint.h"
#include "reference/steady_target.h"
#include "reports/repro.h"
#include "reports/text.h"

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
        steady(the_target, *plan.dataset,
               {.format = plan.suite.format == SuiteFormat::kXml ? "XML" : "JSON"}),
        judge(*plan.dataset, plan.reading, {.accepts_json = options.connection.accepts_json()}),
        session(steady, judge, log, {.most_requests = options.max_requests, .steady = &steady}),
        context(session, *plan.dataset, plan.suite, notes) {}

  void Run(std::size_t test) { RunWhileTheStateMoves(context, tests[test].run); }

  std::string name;
  Target& target;
  SteadyTarget steady;
  Judge judge;
  SideLog log;
  Session session;
  SuiteNotes notes;
  SuiteContext context;
  std::vector<SuiteTest> tests;
};

// A difference between two right answers, before its reason is looked for.
struct OpenDifference {
  Request request;
  std::shared_ptr<const TokenIssuer> token;
  AnswerDifference found;
  std::string suite, test;
};

bool IsRight(const SideExchange& exchange) {
  return exchange.verdict == "conforms" || exchange.verdict == "not judged";
}

// `*` and `?` in the names of tests, several with colons between, as in GoogleTest's filters.
bool Matches(const std::vector<std::string>& globs, const std::string& name) {
  return std::ranges::any_of(globs, [&](const std::string& several) {
    for (std::size_t from = 0; from <= several.size();) {
      const std::size_t to = std::min(several.find(':', from), several.size());
      if (fnmatch(several.substr(from, to - from).c_str(), name.c_str(), 0) == 0) return true;
      from = to + 1;
    }
    return false;
  });
}

// Sends the same to both sides, and keeps where they differ.
class TwoSides {
 public:
  TwoSides(const CompareOptions& options, const RunPlan& plan, Target& a, Target& b)
      : options_(options), a_("A", a, plan, options.run), b_("B", b, plan, options.run) {}

  Done Prepare(const std::vector<TargetTests>& more) {
    for (Side* side : {&a_, &b_}) {
      Result<std::vector<SuiteTest>> own = ConformanceTests(side->context);
      if (!own) return Error{"--strength", own.error().what};
      own_tests_ = own->size();
      Result<std::vector<SuiteTest>> all = AllTests(side->context, more);
      if (!all) return Error{"--strength", all.error().what};
      side->tests = std::move(*all);
    }
    return Ok();
  }

  // False where the selection holds no test.
  bool Run() {
    std::size_t ran = 0;
    for (Side* side : {&a_, &b_}) side->steady.Begin();
    for (std::size_t i = 0; i < a_.tests.size(); ++i) {
      const std::string name = a_.tests[i].suite + "." + a_.tests[i].name;
      if (!options_.run.only.empty() && !Matches(options_.run.only, name)) continue;
      if (Matches(options_.run.skip, name)) continue;
      ++ran;
      RunTest(i);
      if (a_.session.lost() || b_.session.lost()) break;
      if (a_.session.spent() || b_.session.spent()) break;
    }
    return ran > 0;
  }

  // The side whose state moved, if any.
  const Side* Moved() const { return a_.steady.moves() ? &a_ : b_.steady.moves() ? &b_ : nullptr; }
  const Side* lost() const { return a_.session.lost() ? &a_ : b_.session.lost() ? &b_ : nullptr; }
  Side& a() { return a_; }
  Side& b() { return b_; }

  void Fill(Comparison& out) {
    out.same = same_;
    out.different = different_;
    out.alone = alone_;
    Side* sides[] = {&a_, &b_};
    for (std::size_t i = 0; i < 2; ++i) {
      out.sides[i] = {sides[i]->target.Name(), sides[i]->session.exchanges(),
                      sides[i]->judge.judged(), sides[i]->judge.Learned()};
    }
    AddFindings(out);
    if (!Moved()) AddGroups(out);
    AddReadings(out);
  }

 private:
  // Both at the same time, but for the tests of other folders: what they draw from is not made for
  // several threads.
  void RunTest(std::size_t i) {
    if (i < own_tests_) {
      std::thread other([&] { b_.Run(i); });
      a_.Run(i);
      other.join();
    } else {
      a_.Run(i);
      b_.Run(i);
    }
    for (ExchangePair& pair : PairUp(a_.log.Take(), b_.log.Take(), &alone_)) Keep(pair);
  }

  void Keep(ExchangePair& pair) {
    if (pair.same()) {
      ++same_;
      return;
    }
    ++different_;
    // Of two states the answers may differ for that reason alone.
    if (Moved()) return;
    // What a rule says is a finding of that side already.
    if (!IsRight(pair.a) || !IsRight(pair.b) || differences_.size() >= kMostDifferences) return;
    auto found = comparer_.Compare(pair.a.response, pair.b.response);
    differences_.push_back({std::move(pair.a.request), std::move(pair.a.token),
                            std::move(found).value_or(
                                AnswerDifference{"the form of the answer", "one form", "another"}),
                            std::move(pair.a.suite), std::move(pair.a.test)});
  }

  void AddFindings(Comparison& out) {
    std::map<std::string, SideFinding> by_id;
    for (Side* side : {&a_, &b_}) {
      for (Finding& finding : side->session.Findings()) {
        const std::string id = finding.id;
        const auto [at, is_new] =
            by_id.try_emplace(id, SideFinding{side->name, std::move(finding)});
        if (!is_new) at->second.side = "both";
      }
    }
    for (auto& [id, finding] : by_id) out.findings.push_back(std::move(finding));
    std::ranges::stable_sort(out.findings, {}, [](const SideFinding& entry) {
      return entry.finding.kind == "violation" ? 0 : 1;
    });
  }

  void AddReadings(Comparison& out) const {
    for (const QuestionInfo& question : Catalogue::Get().questions()) {
      const OptionSet mine = a_.judge.readings().Attainable(question.id);
      const OptionSet theirs = b_.judge.readings().Attainable(question.id);
      if ((mine & theirs) == 0) out.answered_differently.push_back(question.id);
    }
  }

  void AddGroups(Comparison& out) {
    DifferenceCauses causes(a_.judge, b_.judge);
    std::map<std::string, DifferenceGroup> groups;
    for (const OpenDifference& difference : differences_) {
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
      if (!lost() && !group.needs_token) Reduce(causes, group);
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

  // What both answer to the request now, where both are right and differ for the group's reason.
  std::optional<AnswerDifference> Differs(DifferenceCauses& causes, const DifferenceGroup& group,
                                          const Request& request) {
    auto pending = std::async(std::launch::async, [&] { return Send(b_.target, request); });
    const Result<Response> mine = Send(a_.target, request);
    const Result<Response> theirs = pending.get();
    if (!mine || !theirs) return std::nullopt;
    if (!a_.judge.Peek(request, *mine).violations.empty()) return std::nullopt;
    if (!b_.judge.Peek(request, *theirs).violations.empty()) return std::nullopt;
    const auto found = comparer_.Compare(*mine, *theirs);
    if (!found) return std::nullopt;
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

  const CompareOptions& options_;
  Side a_, b_;
  std::size_t own_tests_ = 0;
  AnswerComparer comparer_;
  std::vector<OpenDifference> differences_;
  std::uint64_t same_ = 0, different_ = 0, alone_ = 0;
};

// What the comparison says; the first that holds.
void Conclude(TwoSides& sides, bool selected, Comparison& out) {
  const auto end = [&](ExitCode code, std::string reason) {
    out.exit_code = static_cast<int>(code);
    out.verdict = code == ExitCode::kConforms     ? "conforms"
                  : code == ExitCode::kViolations ? "violations"
                                                  : "inconclusive";
    out.reason = std::move(reason);
  };
  if (const Side* lost = sides.lost()) {
    return end(ExitCode::kCouldNotJudge, fmt::format("{} was lost during the comparison: {}",
                                                     lost->name, lost->session.lost()->Text()));
  }
  if (!selected) return end(ExitCode::kCouldNotJudge, "--only and --skip select no test");
  for (const ComparedSide& side : out.sides) {
    if (side.judged == 0) {
      return end(ExitCode::kCouldNotJudge, "no answer of " + side.target + " could be judged");
    }
  }
  const bool broken = std::ranges::any_of(
      out.findings, [](const SideFinding& entry) { return entry.finding.kind == "violation"; });
  if (const Side* moved = sides.Moved(); moved && !broken) {
    return end(ExitCode::kCouldNotJudge,
               fmt::format("the state of {} moved during the comparison ({}), so that answers may "
                           "differ for that reason alone; compare when nobody else uses it",
                           moved->name, moved->steady.motion().Text()));
  }
  end(broken ? ExitCode::kViolations : ExitCode::kConforms, "");
}

std::optional<Error> ObstacleOf(const RunPlan& plan, Target& a, Target& b) {
  const std::string format = plan.suite.format == SuiteFormat::kXml ? "XML" : "JSON";
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

Result<ExitCode> Compare(const CompareOptions& options, const std::vector<TargetTests>& more,
                         std::ostream& output) {
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
  const bool selected = sides.Run();
  sides.Fill(comparison);
  Conclude(sides, selected, comparison);
  comparison.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (const Done done = WriteWholeFile(file, ComparisonJson(comparison)); !done)
    return done.error();
  output << ComparisonSummary(comparison, file) << std::flush;
  return static_cast<ExitCode>(comparison.exit_code);
}

}  // namespace

ExitCode CompareTargets(const CompareOptions& options, const std::vector<TargetTests>& more,
                        std::ostream& output, std::ostream& errors) {
  const Result<ExitCode> code = Compare(options, more, output);
  if (code) return *code;
  errors << "assay compare: " << TerminalText(code.error().Text()) << "\n";
  return code.error().exit;
}

}  // namespace assay
