#include "reference/findings/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "reference/describe_snapshots/parameters.h"
#include "reference/faults/catalogue.h"
#include "reference/findings/right_answer.h"
#include "reference/findings/trigger.h"
#include "reference/server/service.h"

namespace assay {
namespace {

constexpr std::size_t kMostEvidence = 8;
constexpr std::size_t kMostKinds = 4;          // of requests, that are told apart in one symptom
constexpr std::size_t kMostSplit = 60;         // groups in all; beyond, a symptom is one group
constexpr std::size_t kMostPredecessors = 40;  // that may have left something behind
constexpr int kMostSearched = 20;              // intermittent findings that are sent more often
constexpr std::size_t kMostTried = 24;         // times that a cause is looked for
// Who stops a run waits: `docker stop` kills after 10 s, and the reports are yet to be written.
constexpr std::chrono::seconds kPatienceOfStop{2};

// Rules about several answers: one request alone cannot show them.
bool NeedsHistory(Rule rule) {
  return IsAboutTwoAnswers(rule) || rule == "page.order.stable"_rule ||
         rule == "page.walk.unique"_rule || rule == "token.walk.unique"_rule ||
         rule == "token.walk.ends"_rule || rule == "token.walk.complete"_rule ||
         rule == "page.walk.complete"_rule || rule == "response.request_id.unique"_rule;
}

bool IsUp(const StopSign* stop) { return stop != nullptr && stop->IsUp(); }

bool IsIntermittent(const Finding& finding) {
  return finding.stability == Stability::kIntermittent;
}

// Of the group that the difference belongs to.
std::string KeyOf(const Difference& difference) {
  return fmt::format("{} {}", Id(difference.rule), difference.shape);
}

std::vector<std::string> KeysOf(const Verdict& verdict) {
  std::vector<std::string> out;
  for (const Difference& difference : verdict.differences) {
    if (!difference.doubtful) out.push_back(KeyOf(difference));
  }
  return out;
}

std::string SourceText(const RuleInfo& rule) {
  std::string out;
  for (const SourceReference& source : rule.sources) {
    if (!out.empty()) out += "; ";
    out += fmt::format("{}, {}", source.document, source.where);
    if (!source.quote.empty()) out += fmt::format(": \"{}\"", source.quote);
  }
  return out;
}

std::uint32_t ShortHash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

// An intermittent finding's request is not reduced, so its kind says little.
std::string FindingId(const Difference& difference, const Steps& steps, bool intermittent) {
  std::set<std::string> kinds;
  for (const Request& request : steps) kinds.merge(KindOfRequest(request));
  const std::string kind = intermittent ? "intermittent" : fmt::format("{}", fmt::join(kinds, " "));
  const std::uint32_t hash = ShortHash(kind);
  return fmt::format("{}{:04x}", SymptomId(difference), (hash >> 16) ^ (hash & 0xFFFF));
}

}  // namespace

std::string SymptomId(const Difference& difference) {
  return fmt::format("{}.{:08x}", Id(difference.rule), ShortHash(difference.shape));
}

std::string SymptomOf(std::string_view id) {
  constexpr std::size_t kDigits = 8;
  const std::size_t dot = id.rfind('.');
  if (dot == std::string_view::npos) return std::string(id);
  return std::string(id.substr(0, dot + 1 + kDigits));
}

// The group of the symptom that shows with less than the request asks for, or a new one. Where two
// kinds of request show it, and neither contains the other, there may be two causes.
FindingGroups::Group& FindingGroups::GroupFor(const std::string& key, const Request& request) {
  std::vector<Group>& kinds = groups_[key];
  const std::set<std::string> asks = KindOfRequest(request);
  const auto contains = [](const std::set<std::string>& more, const std::set<std::string>& less) {
    return std::ranges::includes(more, less);
  };
  for (Group& group : kinds) {
    if (contains(asks, group.asks)) return group;
  }
  const auto plainer =
      std::ranges::find_if(kinds, [&](const Group& group) { return contains(group.asks, asks); });
  if (plainer != kinds.end()) {
    plainer->asks = asks;
    const std::size_t kept = static_cast<std::size_t>(plainer - kinds.begin());
    for (std::size_t i = kinds.size() - 1; i > kept; --i) {
      if (!contains(kinds[i].asks, asks)) continue;
      Absorb(kinds[i], kinds[kept]);
      kinds.erase(kinds.begin() + static_cast<std::ptrdiff_t>(i));
      --count_;
    }
    return kinds[kept];
  }
  if (!kinds.empty() && (kinds.size() >= kMostKinds || count_ >= kMostSplit)) return kinds.back();
  ++count_;
  kinds.push_back({.asks = asks});
  return kinds.back();
}

void FindingGroups::Absorb(const Group& other, Group& group) {
  group.occurrences += other.occurrences;
  for (const std::uint64_t exchange : other.evidence) {
    if (group.evidence.size() < kMostEvidence) group.evidence.push_back(exchange);
  }
}

void FindingGroups::AddAll(std::uint64_t exchange, const Request& request, const Verdict& verdict,
                           bool reported) {
  for (const Difference& difference : verdict.differences) {
    if (!difference.doubtful) AddOne(exchange, request, difference, verdict, reported);
  }
}

void FindingGroups::AddOne(std::uint64_t exchange, const Request& request,
                           const Difference& difference, const Verdict& verdict, bool reported) {
  Group& group = GroupFor(KeyOf(difference), request);
  const bool is_new = group.occurrences == 0;
  ++group.occurrences;
  if (is_new || request.parameters.size() < group.request.parameters.size()) {
    const std::string belongs_to = std::move(group.difference.belongs_to);
    group.difference = difference;
    if (group.difference.belongs_to.empty()) group.difference.belongs_to = belongs_to;
    group.request = request;
    group.exchange = exchange;
    group.warning = !IsMust(difference);
    group.reported = reported;
    group.history = verdict.evidence;
    group.history.push_back(exchange);
    if (!verdict.evidence.empty() || is_new) {
      group.evidence = group.history;
      if (group.evidence.size() > kMostEvidence) group.evidence.resize(kMostEvidence);
    }
  }
  if (group.evidence.size() < kMostEvidence && verdict.evidence.empty() &&
      std::ranges::find(group.evidence, exchange) == group.evidence.end()) {
    group.evidence.push_back(exchange);
  }
}

void FindingGroups::Add(std::uint64_t exchange, const Request& request, const Verdict& verdict) {
  AddAll(exchange, request, verdict, false);
}

void FindingGroups::AddReport(std::uint64_t exchange, const Request& request,
                              const Verdict& verdict) {
  for (const std::string& key : KeysOf(verdict)) diagnosis_.Fail(exchange, key);
  AddAll(exchange, request, verdict, true);
}

namespace {

// As the last step shows it, after the others.
Finding Write(const Difference& difference, const Steps& steps, std::uint64_t occurrences,
              std::vector<std::uint64_t> evidence) {
  const RuleInfo& rule = Catalogue::Get()[difference.rule];
  return {.id = FindingId(difference, steps, false),
          .rule = std::string(Id(rule.id)),
          .kind = IsMust(difference) ? FindingKind::kViolation : FindingKind::kWarning,
          .occurrences = occurrences,
          .statement = rule.statement,
          .source = SourceText(rule),
          .request = steps.back(),
          .before = {steps.begin(), steps.end() - 1},
          .expected = difference.expected,
          .actual = difference.actual,
          .evidence = std::move(evidence)};
}

}  // namespace

Finding SightingOf(const Difference& difference, const Request& request,
                   std::vector<std::uint64_t> evidence) {
  return Write(difference, {request}, 1, std::move(evidence));
}

void FindingGroups::Observe(std::uint64_t exchange, const Request& request, const Error& broken,
                            const Verdict& verdict) {
  diagnosis_.Observe(exchange, request, broken, KeysOf(verdict));
}

void FindingGroups::Observe(const Exchange& exchange, const Verdict& verdict) {
  diagnosis_.Observe(exchange, KeysOf(verdict));
}

// What has to be sent to see it again.
Steps FindingGroups::StepsOf(const Group& group) const {
  if (group.difference.rule == "response.request_id.unique"_rule) {
    return {group.request, group.request};
  }
  const bool needs_others = group.reported || NeedsHistory(group.difference.rule);
  if (needs_others || group.request.Find("NextToken")) {
    Steps steps = diagnosis_.RequestsTo(group.history);
    if (!steps.empty()) return steps;
  }
  return {group.request};
}

// Confirms and reduces the group's requests.
Finding FindingGroups::Reproduce(Settlement& settlement, const Judge& judge, bool search,
                                 Group& group) const {
  Reproduction reproduction({*settlement.target, settlement.watched, settlement.knows_state}, judge,
                            group.difference, StepsOf(group), diagnosis_.DigestOf(group.exchange));
  reproduction.Confirm(search ? settlement.budget : 0);
  std::vector<Request>& known = settlement.predecessors;
  const bool may_need_others = !reproduction.deterministic() || !known.empty();
  if (search && (may_need_others || diagnosis_.WasRight(group.request))) {
    Steps candidates = settlement.undoing;
    std::ranges::copy(diagnosis_.RequestsBefore(group.exchange, kMostPredecessors),
                      std::back_inserter(candidates));
    candidates.insert(candidates.end(), known.begin(), known.end());  // they are tried first
    if (reproduction.FindPredecessor(candidates)) {
      const auto at = std::ranges::find(known, reproduction.steps().front());
      group.predecessor = static_cast<std::size_t>(at - known.begin()) + 1;
      if (at == known.end()) {
        known.push_back(reproduction.steps().front());
        settlement.undoing.push_back(*reproduction.undoing());
      }
    }
  }
  if (reproduction.deterministic()) {
    reproduction.Reduce(settlement.budget);
    group.difference = reproduction.difference();
    group.request = reproduction.steps().back();
  }
  // What was cut short says nothing.
  if (IsUp(settlement.stop)) {
    return Write(group.difference, StepsOf(group), group.occurrences, group.evidence);
  }
  // A request that gets the same answer again was not mistaken for another one.
  const bool exchanged = !reproduction.deterministic() && !group.difference.belongs_to.empty();
  if (exchanged) {
    group.difference.actual +=
        fmt::format("; the answers of two requests were exchanged: this one belongs to {}",
                    group.difference.belongs_to);
  }
  Finding finding =
      Write(group.difference, reproduction.steps(), group.occurrences, group.evidence);
  finding.repeated = reproduction.alone();
  finding.overlapping = reproduction.overlapping();
  finding.answer = reproduction.answer();
  if (!reproduction.deterministic()) {
    finding.stability = Stability::kIntermittent;
    finding.id = FindingId(group.difference, reproduction.steps(), true);
  }
  return finding;
}

std::vector<Finding> FindingGroups::Settle(Settlement settlement, const Judge& judge) {
  std::vector<Settled> settled;
  int intermittent = 0;
  bool exchanged = false;
  for (const auto& [key, kinds] : groups_) {
    for (const Group& group : kinds) {
      settled.push_back({key, group, {}});
      Settled& entry = settled.back();
      // That answers are exchanged has to be shown once.
      const bool is_search =
          intermittent < kMostSearched && !(exchanged && !group.difference.belongs_to.empty());
      // Judging single answers cannot show what a suite found by comparing several.
      const bool again =
          settlement.target && settlement.budget > 0 && !group.reported && !IsUp(settlement.stop);
      entry.finding =
          again ? Reproduce(settlement, judge, is_search, entry.group)
                : Write(group.difference, StepsOf(group), group.occurrences, group.evidence);
      intermittent += IsIntermittent(entry.finding) ? 1 : 0;
      exchanged |= IsExchanged(entry);
    }
  }
  // What was found for one of them may be what others show after, also if it stays from then on.
  for (Settled& entry : settled) {
    if (settlement.predecessors.empty() || IsRemembered(entry)) continue;
    if (entry.finding.repeated.tried > 0 && !IsUp(settlement.stop)) {
      entry.finding = Reproduce(settlement, judge, true, entry.group);
    }
  }
  if (IsUp(settlement.stop)) {
    diagnosis_.EndAt(std::chrono::steady_clock::now() + kPatienceOfStop);
  }
  if (settlement.causes != Causes::kApart) JoinExchanged(settled);
  if (settlement.causes == Causes::kNamed) Diagnose(judge, settled);
  if (settlement.causes != Causes::kApart) JoinUnexplained(settled);
  if (settlement.causes != Causes::kApart) JoinOfOnePredecessor(settled);
  MergeAlike(settled);
  if (settlement.knows_state && !(settlement.watched && settlement.watched->moves())) {
    AddExamples(judge, settled);
  }
  std::vector<Finding> out;
  for (Settled& entry : settled) out.push_back(std::move(entry.finding));
  std::ranges::sort(out, {}, &Finding::id);
  return out;
}

namespace {

// The reading that was learned; for open questions, the first option that is possible.
Reading LearnedReading(const Judge& judge) {
  Reading reading{"learned", {}};
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const int first = judge.readings().Possible(question.id).First();
    reading.pins.emplace_back(question.id, OptionAt(question.id, first));
  }
  return reading;
}

// The learned reading, the same in each order, and the documented one.
std::vector<Reading> LikelyReadings(const Judge& judge) {
  std::vector<Reading> out{LearnedReading(judge)};
  for (const Option order : {"newest_first"_option, "oldest_first"_option}) {
    out.push_back(out.front());
    for (auto& [question, option] : out.back().pins) {
      if (question == "paging.order"_question) option = order;
    }
  }
  out.emplace_back();
  return out;
}

bool Breaks(const Fault& fault, Rule rule) {
  return std::ranges::find(fault.breaks, rule) != fault.breaks.end();
}

// Takes those out of `from` that belong.
template <typename Settled, typename Belongs>
void MoveAll(std::vector<Settled>& from, const Belongs& belongs, std::vector<Settled>& to) {
  const auto rest = std::stable_partition(from.begin(), from.end(),
                                          [&](const Settled& entry) { return !belongs(entry); });
  std::move(rest, from.end(), std::back_inserter(to));
  from.erase(rest, from.end());
}

// `exchanged`: it belongs to another request, which is no fault of now and then. `remembered`: of
// an earlier request; the same request is answered rightly after others.
Diagnosis::Pattern PatternOf(const Finding& finding, bool exchanged, bool remembered) {
  constexpr int kMany = 20;  // tries, after which what never showed again does not always show
  const Repeats &alone = finding.repeated, &overlapping = finding.overlapping;
  if (remembered) return Diagnosis::Pattern::kNowAndThen;
  if (!IsIntermittent(finding)) return Diagnosis::Pattern::kAlways;
  if (alone.failed + overlapping.failed == 0) {
    const bool may_always_show = alone.tried < kMany || exchanged;
    return may_always_show ? Diagnosis::Pattern::kAlways : Diagnosis::Pattern::kNowAndThen;
  }
  // Company brings it about only if it shows much more often there.
  const bool by_company = overlapping.failed * alone.tried >= 3 * alone.failed * overlapping.tried;
  return overlapping.failed > 0 && by_company ? Diagnosis::Pattern::kOverlapping
                                              : Diagnosis::Pattern::kNowAndThen;
}

}  // namespace

// What would be a right answer to the smallest requests: of a walk's later pages it has no token.
void FindingGroups::AddExamples(const Judge& judge, std::vector<Settled>& settled) const {
  if (settled.empty()) return;
  const Reading learned = LearnedReading(judge);
  for (Settled& entry : settled) {
    if (diagnosis_.IsLate()) return;
    Finding& finding = entry.finding;
    const Request& request = finding.request;
    const bool plain = finding.before.empty() && request.forgery == Forgery::kNone &&
                       !request.Find("NextToken") &&
                       !IsAboutTwoAnswers(entry.group.difference.rule);
    if (!plain || finding.answer.status == 0) continue;
    const Response wrong{.status = finding.answer.status,
                         .content_type = finding.answer.content_type,
                         .body = finding.answer.body};
    Response response = NearestRightAnswer(judge, learned, request, wrong);
    if (response.body.size() > kLongestShown) continue;
    finding.example = {response.status, response.content_type, std::move(response.body)};
  }
}

// Makes one finding of the cluster: the rule that the fault is about represents all.
FindingGroups::Settled FindingGroups::Merge(std::vector<Settled> cluster, const Fault* fault) {
  const auto speaks = std::ranges::find_if(cluster, [&](const Settled& entry) {
    return fault && entry.group.warning == cluster.front().group.warning &&
           Breaks(*fault, entry.group.difference.rule);
  });
  if (speaks != cluster.end()) std::swap(*speaks, cluster.front());
  if (fault) cluster.front().fault = fault;
  Finding& finding = cluster.front().finding;
  for (std::size_t i = 1; i < cluster.size(); ++i) {
    finding.occurrences += cluster[i].finding.occurrences;
    if (cluster[i].finding.id != finding.id) finding.also.push_back(cluster[i].finding.id);
    std::ranges::copy(cluster[i].finding.also, std::back_inserter(finding.also));
  }
  std::ranges::sort(finding.also);
  const auto again = std::ranges::unique(finding.also);
  finding.also.erase(again.begin(), again.end());
  std::erase(finding.also, finding.id);
  return std::move(cluster.front());
}

namespace {

// Whether the cause of the plainer finding, which no fault explains, may be that of the other one.
bool MayShareCause(const Difference& plain, const Trigger& plain_trigger, const Difference& other,
                   const Trigger& other_trigger) {
  if (IsWithin(plain_trigger, other_trigger)) return true;
  if (plain.aspect != Aspect::kList || other.aspect != Aspect::kList) return false;
  // Each question that is answered in two ways is a finding of its own.
  if (plain.rule == other.rule && IsAboutTwoAnswers(plain.rule)) return false;
  // If even the plainest request is answered with a wrong list, lists that are wrong in the same
  // way may be so for that; but one cause is not behind both too much and too little.
  const bool plainest = plain_trigger.filters.empty() && plain_trigger.paging.empty();
  return (plainest && plain.shape == other.shape) || AreOfPlainLists(plain_trigger, other_trigger);
}

}  // namespace

// A finding that no fault of the catalogue explains is joined with the plainest one that asks for
// part of the same.
void FindingGroups::JoinUnexplained(std::vector<Settled>& settled) {
  std::vector<Settled> unexplained;
  MoveAll(
      settled,
      [](const Settled& entry) {
        return entry.group.difference.aspect != Aspect::kForm && entry.finding.diagnosis.empty();
      },
      unexplained);
  std::ranges::stable_sort(unexplained, [](const Settled& a, const Settled& b) {
    const Trigger of_a = TriggerOf(a.finding), of_b = TriggerOf(b.finding);
    if (of_a < of_b || of_b < of_a) return of_a < of_b;
    return a.group.occurrences > b.group.occurrences;
  });
  while (!unexplained.empty()) {
    std::vector<Settled> cluster;
    cluster.push_back(std::move(unexplained.front()));
    unexplained.erase(unexplained.begin());
    const auto belongs = [first = cluster.front(),
                          trigger = TriggerOf(cluster.front().finding)](const Settled& other) {
      return other.group.warning == first.group.warning &&
             MayShareCause(first.group.difference, trigger, other.group.difference,
                           TriggerOf(other.finding));
    };
    MoveAll(unexplained, belongs, cluster);
    settled.push_back(Merge(std::move(cluster), nullptr));
  }
}

// What was judged under another rule when less was known turns out to be the same.
void FindingGroups::MergeAlike(std::vector<Settled>& settled) {
  std::vector<Settled> out;
  for (Settled& entry : settled) {
    const auto same = std::ranges::find(out, entry.finding.id,
                                        [](const Settled& other) { return other.finding.id; });
    if (same == out.end()) {
      out.push_back(std::move(entry));
      continue;
    }
    if (same->finding.diagnosis.empty()) std::swap(*same, entry);
    *same = Merge({std::move(*same), std::move(entry)}, nullptr);
  }
  settled = std::move(out);
}

namespace {

bool IsSoundBase(const Fault& fault) { return !fault.wire && !fault.history; }

Diagnosis::Failure FailureOf(const auto& settled) {
  const Finding& finding = settled.finding;
  Diagnosis::Failure out{settled.key, PartsOf(settled.group.difference), settled.group.asks};
  if (IsIntermittent(finding)) return out;
  out.of_two = IsAboutTwoAnswers(settled.group.difference.rule);
  out.steps = finding.before;
  out.steps.push_back(finding.request);
  out.answer = finding.answer;
  return out;
}

}  // namespace

// Names the fault behind the first of `settled` and takes those that it accounts for out of it;
// false if none is found.
bool FindingGroups::DiagnoseFirst(const Judge& judge, Suspicion& suspicion,
                                  std::vector<Settled>& settled, std::vector<Settled>& out) const {
  const Settled& first = settled.front();
  const Diagnosis::Named named = diagnosis_.Explain(
      FailureOf(first), PatternOf(first.finding, IsExchanged(first), IsRemembered(first)), judge,
      suspicion.reading, suspicion.known);
  if (named.faults.empty() || diagnosis_.IsLate()) return false;
  const Fault& fault = named.narrowed ? *named.narrowed : *named.faults.front();
  std::vector<Settled> cluster;
  cluster.push_back(std::move(settled.front()));
  settled.erase(settled.begin());
  const bool helps =
      IsSoundBase(fault) && diagnosis_.Helps(fault, judge, suspicion.reading, suspicion.known);
  FaultList faults = suspicion.known;
  faults.push_back(&fault);
  // Once the fault is known, more of the reading can be told.
  Reading fitted = suspicion.reading;
  if (IsSoundBase(fault) && !settled.empty()) {
    std::vector<std::string> others;
    for (const Settled& other : settled) others.push_back(other.key);
    fitted = diagnosis_.Fit(suspicion.reading, faults, judge, others);
  }
  MoveAll(
      settled,
      [&](const Settled& other) {
        if (fault.history) {
          return IsIntermittent(other.finding) || IsRemembered(other) || other.group.reported ||
                 diagnosis_.AccountsInRun(fault, FailureOf(other), judge, suspicion.reading);
        }
        return !IsRemembered(other) &&
               diagnosis_.Accounts(fault, FailureOf(other),
                                   Breaks(fault, other.group.difference.rule), judge, fitted,
                                   suspicion.known);
      },
      cluster);
  if (helps) suspicion = {std::move(fitted), std::move(faults)};
  out.push_back(Merge(std::move(cluster), &fault));
  Finding& finding = out.back().finding;
  for (const Fault* other : named.faults) finding.diagnosis.push_back(other->id);
  finding.variant = named.variant;
  // What it gives instead is not known.
  if (!named.other_values) {
    const bool is_vague = named.narrower && !named.narrowed;
    finding.cause = is_vague ? fault.title + ", but not in all such requests" : fault.title;
  }
  finding.diagnosed = true;
  return true;
}

// Two answers that do not go together follow from what makes one of them wrong.
void FindingGroups::JoinOfTwoAnswers(const Judge& judge, const Suspicion& suspicion,
                                     std::vector<Settled>& settled,
                                     std::vector<Settled>& out) const {
  for (Settled& cause : out) {
    const Fault* fault = cause.fault;
    if (!fault || !IsSoundBase(*fault)) continue;
    FaultList known = suspicion.known;
    if (std::ranges::find(known, fault) == known.end()) known.push_back(fault);
    std::vector<Settled> cluster;
    cluster.push_back(std::move(cause));
    MoveAll(
        settled,
        [&](const Settled& other) {
          return IsAboutTwoAnswers(other.group.difference.rule) &&
                 diagnosis_.Reconciles(*fault, other.group.history, judge, suspicion.reading,
                                       known);
        },
        cluster);
    cause = Merge(std::move(cluster), fault);
  }
}

bool FindingGroups::IsRemembered(const Settled& entry) { return entry.group.predecessor > 0; }

bool FindingGroups::IsExchanged(const Settled& entry) {
  return IsIntermittent(entry.finding) && !entry.group.difference.belongs_to.empty();
}

// Answers that came to each other's requests are one finding, whatever rules they break.
void FindingGroups::JoinExchanged(std::vector<Settled>& settled) {
  for (const bool warning : {false, true}) {
    std::vector<Settled> cluster;
    MoveAll(
        settled,
        [&](const Settled& entry) { return IsExchanged(entry) && entry.group.warning == warning; },
        cluster);
    if (!cluster.empty()) settled.push_back(Merge(std::move(cluster), nullptr));
  }
}

// What shows after the same request is left behind by it: one finding, by the one that was named,
// or shows most often. If nothing else is left behind, so are answers to one request that differ.
void FindingGroups::JoinOfOnePredecessor(std::vector<Settled>& settled) {
  std::vector<Settled> after;
  MoveAll(settled, IsRemembered, after);
  std::ranges::stable_sort(after, [](const Settled& a, const Settled& b) {
    const auto order = [](const Settled& entry) {
      return std::tuple(entry.group.predecessor, entry.group.warning,
                        entry.finding.diagnosis.empty());
    };
    if (order(a) != order(b)) return order(a) < order(b);
    return a.finding.occurrences > b.finding.occurrences;
  });
  const bool is_one = std::ranges::all_of(after, [&](const Settled& entry) {
    return entry.group.predecessor == after.front().group.predecessor;
  });
  while (!after.empty()) {
    std::vector<Settled> cluster;
    MoveAll(
        after,
        [first = after.front().group.predecessor](const Settled& entry) {
          return entry.group.predecessor == first;
        },
        cluster);
    if (is_one && !cluster.front().group.warning) MoveAll(settled, IsOfOneRequestTwice, cluster);
    settled.push_back(Merge(std::move(cluster), nullptr));
  }
}

bool FindingGroups::IsOfOneRequestTwice(const Settled& entry) {
  return entry.group.reported && !entry.group.warning &&
         entry.group.difference.rule == "request.same.answer"_rule;
}

// Of those that no fault explains: a target whose answers vary from one time to the next varies
// everywhere, and what one request shows in one part of its answer is one finding.
void FindingGroups::JoinOfOneRequest(std::vector<Settled>& settled) {
  std::vector<Settled> out;
  while (!settled.empty()) {
    std::vector<Settled> cluster;
    cluster.push_back(std::move(settled.front()));
    settled.erase(settled.begin());
    const auto belongs = [first = cluster.front()](const Settled& other) {
      if (IsIntermittent(first.finding)) return IsIntermittent(other.finding);
      return other.group.request == first.group.request &&
             ShowInOnePart(first.group.difference, other.group.difference);
    };
    MoveAll(settled, belongs, cluster);
    out.push_back(Merge(std::move(cluster), nullptr));
  }
  settled = std::move(out);
}

// What goes wrong in the parts that one kind of fault changes has one cause, though it is not
// known what it gives there.
void FindingGroups::JoinOfOneKind(std::vector<Settled>& settled) {
  const auto is_of_kind = [](const Settled& entry) {
    return entry.finding.variant && entry.finding.cause.empty();
  };
  std::vector<Settled> loose;
  MoveAll(settled, is_of_kind, loose);
  while (!loose.empty()) {
    std::vector<Settled> cluster;
    cluster.push_back(std::move(loose.front()));
    loose.erase(loose.begin());
    const auto belongs = [first = cluster.front()](const Settled& other) {
      return other.group.warning == first.group.warning &&
             KindOfFault(other.finding.diagnosis.front()) ==
                 KindOfFault(first.finding.diagnosis.front());
    };
    MoveAll(loose, belongs, cluster);
    settled.push_back(Merge(std::move(cluster), nullptr));
  }
}

// The most frequent group first: what explains it may explain the others, too. A target may have
// several faults, and one that was not recognized among the others may be when they are known.
void FindingGroups::Diagnose(const Judge& judge, std::vector<Settled>& settled) const {
  if (settled.empty()) return;
  Suspicion suspicion{
      diagnosis_.Fit(diagnosis_.BestOf(LikelyReadings(judge), judge), {}, judge, {}), {}};
  std::ranges::stable_sort(settled, [](const Settled& a, const Settled& b) {
    if (a.group.warning != b.group.warning) return b.group.warning;
    return a.group.occurrences > b.group.occurrences;
  });
  std::vector<Settled> out;
  for (std::size_t tried = 0, known = 0; !settled.empty(); known = suspicion.known.size()) {
    std::vector<Settled> unexplained;
    while (!settled.empty() && tried < kMostTried && !diagnosis_.IsLate()) {
      ++tried;
      if (DiagnoseFirst(judge, suspicion, settled, out)) continue;
      settled.front().finding.diagnosed = !diagnosis_.IsLate();
      unexplained.push_back(std::move(settled.front()));
      settled.erase(settled.begin());
    }
    std::move(settled.begin(), settled.end(), std::back_inserter(unexplained));
    settled = std::move(unexplained);
    if (tried >= kMostTried || diagnosis_.IsLate() || suspicion.known.size() == known) break;
  }
  JoinOfTwoAnswers(judge, suspicion, settled, out);
  JoinOfOneRequest(settled);
  JoinOfOneKind(out);
  std::move(out.begin(), out.end(), std::back_inserter(settled));
}

}  // namespace assay
