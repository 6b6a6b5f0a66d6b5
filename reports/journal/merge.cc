#include "reports/journal/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "reports/journal/journal.h"
#include "spec/text/shard.h"

namespace assay {
namespace {

bool IsShardOption(const std::pair<std::string, std::string>& option) {
  return option.first == "--shard" || option.first == "shard";
}

std::optional<Shard> ShardOf(const RecordedRun& run) {
  for (const auto& option : run.header.options) {
    if (IsShardOption(option)) return ParseShard(option.second);
  }
  return std::nullopt;
}

// "2/3", or the journal's path if no shard is recorded.
std::string ShardName(const RecordedRun& run) {
  const std::optional<Shard> shard = ShardOf(run);
  return shard ? fmt::format("shard {}/{}", shard->index, shard->count) : run.path;
}

void MoveExchangeIds(std::uint64_t offset, RecordedRun* run) {
  for (Finding& finding : run->findings) {
    for (std::uint64_t& id : finding.evidence) id += offset;
  }
  for (LearnedAnswer& answer : run->trailer.reading) {
    for (std::uint64_t& id : answer.evidence) id += offset;
  }
  for (RecordedExchange& recorded : run->evidence) recorded.exchange.id += offset;
  run->last_exchange += offset;
}

template <typename T>
void Append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

int KindWeight(FindingKind kind) {
  return kind == FindingKind::kViolation      ? 3
         : kind == FindingKind::kInconclusive ? 2
         : kind == FindingKind::kWarning      ? 1
                                              : 0;
}

// Makes one finding of two with one id or one cause: the smaller request stays.
void MergeFinding(const Finding& other, Finding* finding) {
  const bool is_smaller = other.request.parameters.size() < finding->request.parameters.size();
  Finding merged = is_smaller ? other : *finding;
  merged.kind = KindWeight(other.kind) > KindWeight(finding->kind) ? other.kind : finding->kind;
  if (other.stability != finding->stability) merged.stability = Stability::kIntermittent;
  merged.occurrences = finding->occurrences + other.occurrences;
  merged.evidence = finding->evidence;
  Append(other.evidence, &merged.evidence);
  std::set<std::string> also(finding->also.begin(), finding->also.end());
  also.insert(other.also.begin(), other.also.end());
  also.insert({finding->id, other.id});
  also.erase(merged.id);
  merged.also.assign(also.begin(), also.end());
  *finding = std::move(merged);
}

// One fault shows in several shards, by different rules.
bool HaveOneCause(const Finding& a, const Finding& b) {
  return a.kind == b.kind && !a.variant && !b.variant && !a.diagnosis.empty() &&
         !b.diagnosis.empty() && a.diagnosis.front() == b.diagnosis.front();
}

}  // namespace

void MergeFindings(const std::vector<Finding>& from, std::vector<Finding>* to) {
  for (const Finding& finding : from) {
    auto same =
        std::find_if(to->begin(), to->end(), [&](const Finding& f) { return f.id == finding.id; });
    if (same == to->end()) {
      same = std::find_if(to->begin(), to->end(),
                          [&](const Finding& f) { return HaveOneCause(f, finding); });
    }
    if (same == to->end()) {
      to->push_back(finding);
    } else {
      MergeFinding(finding, &*same);
    }
  }
}

namespace {

void MergeParameters(const std::vector<ParameterTally>& from, std::vector<ParameterTally>* to) {
  for (const ParameterTally& parameter : from) {
    const auto same = std::find_if(to->begin(), to->end(), [&](const ParameterTally& other) {
      return other.name == parameter.name;
    });
    if (same == to->end()) {
      to->push_back(parameter);
      continue;
    }
    same->given += parameter.given;
    same->compared += parameter.compared;
    same->effective += parameter.effective;
  }
}

void MergeRules(const std::vector<RuleTally>& from, std::vector<RuleTally>* to) {
  for (const RuleTally& rule : from) {
    const auto same =
        std::find_if(to->begin(), to->end(), [&](const RuleTally& r) { return r.id == rule.id; });
    if (same == to->end()) {
      to->push_back(rule);
    } else {
      same->exercised += rule.exercised;
      same->violations += rule.violations;
    }
  }
}

std::string JoinOptions(const std::vector<std::string>& options) {
  std::string text;
  for (const std::string& option : options) text += (text.empty() ? "" : " or ") + option;
  return text;
}

// Two shards that leave no common option: together they break what each of them keeps.
Finding Contradiction(const LearnedAnswer& before, const LearnedAnswer& answer,
                      const std::string& shard) {
  Finding finding;
  finding.id = "reading.consistent-" + answer.question;
  finding.rule = "request.reading.consistent";
  finding.occurrences = 1;
  finding.statement = "One reading explains all answers of a target.";
  finding.source = "the definition of conformance";
  finding.expected = "one answer to " + answer.question + " in all shards";
  finding.actual = shard + " leaves " + JoinOptions(answer.possible) + ", the shards before it " +
                   JoinOptions(before.possible);
  finding.evidence = before.evidence;
  Append(answer.evidence, &finding.evidence);
  return finding;
}

void MergeAnswer(const LearnedAnswer& other, const std::string& shard, LearnedAnswer* answer,
                 std::vector<Finding>* findings) {
  std::vector<std::string> common;
  std::copy_if(answer->possible.begin(), answer->possible.end(), std::back_inserter(common),
               [&](const std::string& option) {
                 return std::count(other.possible.begin(), other.possible.end(), option) > 0;
               });
  if (common.empty() && !answer->possible.empty() && !other.possible.empty()) {
    MergeFindings({Contradiction(*answer, other, shard)}, findings);
  }
  answer->possible = std::move(common);
  answer->settled = answer->possible.size() == 1;
  // A shard that asked knows best.
  if (answer->asked == 0) answer->why_open = other.why_open;
  if (answer->settled) answer->why_open.clear();
  answer->asked += other.asked;
  Append(other.evidence, &answer->evidence);
}

void MergeReading(const RecordedRun& from, RecordedRun* to) {
  for (const LearnedAnswer& answer : from.trailer.reading) {
    auto& reading = to->trailer.reading;
    const auto same = std::find_if(reading.begin(), reading.end(), [&](const LearnedAnswer& a) {
      return a.question == answer.question;
    });
    if (same == reading.end()) {
      reading.push_back(answer);
    } else {
      MergeAnswer(answer, ShardName(from), &*same, &to->findings);
    }
  }
}

// The rule of an entry of `not_exercised`, and whether it says only that the shard did not show it.
std::pair<std::string, bool> ReadUnexercised(const std::string& entry) {
  const std::size_t colon = entry.find(": ");
  return {entry.substr(0, colon),
          std::string_view(entry).substr(colon + 2).starts_with(kNotInShard)};
}

// Must rules that none of the shards showed, though together they are a full run.
std::set<std::string> NeverShown(const std::vector<RecordedRun>& shards) {
  std::map<std::string, std::size_t> unshown;
  for (const RecordedRun& shard : shards) {
    for (const std::string& entry : shard.trailer.not_exercised) {
      if (const auto [rule, in_shard] = ReadUnexercised(entry); in_shard) ++unshown[rule];
    }
  }
  std::set<std::string> out;
  for (const RuleTally& rule : shards[0].trailer.rules) {
    if (rule.level == Level::kMust && unshown[rule.id] == shards.size()) out.insert(rule.id);
  }
  return out;
}

// Keeps the reasons of rules that no shard has exercised, once each: what a shard knows of a rule
// says more than that it did not show it.
void FilterUnexercised(RunTrailer* trailer) {
  std::set<std::string> done;
  for (const RuleTally& rule : trailer->rules) {
    if (rule.exercised > 0) done.insert(rule.id);
  }
  auto& entries = trailer->not_exercised;
  std::ranges::stable_partition(
      entries, [](const std::string& entry) { return !ReadUnexercised(entry).second; });
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [&](const std::string& entry) {
                                 return !done.insert(entry.substr(0, entry.find(':'))).second;
                               }),
                entries.end());
}

void AddReason(const std::string& reason, std::string* reasons) {
  if (!reason.empty()) *reasons += (reasons->empty() ? "" : "; ") + reason;
}

// How far the campaign was at that time: what the latest sample before it says.
CampaignSample SampleAt(const CampaignTally& campaign, double seconds) {
  CampaignSample latest;
  for (const CampaignSample& sample : campaign.samples) {
    if (sample.seconds > seconds) break;
    latest = sample;
  }
  return latest;
}

// Workers that share a corpus ran side by side. Of features and corpus the largest number counts:
// what two of them saw may be the same.
CampaignTally MergeCampaigns(const CampaignTally& a, const CampaignTally& b) {
  CampaignTally out{.ended = a.ended,
                    .workers = a.workers + b.workers,
                    .shown_once = a.shown_once + b.shown_once,
                    .shown_twice = a.shown_twice + b.shown_twice};
  std::set<double> times;
  for (const CampaignSample& sample : a.samples) times.insert(sample.seconds);
  for (const CampaignSample& sample : b.samples) times.insert(sample.seconds);
  for (const double seconds : times) {
    const CampaignSample of_a = SampleAt(a, seconds), of_b = SampleAt(b, seconds);
    out.samples.push_back({.seconds = seconds,
                           .inputs = of_a.inputs + of_b.inputs,
                           .requests = of_a.requests + of_b.requests,
                           .features = std::max(of_a.features, of_b.features),
                           .findings = std::max(of_a.findings, of_b.findings),
                           .corpus = std::max(of_a.corpus, of_b.corpus)});
  }
  return out;
}

void MergeCampaign(const std::optional<CampaignTally>& from, std::optional<CampaignTally>* to) {
  if (!from) return;
  *to = *to ? MergeCampaigns(**to, *from) : *from;
}

void MergeRun(const RecordedRun& from, RecordedRun* to) {
  MergeFindings(from.findings, &to->findings);
  MergeReading(from, to);
  MergeRules(from.trailer.rules, &to->trailer.rules);
  MergeParameters(from.trailer.parameters, &to->trailer.parameters);
  Append(from.trailer.not_exercised, &to->trailer.not_exercised);
  Append(from.trailer.unforeseen, &to->trailer.unforeseen);
  Append(from.evidence, &to->evidence);
  MergeCampaign(from.trailer.campaign, &to->trailer.campaign);
  // The workers of a campaign are at work at once.
  to->trailer.seconds = from.trailer.campaign ? std::max(to->trailer.seconds, from.trailer.seconds)
                                              : to->trailer.seconds + from.trailer.seconds;
  to->trailer.exchanges += from.trailer.exchanges;
  to->trailer.judged += from.trailer.judged;
  to->trailer.throttled += from.trailer.throttled;
  to->finished = to->finished && from.finished;
  to->cut = to->cut || from.cut;
  to->header.started = std::min(to->header.started, from.header.started);
  to->path += ", " + from.path;
}

// The shards that are missing among 1…N (or 0…N-1), by what the others say of themselves.
std::vector<std::string> MissingShards(const std::map<int, int>& seen, int count) {
  const int first = seen.count(0) > 0 ? 0 : 1;
  std::vector<std::string> missing;
  for (int index = first; index < first + count; ++index) {
    if (seen.count(index) == 0) missing.push_back(fmt::format("{}/{}", index, count));
  }
  return missing;
}

struct ShardCheck {
  std::vector<std::string> notes;
  std::string missing;  // a reason, or ""
};

ShardCheck CheckShards(const std::vector<RecordedRun>& runs) {
  ShardCheck check;
  std::map<int, int> seen;
  int count = 0;
  for (const RecordedRun& run : runs) {
    const std::optional<Shard> shard = ShardOf(run);
    count = std::max(count, shard->count);
    ++seen[shard->index];
  }
  for (const std::string& shard : MissingShards(seen, count)) {
    check.notes.push_back("Shard " + shard + " is missing.");
    AddReason("shard " + shard + " is missing", &check.missing);
  }
  return check;
}

// Leaves one run of each shard, the one that began last; a note for each of the others. `runs` is
// sorted by shard.
std::vector<std::string> DropRepeatedShards(std::vector<RecordedRun>* runs) {
  std::vector<std::string> notes;
  std::vector<RecordedRun> kept;
  for (RecordedRun& run : *runs) {
    const std::optional<Shard> shard = ShardOf(run);
    const std::optional<Shard> before = kept.empty() ? std::nullopt : ShardOf(kept.back());
    if (!shard || !before || shard->index != before->index) {
      kept.push_back(std::move(run));
      continue;
    }
    if (run.header.started >= kept.back().header.started) std::swap(run, kept.back());
    notes.push_back(fmt::format("Shard {}/{} is there more than once: {} is left out.",
                                shard->index, shard->count, run.path));
  }
  *runs = std::move(kept);
  return notes;
}

// What keeps the merged run from conforming.
std::string ReasonOf(const RecordedRun& run) {
  const bool has_one =
      run.trailer.verdict == RunVerdict::kInconclusive ||
      (run.trailer.verdict == RunVerdict::kViolations && !run.trailer.reason.empty());
  return has_one ? ShardName(run) + ": " + run.trailer.reason : "";
}

void Judge(const std::string& reasons, bool has_violation, RunTrailer* trailer) {
  trailer->reason = reasons;
  const ExitCode code = has_violation     ? ExitCode::kViolations
                        : reasons.empty() ? ExitCode::kConforms
                                          : ExitCode::kCouldNotJudge;
  trailer->verdict = VerdictOf(code);
  trailer->exit_code = static_cast<int>(code);
}

// Whether there are more violations than the run allowed (--fail-on, --max-violations).
bool HasViolations(const RecordedRun& run) {
  if (OptionOf(run.header, "--fail-on") == "none") return false;
  const auto found = std::ranges::count(run.findings, FindingKind::kViolation, &Finding::kind);
  return found > ParseInteger(OptionOf(run.header, "--max-violations")).value_or(0);
}

RecordedRun MergeRuns(std::vector<RecordedRun> runs) {
  std::stable_sort(runs.begin(), runs.end(), [](const RecordedRun& a, const RecordedRun& b) {
    return ShardOf(a).value_or(Shard{0, 0}).index < ShardOf(b).value_or(Shard{0, 0}).index;
  });
  const std::vector<std::string> repeated = DropRepeatedShards(&runs);
  const ShardCheck check = CheckShards(runs);
  std::string reasons = check.missing;
  bool violated = false;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::optional<Shard> shard = ShardOf(runs[i]);
    const auto number = static_cast<std::uint64_t>(shard ? std::max(0, shard->index) : i + 1);
    MoveExchangeIds(number * kShardExchanges, &runs[i]);
    AddReason(ReasonOf(runs[i]), &reasons);
    violated = violated || runs[i].trailer.verdict == RunVerdict::kViolations;
  }
  const std::set<std::string> unshown = NeverShown(runs);
  RecordedRun merged = runs[0];
  for (std::size_t i = 1; i < runs.size(); ++i) MergeRun(runs[i], &merged);
  // What a known violation hides is not missing.
  const bool hides = std::ranges::count(merged.findings, FindingKind::kKnown, &Finding::kind) > 0;
  if (!unshown.empty() && !hides && check.missing.empty()) {
    AddReason(fmt::format("must rules that no answer showed: {}", fmt::join(unshown, ", ")),
              &reasons);
  }
  for (std::size_t i = 1; i < runs.size(); ++i) Append(runs[i].notes, &merged.notes);
  FilterUnexercised(&merged.trailer);
  Append(repeated, &merged.notes);
  Append(check.notes, &merged.notes);
  merged.notes.push_back(
      fmt::format("{} merged; exchange N of shard K has the number K × 1,000,000,000 + N.",
                  runs.size() == 1 ? "1 journal is" : fmt::format("{} journals are", runs.size())));
  auto& options = merged.header.options;
  options.erase(std::remove_if(options.begin(), options.end(), IsShardOption), options.end());
  violated = violated || HasViolations(merged);
  if (violated && !check.missing.empty()) {
    // What is missing may hold what matters more: it is no whole run, whatever the others found.
    AddReason("the violations that the others found are listed", &reasons);
    violated = false;
  }
  Judge(reasons, violated, &merged.trailer);
  return merged;
}

// Of two whole runs of a target beside those of other targets, the one that began last.
void KeepTheNewer(RecordedRun run, RecordedRun& kept) {
  if (run.header.started >= kept.header.started) std::swap(run, kept);
  std::ranges::move(run.notes, std::back_inserter(kept.notes));
  kept.notes.push_back(
      fmt::format("{} is left out: {} judged the same target later.", run.path, kept.path));
}

// "" or what two journals of one target differ in.
std::string Difference(const RecordedRun& one_run, const RecordedRun& other_run) {
  const RunHeader &a = one_run.header, &b = other_run.header;
  for (const RecordedRun* whole : {&one_run, &other_run}) {
    if (!ShardOf(*whole)) return "all tests in " + whole->path;
  }
  if (a.seed != b.seed) return fmt::format("seeds {} and {}", a.seed, b.seed);
  if (a.spec_hash != b.spec_hash) return "specifications " + a.spec_hash + " and " + b.spec_hash;
  for (const char* flag : {"--only", "--skip", "--strength", "--format", "--region", "--label"}) {
    const std::string one = OptionOf(a, flag), other = OptionOf(b, flag);
    if (one != other) return fmt::format("{} `{}` and `{}`", flag, one, other);
  }
  const std::string one = OptionOf(a, "--shard"), other = OptionOf(b, "--shard");
  const auto first = ParseShard(one), second = ParseShard(other);
  if (!first || !second || first->count == second->count) return "";
  return fmt::format("--shard {} and {}", one, other);
}

}  // namespace

bool AreOfOneTarget(const std::vector<RecordedRun>& runs) {
  return runs.size() > 1 && std::ranges::all_of(runs, [&](const RecordedRun& run) {
           return run.header.target == runs[0].header.target && !ShardOf(run);
         });
}

Result<std::vector<RecordedRun>> MergeShards(std::vector<RecordedRun> runs) {
  std::vector<std::vector<RecordedRun>> groups;
  for (RecordedRun& run : runs) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& members) {
      return members[0].header.target == run.header.target;
    });
    if (group == groups.end()) {
      groups.emplace_back().push_back(std::move(run));
      continue;
    }
    RecordedRun& first = group->front();
    if (!ShardOf(run) && !ShardOf(first)) {
      KeepTheNewer(std::move(run), first);
      continue;
    }
    const std::string differs = Difference(first, run);
    if (!differs.empty()) {
      return Error{run.path, "not a shard of the run in " + first.path + ": both judge " +
                                 run.header.target + ", but with " + differs +
                                 "; report them one by one"};
    }
    group->push_back(std::move(run));
  }
  std::vector<RecordedRun> merged;
  for (auto& group : groups) {
    const bool single = group.size() == 1 && !ShardOf(group[0]);
    merged.push_back(single ? std::move(group[0]) : MergeRuns(std::move(group)));
  }
  return merged;
}

}  // namespace assay
