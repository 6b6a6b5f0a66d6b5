#include "conformance/replayed_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <tuple>

#include "conformance/run_plan.h"
#include "conformance/suite.h"
#include "reference/finding_groups.h"
#include "reference/null_recorder.h"
#include "reports/secrets.h"
#include "reports/token_issuers.h"

namespace assay {
namespace {

constexpr int kTries = 2;               // of what a finding's exchanges are sent
constexpr int kIntermittentTries = 20;  // where it did not show every time before
constexpr std::size_t kMostTests = 3;   // that are run again for one finding

// Puts the tokens of today in place of the recorded ones, so that walks can be sent again.
class TokenTranslation {
 public:
  void Learn(const std::string& recorded, const std::string& today) {
    if (!recorded.empty() && !today.empty()) today_[recorded] = today;
  }
  void Apply(Request& request) const {
    for (Parameter& parameter : request.parameters) {
      if (parameter.name == "NextToken") parameter.value = Translate(parameter.value);
    }
  }

 private:
  std::string Translate(const std::string& recorded) const {
    const auto known = today_.lower_bound(recorded);
    if (recorded.empty() || known == today_.end() || !known->first.starts_with(recorded)) {
      return recorded;
    }
    // A token that was cut on purpose is cut again.
    const std::size_t cut = known->first.size() - recorded.size();
    return known->second.substr(0, known->second.size() - std::min(cut, known->second.size()));
  }

  std::map<std::string, std::string> today_;  // by the recorded token; sorted: some are cut
};

// Recorded requests, one after the other. One that uses a nonce again follows one that used it.
class ReplayScript : public Script {
 public:
  struct Step {
    Request request;
    const ExchangeRecord* record;  // nullptr: sent for the sake of a later one
  };

  explicit ReplayScript(const std::vector<const ExchangeRecord*>& records) {
    for (const ExchangeRecord* record : records) Add(RequestOf(*record), record);
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

  bool Next(const Response* previous, Request& request) override {
    if (next_ > 0 && previous && steps_[next_ - 1].record) {
      tokens_.Learn(steps_[next_ - 1].record->next_token, NextTokenOf(*previous));
    }
    if (next_ == steps_.size()) return false;
    request = steps_[next_++].request;
    tokens_.Apply(request);
    return true;
  }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  TokenTranslation tokens_;
};

void Note(const Difference& difference, const std::string& place, bool was_recorded,
          Failures& failures) {
  auto [at, is_new] = failures.try_emplace(FindingId(difference));
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
  for (const auto* list : {&verdict.violations, &verdict.warnings}) {
    for (const Difference& d : *list) Note(d, place, WasBroken(record, d.rule), failures);
  }
}

// The failure that shows the finding, or one that is part of it.
const Failure* ShowingFailure(const Finding& finding, const Failures& failures) {
  const auto own = failures.find(finding.id);
  if (own != failures.end()) return &own->second;
  for (const std::string& id : finding.also) {
    const auto part = failures.find(id);
    if (part != failures.end()) return &part->second;
  }
  return nullptr;
}

// The ids that the findings of the record speak for.
std::set<std::string> ClaimedIds(const Recording& recording) {
  std::set<std::string> out;
  for (const Finding& finding : recording.findings) {
    out.insert(finding.id);
    out.insert(finding.also.begin(), finding.also.end());
  }
  return out;
}

template <typename Number>
Number NumberOr(const std::string& text, Number fallback) {
  Number number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The suites' tests as the recorded run had them.
class TestsAgain {
 public:
  TestsAgain(const Recording& recording, const ReplayContext& context) : context_(context) {
    suite_.region = RecordedOption(recording, "--region");
    suite_.strength = NumberOr(RecordedOption(recording, "--strength"), 2);
    suite_.seed = recording.header.seed;
    const auto format = ParseSuiteFormat(RecordedOption(recording, "--format"));
    if (format) suite_.format = *format;
    suite_.signs = context.signs;
    suite_.combinations = false;  // their rows do not depend on each other
  }

  // What the test finds at the target; nothing where there is no such test, or the target is lost.
  std::optional<Failures> Run(const std::string& suite, const std::string& test, Target& target) {
    NullRecorder recorder;
    Judge judge(context_.dataset, context_.pins, context_.judge);
    Session session(target, judge, recorder,
                    {.keep_bodies = false, .diagnose = false, .reduction_requests = 0});
    SuiteNotes notes;
    SuiteContext shared(session, context_.dataset, suite_, notes);
    const SuiteTest* found = Find(suite, test, shared);
    if (!found) return std::nullopt;
    found->run(shared);
    if (session.lost()) return std::nullopt;
    Failures out;
    for (const Finding& finding : session.Findings()) {
      out[finding.id] = {.rule = finding.rule,
                         .expected = finding.expected,
                         .actual = finding.actual,
                         .times = finding.occurrences};
    }
    return out;
  }

 private:
  // A test of a rule has the rule's id; the journal has it under the suite `rules`.
  const SuiteTest* Find(const std::string& suite, const std::string& test,
                        const SuiteContext& shared) {
    if (tests_.empty()) {
      Result<std::vector<SuiteTest>> made = AllTests(shared, context_.more);
      if (made) tests_ = std::move(*made);
    }
    const auto at = std::ranges::find_if(tests_, [&](const SuiteTest& candidate) {
      return suite == "rules" ? candidate.suite + "." + candidate.name == test
                              : candidate.suite == suite && candidate.name == test;
    });
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
      issuers_.Take(recorded.exchange);
      by_id_[recorded.exchange.id] = &recorded;
    }
  }

  // Those of the finding with those that gave their tokens, in the order of the record.
  std::vector<const ExchangeRecord*> Of(const Finding& finding) const {
    std::vector<const ExchangeRecord*> out;
    for (const std::uint64_t id :
         issuers_.Complete({finding.evidence.begin(), finding.evidence.end()})) {
      const auto at = by_id_.find(id);
      if (at != by_id_.end()) out.push_back(&at->second->exchange);
    }
    return out;
  }

  // The suite and test of each exchange of the finding, those of its last one first.
  std::vector<std::pair<std::string, std::string>> TestsOf(const Finding& finding) const {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto id = finding.evidence.rbegin(); id != finding.evidence.rend(); ++id) {
      const auto at = by_id_.find(*id);
      if (at == by_id_.end()) continue;
      const ExchangeRecord& exchange = at->second->exchange;
      const std::pair<std::string, std::string> test(exchange.suite, exchange.test);
      const bool compares =
          test.first == "rules" || test.first == "walks" || test.first == "properties";
      if (!compares || std::ranges::find(out, test) != out.end()) continue;
      if (out.size() < kMostTests) out.push_back(test);
    }
    return out;
  }

  // True where the judge alone found it: it stands beside an exchange.
  bool IsOfJudge(const Finding& finding) const {
    return std::ranges::any_of(finding.evidence, [&](std::uint64_t id) {
      const auto at = by_id_.find(id);
      return at != by_id_.end() && std::ranges::find(at->second->exchange.rules, finding.rule) !=
                                       at->second->exchange.rules.end();
    });
  }

 private:
  TokenIssuers issuers_;
  std::map<std::uint64_t, const RecordedExchange*> by_id_;
};

// Looks for the findings of a record in what fails now.
class FateTeller {
 public:
  explicit FateTeller(const Recording& recording) : claimed_(ClaimedIds(recording)) {}

  // Takes what fails; true where that shows the finding.
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

  // What no finding of the record speaks for.
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

// --- Sending again
// ----------------------------------------------------------------------------------------

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
    const bool intermittent = finding.stability == "intermittent";
    const int tries = intermittent ? kIntermittentTries : kTries;
    for (int i = 0; i < tries && !lost_; ++i) {
      if (teller_.Shows(Send(SmallestOf(finding)), out)) return out;
      if (teller_.Shows(Send(ReplayScript(evidence_.Of(finding))), out)) return out;
    }
    std::string tests;
    for (const auto& [suite, test] : evidence_.TestsOf(finding)) {
      const auto found = tests_.Run(suite, test, target_);
      if (!found) continue;
      tests += fmt::format("{}{}", tests.empty() ? ", and by " : ", ", test);
      if (teller_.Shows(*found, out)) return out;
    }
    if (out.fate == Fate::kChanged) return out;
    if (intermittent) out.fate = Fate::kNotSeen;
    out.text = fmt::format("in {} tries{}", tries, tests);
    return out;
  }

  // The finding's own request, where it needs no token of another one.
  static ReplayScript SmallestOf(const Finding& finding) {
    ReplayScript out({});
    ExchangeRecord record{.method = finding.method,
                          .placement = finding.placement,
                          .encoding = finding.encoding,
                          .forgery = finding.forgery,
                          .parameters = finding.parameters};
    const Request request = RequestOf(record);
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
};

// --- Judging again
// ----------------------------------------------------------------------------------------

std::string KeyOf(const Request& request) {
  return fmt::format("{} {} {} {} {}", request.method, NameOf(request.placement),
                     NameOf(request.encoding), NameOf(request.forgery), request.Text());
}

// Answers what was recorded. Equal requests get their answers in the order of the record.
class PlaybackTarget : public Target {
 public:
  explicit PlaybackTarget(const std::vector<const RecordedExchange*>& exchanges) {
    for (const RecordedExchange* recorded : exchanges) {
      answers_[KeyOf(RequestOf(recorded->exchange))].push_back(recorded);
    }
  }

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Result<Response> response = Answer(*request);
      source.Answered(request, response);
    }
  }
  std::string Name() const override { return "record"; }
  // True where every request had its answer.
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
  if (record.verdict != "violation" && record.verdict != "warning") return record.verdict;
  std::vector<std::string> rules = record.rules;
  std::ranges::sort(rules);
  return fmt::format("{} {}", record.verdict, fmt::join(rules, ", "));
}

std::string ReasonText(const Verdict& verdict) {
  for (const auto* list : {&verdict.violations, &verdict.warnings}) {
    if (list->empty()) continue;
    return fmt::format("expected {}, actual {}", list->front().expected, list->front().actual);
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
    TokenIssuers issuers;
    for (const RecordedExchange& recorded : recording_.exchanges) {
      const ExchangeRecord& record = recorded.exchange;
      // Where an answer is missing, so is what its token stands for.
      if (!IsWhole(recorded) || (skipped_ > 0 && !issuers.Know(record))) {
        ++skipped_;
        continue;
      }
      issuers.Take(record);
      judged_.insert(record.id);
      const Verdict verdict = judge.Examine(record.id, RequestOf(record), ResponseOf(record));
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
        {record.id, fmt::format("{} {}", record.method, HideSecrets(RequestOf(record).Text())),
         then, now, ReasonText(verdict)});
  }

  ReplayedFinding Tell(const Finding& finding) {
    ReplayedFinding out{.finding = &finding, .fate = Fate::kFixed, .text = ""};
    if (teller_.Shows(failures_, out) || out.fate == Fate::kChanged) return out;
    if (const std::string missing = MissingOf(finding); !missing.empty()) {
      return {&finding, Fate::kNotJudged, missing};
    }
    if (evidence_.IsOfJudge(finding)) return out;
    for (const auto& [suite, test] : evidence_.TestsOf(finding)) {
      PlaybackTarget target(ExchangesOf(suite, test));
      const auto found = tests_.Run(suite, test, target);
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

  std::vector<const RecordedExchange*> ExchangesOf(const std::string& suite,
                                                   const std::string& test) const {
    std::vector<const RecordedExchange*> out;
    for (const RecordedExchange& recorded : recording_.exchanges) {
      const ExchangeRecord& exchange = recorded.exchange;
      if (exchange.suite == suite && exchange.test == test) out.push_back(&recorded);
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
