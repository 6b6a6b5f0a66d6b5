#include "reference/finding_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "reference/describe_snapshots/faults/catalogue.h"

namespace assay {
namespace {

constexpr int kConfirmations = 3;  // repetitions of a failing request
constexpr std::size_t kMostEvidence = 8;
constexpr std::size_t kMostExplained = 8;  // findings whose cause is looked for

// Rules about several answers: one request alone cannot show them.
bool NeedsHistory(Rule rule) {
  return rule == "request.reading.consistent"_rule || rule == "page.order.stable"_rule ||
         rule == "page.walk.unique"_rule || rule == "token.walk.unique"_rule ||
         rule == "token.walk.ends"_rule || rule == "token.walk.complete"_rule ||
         rule == "response.request_id.unique"_rule;
}

// What the request shows now, where it is the same kind of difference; nothing where it is right.
std::optional<Difference> Failure(Target& target, const Judge& judge, const Request& request,
                                  const Difference& difference) {
  const Result<Response> response = Send(target, request);
  if (!response) {
    const bool broken = difference.rule == "encoding.http.complete"_rule;
    return broken ? std::optional(difference) : std::nullopt;
  }
  const Verdict verdict = judge.Peek(request, *response);
  for (const auto* list : {&verdict.violations, &verdict.warnings}) {
    const auto same = std::ranges::find_if(*list, [&](const Difference& other) {
      return other.rule == difference.rule && other.shape == difference.shape;
    });
    if (same != list->end()) return *same;
  }
  return std::nullopt;
}

// Removes what is not needed, one thing at a time, while the request still fails.
void Reduce(Target& target, const Judge& judge, int budget, Difference& difference,
            Request& request) {
  if (request.encoding != FormEncoding::kPercent && budget-- > 0) {
    Request candidate = request;
    candidate.encoding = FormEncoding::kPercent;
    if (auto failure = Failure(target, judge, candidate, difference)) {
      request = std::move(candidate);
      difference = std::move(*failure);
    }
  }
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (std::size_t i = request.parameters.size(); i-- > 0;) {
      if (request.parameters[i].name == "Action") continue;
      if (budget-- <= 0) return;
      Request candidate = request;
      candidate.parameters.erase(candidate.parameters.begin() + static_cast<std::ptrdiff_t>(i));
      auto failure = Failure(target, judge, candidate, difference);
      if (!failure) continue;
      request = std::move(candidate);
      difference = std::move(*failure);
      smaller = true;
    }
  }
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
    if (!verdict.evidence.empty() || is_new) {
      group.evidence = verdict.evidence;
      group.evidence.push_back(exchange);
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

Finding FindingGroups::Write(const Group& group) const {
  const RuleInfo& rule = Catalogue::Get()[group.difference.rule];
  Finding finding{.id = FindingId(group.difference),
                  .rule = std::string(Id(rule.id)),
                  .kind = group.warning ? "warning" : "violation",
                  .occurrences = group.occurrences,
                  .statement = rule.statement,
                  .source = SourceText(rule),
                  .method = group.request.method,
                  .placement = std::string(NameOf(group.request.placement)),
                  .encoding = std::string(NameOf(group.request.encoding)),
                  .forgery = std::string(NameOf(group.request.forgery)),
                  .expected = group.difference.expected,
                  .actual = group.difference.actual,
                  .evidence = group.evidence};
  for (const Parameter& parameter : group.request.parameters) {
    finding.parameters.emplace_back(parameter.name, parameter.value);
  }
  return finding;
}

void FindingGroups::Observe(std::uint64_t exchange, const Request& request,
                            const ObservedAnswer& answer, const Response& response,
                            const Verdict& verdict) {
  diagnosis_.Observe(exchange, request, answer, response, KeysOf(verdict));
}

std::vector<Finding> FindingGroups::Settle(Target* target, const Judge& judge, int budget,
                                           bool diagnose) {
  std::vector<Settled> settled;
  for (auto& [key, group] : groups_) {
    const bool alone = !group.reported && !NeedsHistory(group.difference.rule);
    int failed = kConfirmations;
    if (target && alone && budget > 0) {
      failed = 0;
      for (int i = 0; i < kConfirmations; ++i) {
        failed += Failure(*target, judge, group.request, group.difference) ? 1 : 0;
      }
      if (failed == kConfirmations) {
        Reduce(*target, judge, budget, group.difference, group.request);
      }
    }
    settled.push_back({key, group, Write(group)});
    if (failed < kConfirmations) settled.back().finding.stability = "intermittent";
  }
  if (diagnose) Diagnose(judge, settled);
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

}  // namespace

// The most frequent group first: what explains it may explain the others, too.
void FindingGroups::Diagnose(const Judge& judge, std::vector<Settled>& settled) const {
  if (settled.empty()) return;
  const Reading reading = diagnosis_.BestOf(LikelyReadings(judge), judge.dataset());
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
    if (out.size() < kMostExplained) {
      named = diagnosis_.Explain(cluster.front().key, judge.dataset(), reading);
    }
    const Fault* fault = named.empty() ? nullptr : FindFault(named.front());
    const auto belongs = [&](const Settled& other) {
      if (!fault) return other.group.request == cluster.front().group.request;
      return fault->history || diagnosis_.Reproduces(*fault, other.key, judge.dataset(), reading,
                                                     Diagnosis::Share::kAny);
    };
    for (std::size_t i = 0; i < settled.size();) {
      if (!belongs(settled[i])) {
        ++i;
        continue;
      }
      cluster.push_back(std::move(settled[i]));
      settled.erase(settled.begin() + static_cast<std::ptrdiff_t>(i));
    }
    // The rule that the fault is about speaks for all.
    const auto speaks = std::ranges::find_if(cluster, [&](const Settled& entry) {
      return fault && entry.group.warning == cluster.front().group.warning &&
             Breaks(*fault, entry.group.difference.rule);
    });
    if (speaks != cluster.end()) std::swap(*speaks, cluster.front());
    Finding& finding = cluster.front().finding;
    finding.diagnosis = named;
    for (std::size_t i = 1; i < cluster.size(); ++i) {
      finding.occurrences += cluster[i].finding.occurrences;
      finding.also.push_back(cluster[i].finding.id);
    }
    std::ranges::sort(finding.also);
    out.push_back(std::move(cluster.front()));
  }
  settled = std::move(out);
}

}  // namespace assay
