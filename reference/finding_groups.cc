#include "reference/finding_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "reference/describe_snapshots/faults/catalogue.h"
#include "reference/trigger.h"

namespace assay {
namespace {

constexpr std::size_t kMostEvidence = 8;
constexpr int kMostSearched = 20;          // intermittent findings that are sent more often
constexpr std::size_t kMostExplained = 8;  // findings whose cause is looked for

// Rules about several answers: one request alone cannot show them.
bool NeedsHistory(Rule rule) {
  return rule == "request.reading.consistent"_rule || rule == "page.order.stable"_rule ||
         rule == "page.walk.unique"_rule || rule == "token.walk.unique"_rule ||
         rule == "token.walk.ends"_rule || rule == "token.walk.complete"_rule ||
         rule == "page.walk.complete"_rule || rule == "response.request_id.unique"_rule;
}

RequestRecord RecordOf(const Request& request) {
  RequestRecord out{request.method,
                    std::string(NameOf(request.placement)),
                    std::string(NameOf(request.encoding)),
                    {}};
  for (const Parameter& parameter : request.parameters) {
    out.parameters.emplace_back(parameter.name, parameter.value);
  }
  return out;
}

// Of the group that the difference belongs to.
std::string KeyOf(const Difference& difference) {
  return fmt::format("{} {}", Id(difference.rule), difference.shape);
}

std::vector<std::string> KeysOf(const Verdict& verdict) {
  std::vector<std::string> out;
  for (const auto* list : {&verdict.violations, &verdict.warnings}) {
    for (const Difference& difference : *list) out.push_back(KeyOf(difference));
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

}  // namespace

std::string FindingId(const Difference& difference) {
  std::uint32_t hash = 2166136261U;
  for (const char c : difference.shape) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return fmt::format("{}.{:08x}", Id(difference.rule), hash);
}

void FindingGroups::Add(std::uint64_t exchange, const Request& request,
                        const Difference& difference, const Verdict& verdict, bool warning,
                        bool reported) {
  const std::string key = KeyOf(difference);
  auto [at, is_new] = groups_.try_emplace(key);
  Group& group = at->second;
  ++group.occurrences;
  if (is_new || request.parameters.size() < group.request.parameters.size()) {
    group.difference = difference;
    group.request = request;
    group.exchange = exchange;
    group.warning = warning;
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
  for (const Difference& d : verdict.violations) Add(exchange, request, d, verdict, false, false);
  for (const Difference& d : verdict.warnings) Add(exchange, request, d, verdict, true, false);
}

void FindingGroups::AddReport(std::uint64_t exchange, const Request& request,
                              const Verdict& verdict) {
  for (const std::string& key : KeysOf(verdict)) diagnosis_.Fail(exchange, key);
  for (const Difference& d : verdict.violations) Add(exchange, request, d, verdict, false, true);
  for (const Difference& d : verdict.warnings) Add(exchange, request, d, verdict, true, true);
}

// As the last step shows it, after the others.
Finding FindingGroups::Write(const Group& group, const Steps& steps) const {
  const RuleInfo& rule = Catalogue::Get()[group.difference.rule];
  const Request& request = steps.back();
  Finding finding{.id = FindingId(group.difference),
                  .rule = std::string(Id(rule.id)),
                  .kind = group.warning ? "warning" : "violation",
                  .occurrences = group.occurrences,
                  .statement = rule.statement,
                  .source = SourceText(rule),
                  .method = request.method,
                  .placement = std::string(NameOf(request.placement)),
                  .encoding = std::string(NameOf(request.encoding)),
                  .forgery = std::string(NameOf(request.forgery)),
                  .expected = group.difference.expected,
                  .actual = group.difference.actual,
                  .evidence = group.evidence};
  finding.parameters = RecordOf(request).parameters;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) finding.before.push_back(RecordOf(steps[i]));
  return finding;
}

void FindingGroups::Observe(std::uint64_t exchange, const Request& request, const Error& broken,
                            const Verdict& verdict) {
  diagnosis_.Observe(exchange, request, broken, KeysOf(verdict));
}

void FindingGroups::Observe(std::uint64_t exchange, const Request& request,
                            const ObservedAnswer& answer, const Response& response,
                            const Verdict& verdict) {
  diagnosis_.Observe(exchange, request, answer, response, KeysOf(verdict));
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
Finding FindingGroups::Reproduce(Target& target, const SteadyTarget* steady, const Judge& judge,
                                 int budget, bool search, Group& group) const {
  Reproduction reproduction(target, steady, judge, group.difference, StepsOf(group));
  reproduction.Confirm(search ? budget : 0);
  if (reproduction.deterministic()) {
    reproduction.Reduce(budget);
    group.difference = reproduction.difference();
    group.request = reproduction.steps().back();
  }
  Finding finding = Write(group, reproduction.steps());
  finding.repeated = reproduction.alone();
  finding.overlapping = reproduction.overlapping();
  if (!reproduction.deterministic()) finding.stability = "intermittent";
  return finding;
}

std::vector<Finding> FindingGroups::Settle(Target* target, const SteadyTarget* steady,
                                           const Judge& judge, int budget, Causes causes) {
  std::vector<Settled> settled;
  int intermittent = 0;
  for (auto& [key, group] : groups_) {
    settled.push_back({key, group, {}});
    Settled& entry = settled.back();
    // What a suite found by comparing answers one judge cannot see in them.
    const bool again = target && budget > 0 && !group.reported;
    entry.finding =
        again ? Reproduce(*target, steady, judge, budget, intermittent < kMostSearched, entry.group)
              : Write(entry.group, StepsOf(entry.group));
    intermittent += entry.finding.stability == "intermittent" ? 1 : 0;
  }
  if (causes == Causes::kNamed) Diagnose(judge, settled);
  if (causes != Causes::kApart) JoinUnexplained(settled);
  MergeAlike(settled);
  std::vector<Finding> out;
  for (Settled& entry : settled) out.push_back(std::move(entry.finding));
  std::ranges::sort(out, {}, &Finding::id);
  return out;
}

namespace {

// The reading that was learned; of what stayed open, the first option that is possible.
Reading LearnedReading(const Judge& judge) {
  Reading reading{"learned", {}};
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    const OptionSet possible = judge.readings().Possible(question.id);
    for (std::size_t i = 0; i < question.options.size(); ++i) {
      if (((possible >> i) & 1U) == 0) continue;
      reading.pins.emplace_back(question.id, question.options[i].id);
      break;
    }
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

bool IsIntermittent(const Finding& finding) { return finding.stability == "intermittent"; }

// A finding that never showed again may still be one that always does.
Diagnosis::Pattern PatternOf(const Finding& finding) {
  const bool alone = finding.repeated.failed > 0, overlapping = finding.overlapping.failed > 0;
  if (!IsIntermittent(finding) || (!alone && !overlapping)) return Diagnosis::Pattern::kAlways;
  return overlapping ? Diagnosis::Pattern::kOverlapping : Diagnosis::Pattern::kNowAndThen;
}

}  // namespace

// Of the cluster, one finding: the rule that the fault is about speaks for all.
FindingGroups::Settled FindingGroups::Merge(std::vector<Settled> cluster, const Fault* fault) {
  const auto speaks = std::ranges::find_if(cluster, [&](const Settled& entry) {
    return fault && entry.group.warning == cluster.front().group.warning &&
           Breaks(*fault, entry.group.difference.rule);
  });
  if (speaks != cluster.end()) std::swap(*speaks, cluster.front());
  Finding& finding = cluster.front().finding;
  for (std::size_t i = 1; i < cluster.size(); ++i) {
    finding.occurrences += cluster[i].finding.occurrences;
    if (cluster[i].finding.id != finding.id) finding.also.push_back(cluster[i].finding.id);
    std::ranges::copy(cluster[i].finding.also, std::back_inserter(finding.also));
  }
  std::ranges::sort(finding.also);
  return std::move(cluster.front());
}

namespace {

// Whether the cause of the plainer finding, which no fault explains, may be that of the other one.
bool MayShareCause(const Difference& plain, const Trigger& plain_trigger, const Difference& other,
                   const Trigger& other_trigger) {
  if (IsWithin(plain_trigger, other_trigger)) return true;
  if (plain.aspect != Aspect::kList || other.aspect != Aspect::kList) return false;
  // Each question that is answered in two ways is a finding of its own.
  const Rule consistent = "request.reading.consistent"_rule;
  if (plain.rule == consistent && other.rule == consistent) return false;
  // Where the plainest request of all is answered with a wrong list, no list can be trusted.
  const bool plainest = plain_trigger.filters.empty() && plain_trigger.paging.empty();
  return plainest || AreOfPlainLists(plain_trigger, other_trigger);
}

}  // namespace

// What no fault of the catalogue explains is one finding with the plainest one that asks for part
// of the same.
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

// The most frequent group first: what explains it may explain the others, too.
void FindingGroups::Diagnose(const Judge& judge, std::vector<Settled>& settled) const {
  if (settled.empty()) return;
  const Dataset& dataset = judge.dataset();
  const Reading reading =
      diagnosis_.Fit(diagnosis_.BestOf(LikelyReadings(judge), dataset), nullptr, dataset, {});
  std::ranges::stable_sort(settled, [](const Settled& a, const Settled& b) {
    if (a.group.warning != b.group.warning) return b.group.warning;
    return a.group.occurrences > b.group.occurrences;
  });
  std::vector<Settled> out;
  while (!settled.empty()) {
    std::vector<Settled> cluster;
    cluster.push_back(std::move(settled.front()));
    settled.erase(settled.begin());
    std::vector<std::string> named;
    const bool diagnosed = out.size() < kMostExplained;
    if (diagnosed) {
      const Settled& first = cluster.front();
      named = diagnosis_.Explain(first.key, PatternOf(first.finding), dataset, reading);
    }
    const Fault* fault = named.empty() ? nullptr : FindFault(named.front());
    // With the fault in mind, more of the reading can be told.
    Reading fitted = reading;
    if (fault && !fault->wire && !fault->history && !settled.empty()) {
      std::vector<std::string> others;
      for (const Settled& other : settled) others.push_back(other.key);
      fitted = diagnosis_.Fit(reading, fault, dataset, others);
    }
    const auto belongs = [&, first = cluster.front()](const Settled& other) {
      if (fault) return fault->history || diagnosis_.Accounts(*fault, other.key, dataset, fitted);
      // A target that answers now so and now otherwise does it everywhere.
      if (IsIntermittent(first.finding)) return IsIntermittent(other.finding);
      return other.group.request == first.group.request;
    };
    MoveAll(settled, belongs, cluster);
    out.push_back(Merge(std::move(cluster), fault));
    out.back().finding.diagnosis = std::move(named);
    out.back().finding.diagnosed = diagnosed;
  }
  settled = std::move(out);
}

}  // namespace assay
