#include "conformance/replay/replayed_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <tuple>

#include "conformance/cases/suite.h"
#include "conformance/run/run_plan.h"
#include "conformance/run/test_loop.h"
#include "reference/findings/groups.h"
#include "reference/session/exchange_record.h"
#include "reference/session/gateway.h"
#include "reference/session/null_recorder.h"
#include "reports/text/secrets.h"
#include "spec/record/token_trail.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr int kTries = 2;               // of what a finding's exchanges are sent
constexpr int kIntermittentTries = 20;  // if it did not show every time before
constexpr std::size_t kMostTests = 3;   // that are run again for one finding

// Recorded requests, one after the other. One that uses a nonce again follows one that used it.
class ReplayScript : public Script {
 public:
  struct Step {
    Request request;
    const ExchangeRecord* record;  // nullptr: sent for the sake of a later one
  };

  explicit ReplayScript(const std::vector<const ExchangeRecord*>& records) {
    for (const ExchangeRecord* record : records) Add(record->request, record);
  }
  void Add(Request request, const ExchangeRecord* record) {
    if (request.forgery == Forgery::kNonce) {
      Request genuine = request;
      genuine.forgery = Forgery::kNone;
      const bool was_sent =
          std::ranges::any_of(steps_, [&](const Step& step) { return step.request == genuine; });
      if (!was_sent) steps_.push_back({std::move(genuine), nullptr});
    }
    steps_.push_back({std::move(request), record});
  }

  bool Next(const Exchange* previous, Request& request) override {
    if (next_ > 0 && previous && steps_[next_ - 1].record) {
      Learn(steps_[next_ - 1].record->next_token, NextTokenOf(previous->answer));
    }
    if (next_ == steps_.size()) return false;
    request = steps_[next_++].request;
    for (Parameter& parameter : request.parameters) {
      if (parameter.name == "NextToken") Renew(parameter.value);
    }
    return true;
  }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  void Learn(const std::string& recorded, const std::string& today) {
    if (recorded.empty() || today.empty()) return;
    trail_.Add(next_, steps_[next_ - 1].request, recorded);
    today_[next_] = today;
  }
  // Puts the token of today in place of the recorded one; one that was cut is cut again.
  void Renew(std::string& token) const {
    const auto origin = trail_.OriginOf(token);
    if (!origin) return;
    token = today_.at(origin->exchange);
    token.resize(token.size() - std::min(origin->missing, token.size()));
  }

  std::vector<Step> steps_;
  std::size_t next_ = 0;
  TokenTrail trail_;                            // of the recorded tokens, by the number of the step
  std::map<std::uint64_t, std::string> today_;  // what the step's answer gives now
};

void Note(const Difference& difference, const std::string& place, bool was_recorded,
          Failures& failures) {
  auto [at, is_new] = failures.try_emplace(SymptomId(difference));
  Failure& failure = at->second;
  if (is_new) {
    failure = {.rule = std::string(Id(difference.rule)),
               .expected = difference.expected,
               .actual = difference.actual,
               .place = place};
  }
  ++failure.times;
  failure.was_recorded |= was_recorded;
}

bool WasBroken(const ExchangeRecord* record, Rule rule) {
  return record && std::ranges::find(record->rules, Id(rule)) != record->rules.end();
}

void NoteAll(const Verdict& verdict, const std::string& place, const ExchangeRecord* record,
             Failures& failures) {
  for (const Difference& d : verdict.differences) {
    if (!d.doubtful) Note(d, place, WasBroken(record, d.rule), failures);
  }
}

// The failure that shows the finding, or one that is part of it.
const Failure* ShowingFailure(const Finding& finding, const Failures& failures) {
  const auto own = failures.find(SymptomOf(finding.id));
  if (own != failures.end()) return &own->second;
  for (const std::string& id : finding.also) {
    const auto part = failures.find(SymptomOf(id));
    if (part != failures.end()) return &part->second;
  }
  return nullptr;
}

// The symptoms that the findings of the record cover.
std::set<std::string> ClaimedIds(const Recording& recording) {
  std::set<std::string> out;
  for (const Finding& finding : recording.findings) {
    out.insert(SymptomOf(finding.id));
    for (const std::string& id : finding.also) out.insert(SymptomOf(id));
  }
  return out;
}

template <typename Number>
Number NumberOr(const std::string& text, Number fallback) {
  Number number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The full name of the test that sent the exchange. Older journals have the tests of rules under
// the suite `rules`, named by the whole id.
std::string TestOf(const ExchangeRecord& exchange) {
  return exchange.suite == "rules" ? exchange.test : exchange.suite + "." + exchange.test;
}

// Whether the test judges answers by comparing them: it is of a rule, a walk or a property.
bool ComparesAnswers(const std::string& test) {
  return test.starts_with("walks.") || test.starts_with("properties.") ||
         FindRule(test).has_value();
}

// The suites' tests as the recorded run had them.
class TestsAgain {
 public:
  TestsAgain(const Recording& recording, const ReplayContext& context) : context_(context) {
    suite_.region = OptionOf(recording.header, "--region");
    suite_.strength = NumberOr(OptionOf(recording.header, "--strength"), 2);
    suite_.seed = recording.header.seed;
    const auto format = ParseSuiteFormat(OptionOf(recording.header, "--format"));
    if (format) suite_.format = *format;
    suite_.signs = context.signs;
    suite_.combinations = false;  // their rows do not depend on each other
  }

  // What the test finds at the target; nothing if there is no such test, or the target is lost.
  std::optional<Failures> Run(const std::string& test, Target& target) {
    NullRecorder recorder;
    Judge judge(context_.dataset, context_.pins, context_.judge);
    Session session(target, judge, recorder,
                    {.keep_bodies = false, .diagnose = false, .reduction_requests = 0});
    SuiteNotes notes;
    SuiteContext shared(session, context_.dataset, suite_, notes);
    const SuiteTest* found = Find(test, shared);
    if (!found) return std::nullopt;
    (void)RunTest(shared, *found);
    if (session.lost()) return std::nullopt;
    Failures out;
    for (const Finding& finding : session.Findings()) {
      const Failure failure{.rule = finding.rule,
                            .expected = finding.expected,
                            .actual = finding.actual,
                            .times = finding.occurrences};
      out.emplace(SymptomOf(finding.id), failure);
      for (const std::string& part : finding.also) out.emplace(SymptomOf(part), failure);
    }
    return out;
  }

 private:
  const SuiteTest* Find(const std::string& name, const SuiteContext& shared) {
    if (tests_.empty()) {
      Result<std::vector<SuiteTest>> made = AllTests(shared, context_.more);
      if (made) tests_ = std::move(*made);
    }
    const auto at = std::ranges::find(tests_, name, &SuiteTest::FullName);
    return at == tests_.end() ? nullptr : &*at;
  }

  const ReplayContext& context_;
  SuiteOptions suite_;
  std::vector<SuiteTest> tests_;
};

// The exchanges of a record by their ids.
class Evidence {
 public:
  explicit Evidence(const Recording& recording) {
    for (const RecordedExchange& recorded : recording.exchanges) {
      const ExchangeRecord& exchange = recorded.exchange;
      trail_.Add(exchange.id, exchange.request, exchange.next_token);
      by_id_[recorded.exchange.id] = &recorded;
    }
  }

  // Those of the finding with those that gave their tokens, in the order of the record.
  std::vector<const ExchangeRecord*> Of(const Finding& finding) const {
    std::vector<const ExchangeRecord*> out;
    for (const std::uint64_t id :
         trail_.Complete({finding.evidence.begin(), finding.evidence.end()})) {
      const auto at = by_id_.find(id);
      if (at != by_id_.end()) out.push_back(&at->second->exchange);
    }
    return out;
  }

  // The tests that sent the exchanges of the finding, that of its last one first.
  std::vector<std::string> TestsOf(const Finding& finding) const {
    std::vector<std::string> out;
    for (auto id = finding.evidence.rbegin(); id != finding.evidence.rend(); ++id) {
      const auto at = by_id_.find(*id);
      if (at == by_id_.end()) continue;
      const std::string test = TestOf(at->second->exchange);
      if (!ComparesAnswers(test) || std::ranges::find(out, test) != out.end()) continue;
      if (out.size() < kMostTests) out.push_back(test);
    }
    return out;
  }

  // True if the judge alone found it: it belongs to an exchange.
  bool IsOfJudge(const Finding& finding) const {
    return std::ranges::any_of(finding.evidence, [&](std::uint64_t id) {
      const auto at = by_id_.find(id);
      return at != by_id_.end() && std::ranges::find(at->second->exchange.rules, finding.rule) !=
                                       at->second->exchange.rules.end();
    });
  }

 private:
  TokenTrail trail_;
  std::map<std::uint64_t, const RecordedExchange*> by_id_;
};

// Searches what fails now for the findings of a record.
class FateTeller {
 public:
  explicit FateTeller(const Recording& recording) : claimed_(ClaimedIds(recording)) {}

  // Takes what fails; true if that shows the finding.
  bool Shows(const Failures& failures, ReplayedFinding& out) {
    if (const Failure* failure = ShowingFailure(*out.finding, failures)) {
      out.fate = Fate::kSame;
      out.text = failure->actual;
      return true;
    }
    for (const auto& [id, failure] : failures) {
      if (failure.rule != out.finding->rule || claimed_.contains(id)) continue;
      out.fate = Fate::kChanged;
      out.text = failure.actual;
      used_.insert(id);
    }
    return false;
  }

  // Takes what fails in the finding's own requests by a rule that must hold, and is part of no
  // finding: they are answered wrongly still.
  void TakeOtherwise(const Failures& failures, ReplayedFinding& out) {
    for (const auto& [id, failure] : failures) {
      const auto rule = FindRule(failure.rule);
      const bool is_must = rule && Catalogue::Get()[*rule].level == Level::kMust;
      if (!is_must || claimed_.contains(id)) continue;
      out.fate = Fate::kChanged;
      out.text = fmt::format("{} (now {})", failure.actual, failure.rule);
      used_.insert(id);
      return;
    }
  }

  // Failures that no finding of the record covers.
  Failures Others(Failures failures) const {
    std::erase_if(failures, [&](const auto& entry) {
      return claimed_.contains(entry.first) || used_.contains(entry.first);
    });
    return failures;
  }

 private:
  std::set<std::string> claimed_;
  std::set<std::string> used_;  // ids that stand for a changed finding
};

class Sending {
 public:
  Sending(const Recording& recording, const ReplayContext& context, Target& target)
      : recording_(recording),
        context_(context),
        target_(target),
        evidence_(recording),
        tests_(recording, context),
        teller_(recording) {}

  Result<ReplayOutcome> Run() {
    ReplayOutcome out;
    std::vector<const ExchangeRecord*> all;
    for (const RecordedExchange& recorded : recording_.exchanges) all.push_back(&recorded.exchange);
    const Failures failures = Send(ReplayScript(all));
    out.judged = all.size();
    for (const Finding& finding : recording_.findings) {
      if (lost_) break;
      out.findings.push_back(Tell(finding, failures));
    }
    if (lost_) return *lost_;
    out.others = teller_.Others(failures);
    return out;
  }

 private:
  ReplayedFinding Tell(const Finding& finding, const Failures& failures) {
    ReplayedFinding out{.finding = &finding, .fate = Fate::kFixed, .text = ""};
    if (teller_.Shows(failures, out)) return out;
    blocked_.clear();
    const bool intermittent = finding.stability == Stability::kIntermittent;
    const int tries = intermittent ? kIntermittentTries : kTries;
    Failures own;
    for (int i = 0; i < tries && !lost_; ++i) {
      for (const ReplayScript& script :
           {SmallestOf(finding), ReplayScript(evidence_.Of(finding))}) {
        Failures found = Send(script);
        if (teller_.Shows(found, out)) return out;
        own.merge(found);
      }
    }
    std::string tests;
    for (const std::string& test : evidence_.TestsOf(finding)) {
      const auto found = tests_.Run(test, target_);
      if (!found) continue;
      tests += fmt::format("{}{}", tests.empty() ? ", and by " : ", ", test);
      if (teller_.Shows(*found, out)) return out;
    }
    if (!intermittent && out.fate == Fate::kFixed) teller_.TakeOtherwise(own, out);
    if (out.fate == Fate::kChanged) return out;
    // What was not answered, or refused before the request was looked at, says nothing.
    if (!blocked_.empty()) return {&finding, Fate::kNotJudged, blocked_};
    if (intermittent) out.fate = Fate::kNotSeen;
    out.text = fmt::format("in {}{}", CountText(static_cast<std::uint64_t>(tries), "try"), tests);
    return out;
  }

  // Why the answer tells nothing of the finding, or "": it was refused before the request was
  // looked at, in a way that the record does not have.
  static std::string WhyBlocked(const JudgedExchange& judged, const ExchangeRecord* record) {
    const std::string& code = judged.verdict.code;
    const bool forged = judged.request.forgery != Forgery::kNone;
    if (record && record->status == judged.status && !judged.verdict.throttled) return "";
    if (!judged.answered) return "a request got no answer: " + judged.verdict.reason;
    if (judged.verdict.throttled) return "a request was throttled";
    if (forged && !code.empty()) return "";
    if (std::string why = WhySaysNothing(judged.status, code); !why.empty()) {
      return "refused by the gateway: " + why;
    }
    if (judged.verdict.unreadable) {
      return fmt::format("answered {} and no readable body", judged.status);
    }
    const bool asks = judged.request.Find("Action") == "DescribeSnapshots";
    const bool unknown = asks && code == "InvalidAction.NotFound";
    if (judged.status < 500 && !unknown && (judged.status < 400 || !code.empty())) return "";
    return fmt::format("answered {} {}", judged.status, code.empty() ? "without a code" : code);
  }

  // The finding's own request, if it needs no token of another one.
  static ReplayScript SmallestOf(const Finding& finding) {
    ReplayScript out({});
    const Request& request = finding.request;
    if (!request.parameters.empty() && !request.Find("NextToken")) out.Add(request, nullptr);
    return out;
  }

  // Sends and judges, with a judge that has seen nothing before.
  Failures Send(ReplayScript script) {
    NullRecorder recorder;
    Judge judge(context_.dataset, context_.pins, context_.judge);
    Session session(target_, judge, recorder,
                    {.keep_bodies = false, .diagnose = false, .reduction_requests = 0});
    const std::vector<ReplayScript::Step> steps = script.steps();
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(std::make_unique<ReplayScript>(std::move(script)));
    const ScriptResult result = std::move(session.Run({"replay", ""}, std::move(scripts)).front());
    Failures out;
    for (std::size_t i = 0; i < result.size(); ++i) {
      const ExchangeRecord* record = steps[i].record;
      if (std::string why = WhyBlocked(result[i], record); !why.empty()) {
        blocked_ = std::move(why);
        continue;
      }
      const std::string place = record ? PlaceOf(recording_, record->id) : "";
      NoteAll(result[i].verdict, place, record, out);
    }
    if (session.lost()) lost_ = session.lost();
    return out;
  }

  const Recording& recording_;
  const ReplayContext& context_;
  Target& target_;
  const Evidence evidence_;
  TestsAgain tests_;
  FateTeller teller_;
  std::optional<Error> lost_;
  std::string blocked_;  // why an answer to the finding's requests tells nothing, or ""
};

std::string KeyOf(const Request& request) {
  return fmt::format("{} {} {} {} {}", request.method, NameOf(request.placement),
                     NameOf(request.encoding), NameOf(request.forgery), request.Text());
}

// Answers what was recorded. Equal requests get their answers in the order of the record.
class PlaybackTarget : public Target {
 public:
  explicit PlaybackTarget(const std::vector<const RecordedExchange*>& exchanges) {
    for (const RecordedExchange* recorded : exchanges) {
      answers_[KeyOf(recorded->exchange.request)].push_back(recorded);
    }
  }

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Result<Response> response = Answer(*request);
      source.Answered(request, response);
    }
  }
  std::string Name() const override { return "record"; }
  // True if every request had its answer.
  bool complete() const { return complete_; }

 private:
  Result<Response> Answer(const Request& request) {
    const auto at = answers_.find(KeyOf(request));
    if (at == answers_.end() || at->second.empty() || !IsWhole(*at->second.front())) {
      complete_ = false;
      return Error{"record", "holds no answer to this request", ExitCode::kCouldNotJudge};
    }
    const Response response = ResponseOf(at->second.front()->exchange);
    if (at->second.size() > 1) at->second.pop_front();
    return response;
  }

  std::map<std::string, std::deque<const RecordedExchange*>> answers_;
  bool complete_ = true;
};

// "violation page.size.echo, page.size.limits".
std::string TextOfVerdict(const ExchangeRecord& record) {
  const std::string_view verdict = NameOf(record.verdict);
  const bool is_wrong =
      record.verdict == ExchangeVerdict::kViolation || record.verdict == ExchangeVerdict::kWarning;
  if (!is_wrong) return std::string(verdict);
  std::vector<std::string> rules = record.rules;
  std::ranges::sort(rules);
  return fmt::format("{} {}", verdict, fmt::join(rules, ", "));
}

std::string ReasonText(const Verdict& verdict) {
  for (const auto& list : {verdict.violations(), verdict.warnings()}) {
    if (list.empty()) continue;
    return fmt::format("expected {}, actual {}", list.front().expected, list.front().actual);
  }
  return verdict.reason;
}

class Judging {
 public:
  Judging(const Recording& recording, const ReplayContext& context)
      : recording_(recording),
        context_(context),
        evidence_(recording),
        tests_(recording, context),
        teller_(recording) {}

  ReplayOutcome Run() {
    JudgeExchanges();
    for (const Finding& finding : recording_.findings) out_.findings.push_back(Tell(finding));
    out_.others = teller_.Others(failures_);
    return std::move(out_);
  }

 private:
  void JudgeExchanges() {
    Judge judge(context_.dataset, context_.pins, context_.judge);
    ExchangeReader reader;
    TokenTrail trail;
    for (const RecordedExchange& recorded : recording_.exchanges) {
      const ExchangeRecord& record = recorded.exchange;
      // If an answer is missing, so is the token that it gave.
      if (!IsWhole(recorded) || (skipped_ > 0 && !trail.Knows(record.request))) {
        ++skipped_;
        continue;
      }
      trail.Add(record.id, record.request, record.next_token);
      judged_.insert(record.id);
      const Response response = ResponseOf(record);
      const Verdict verdict = judge.Examine(reader.Read(record.id, record.request, response));
      NoteAll(verdict, PlaceOf(recording_, record.id), &record, failures_);
      if (!recording_.foreign) Compare(record, verdict);
    }
    out_.judged = judged_.size();
  }

  void Compare(const ExchangeRecord& record, const Verdict& verdict) {
    ExchangeRecord today;
    WriteVerdict(verdict, true, today);
    const std::string then = TextOfVerdict(record), now = TextOfVerdict(today);
    if (then == now) return;
    out_.changed.push_back(
        {record.id, fmt::format("{} {}", record.request.method, HideSecrets(record.request.Text())),
         then, now, ReasonText(verdict)});
  }

  ReplayedFinding Tell(const Finding& finding) {
    ReplayedFinding out{.finding = &finding, .fate = Fate::kFixed, .text = ""};
    if (teller_.Shows(failures_, out) || out.fate == Fate::kChanged) return out;
    if (const std::string missing = MissingOf(finding); !missing.empty()) {
      return {&finding, Fate::kNotJudged, missing};
    }
    if (evidence_.IsOfJudge(finding)) return out;
    for (const std::string& test : evidence_.TestsOf(finding)) {
      PlaybackTarget target(ExchangesOf(test));
      const auto found = tests_.Run(test, target);
      // An answer that is missing would look like one that differs.
      if (found && target.complete()) {
        if (teller_.Shows(*found, out)) return out;
        continue;
      }
      return {&finding, Fate::kNotJudged,
              fmt::format("the test {} found it by comparing answers, and the record does not hold "
                          "all that it asks for today; give --target to send it again",
                          test)};
    }
    return out;
  }

  // Why the finding's exchanges say too little, or "".
  std::string MissingOf(const Finding& finding) const {
    if (finding.evidence.empty()) return "the record names no exchange that shows it";
    for (const std::uint64_t id : finding.evidence) {
      if (judged_.contains(id)) continue;
      return fmt::format(
          "{} is not in the record with its whole answer; give --target to send the "
          "requests again",
          PlaceOf(recording_, id));
    }
    return "";
  }

  std::vector<const RecordedExchange*> ExchangesOf(const std::string& test) const {
    std::vector<const RecordedExchange*> out;
    for (const RecordedExchange& recorded : recording_.exchanges) {
      if (TestOf(recorded.exchange) == test) out.push_back(&recorded);
    }
    return out;
  }

  const Recording& recording_;
  const ReplayContext& context_;
  const Evidence evidence_;
  TestsAgain tests_;
  FateTeller teller_;
  Failures failures_;
  std::set<std::uint64_t> judged_;
  std::size_t skipped_ = 0;
  ReplayOutcome out_;
};

}  // namespace

Result<ReplayOutcome> SendAgain(const Recording& recording, const ReplayContext& context,
                                Target& target) {
  return Sending(recording, context, target).Run();
}

ReplayOutcome JudgeAgain(const Recording& recording, const ReplayContext& context) {
  return Judging(recording, context).Run();
}

}  // namespace assay
