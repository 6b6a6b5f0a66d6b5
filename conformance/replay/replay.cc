#include "conformance/replay/replay.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <tuple>

#include "conformance/run/run_plan.h"
#include "reference/session/preflight.h"
#include "reference/state/open_dataset.h"
#include "reference/watch/inventory.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::size_t kShownChanges = 5;
constexpr std::size_t kShownRequest = 300;
constexpr std::size_t kShownNotJudged = 10;

bool IsMust(const std::string& rule) {
  const auto found = FindRule(rule);
  return found && Catalogue::Get()[*found].level == Level::kMust;
}

std::string Shown(std::string_view text) { return TerminalText(HideSecrets(text)); }

std::string_view NameOf(Fate fate) {
  switch (fate) {
    case Fate::kSame:
      return "SAME";
    case Fate::kChanged:
      return "CHANGED";
    case Fate::kFixed:
      return "FIXED";
    case Fate::kNotSeen:
      return "NOT SEEN";
    case Fate::kNotJudged:
      break;
  }
  return "NOT JUDGED";
}

std::string FateText(const ReplayedFinding& replayed) {
  const std::string text = Shown(replayed.text);
  switch (replayed.fate) {
    case Fate::kChanged:
      return ": now " + text;
    case Fate::kFixed:
      return text.empty() ? "" : fmt::format(": not seen {}", text);
    case Fate::kNotSeen:
      return fmt::format(": not {}; it was intermittent, so it may be there still", text);
    default:
      return ": " + text;
  }
}

// The kinds of change with their number, the first changes in full.
void TellChanges(const Recording& recording, const ReplayOutcome& outcome, std::ostream& output) {
  const auto& changed = outcome.changed;
  if (recording.foreign) return;
  output << fmt::format("{} of {} changed\n", Thousands(changed.size()),
                        CountText(outcome.judged, "verdict"));
  std::map<std::pair<std::string, std::string>, std::size_t> kinds;
  for (const ChangedVerdict& change : changed) ++kinds[{change.recorded, change.today}];
  for (const auto& [kind, count] : kinds) {
    output << fmt::format("  {} x  {} -> {}\n", Thousands(count), Shown(kind.first),
                          Shown(kind.second));
  }
  for (std::size_t i = 0; i < std::min(kShownChanges, changed.size()); ++i) {
    const ChangedVerdict& change = changed[i];
    output << fmt::format("  exchange {}: {}\n    recorded {}\n    today    {}{}\n",
                          change.exchange, Shorten(Shown(change.request), kShownRequest),
                          Shown(change.recorded), Shown(change.today),
                          change.why.empty() ? "" : ": " + Shown(change.why));
  }
  if (changed.size() > kShownChanges) {
    output << fmt::format("  and {} more\n", Thousands(changed.size() - kShownChanges));
  }
}

// Failures that no finding of the record covers.
bool TellOthers(const Recording& recording, const Failures& others, std::ostream& output) {
  bool violated = false;
  for (const auto& [id, failure] : others) {
    const bool must = IsMust(failure.rule);
    const std::string_view label = recording.foreign      ? must ? "VIOLATION" : "WARNING"
                                   : failure.was_recorded ? "ALSO"
                                                          : "NEW";
    output << fmt::format("{:<10} {}: expected {}, actual {} ({}{})\n", label, id,
                          Shown(failure.expected), Shown(failure.actual), failure.place,
                          failure.times > 1 ? fmt::format(" and {} more", failure.times - 1) : "");
    violated |= must;
  }
  return violated;
}

// The state of a run that discovered it: read off the target once more.
Result<Dataset> DiscoverAgain(const Recording& recording, Target* target) {
  if (!target) {
    return Error{recording.path,
                 "the run read the state off its target and did not keep it; give --target, "
                 "or --dataset with the state"};
  }
  const std::string region = OptionOf(recording.header, "--region");
  Result<Inventory> inventory = ReadInventory(*target, region.empty() ? "cn-hangzhou" : region);
  if (!inventory) return inventory.error();
  return std::move(inventory->dataset);
}

bool WasDiscovered(const Recording& recording) {
  return std::ranges::any_of(recording.header.options,
                             [](const auto& option) { return option.first == "--discover"; });
}

Result<Dataset> OpenDataset(const std::string& given, const Recording& recording, Target* target) {
  if (!given.empty()) return LoadDataset(given);
  if (recording.foreign) {
    return Error{recording.path,
                 "does not say what the target held: give its state with --dataset FILE (`assay "
                 "dataset --built-in --out FILE` writes the built-in one)"};
  }
  if (WasDiscovered(recording)) return DiscoverAgain(recording, target);
  const std::string& name = recording.header.dataset;
  return LoadDatasetOrBuiltIn(name == "built in" ? "" : name);
}

Result<Reading> OpenReading(const Recording& recording) {
  const std::string name = OptionOf(recording.header, "--reading");
  return name.empty() ? Reading{} : LoadReading(name);
}

}  // namespace

ExitCode TellOutcome(const Recording& recording, const ReplayOutcome& outcome, bool was_sent,
                     std::ostream& output) {
  for (const std::string& note : recording.notes) output << "note: " << Shown(note) << "\n";
  output << fmt::format("{} of {} {}\n", Thousands(outcome.judged),
                        CountText(recording.exchanges.size(), "exchange"),
                        was_sent ? "sent and judged again" : "judged again, as recorded");
  if (!was_sent) TellChanges(recording, outcome, output);
  bool violated = false, open = false;
  for (const ReplayedFinding& replayed : outcome.findings) {
    const Finding& finding = *replayed.finding;
    output << fmt::format("{:<10} {}{}\n", NameOf(replayed.fate), Shown(finding.id),
                          FateText(replayed));
    const bool fails = replayed.fate == Fate::kSame || replayed.fate == Fate::kChanged;
    violated |= fails && finding.kind != FindingKind::kKnown && IsMust(finding.rule);
    open |= replayed.fate == Fate::kNotJudged;
  }
  violated |= TellOthers(recording, outcome.others, output);
  if (violated) return ExitCode::kViolations;
  return open || outcome.judged == 0 ? ExitCode::kCouldNotJudge : ExitCode::kConforms;
}

namespace {

// What is sent or judged again, with the state and the reading that belong to it.
Result<ReplayOutcome> OutcomeOf(const Recording& recording, const ReplayOptions& options,
                                const std::vector<TestSource>& more, Target* target) {
  const bool sends = target != nullptr;
  const Result<Dataset> dataset = OpenDataset(options.dataset, recording, target);
  if (!dataset) return dataset.error();
  const Result<Reading> reading = OpenReading(recording);
  if (!reading) return reading.error();
  const ReplayContext context{
      .dataset = *dataset,
      .pins = *reading,
      .judge = {.accepts_json = sends ? options.connection.accepts_json() : recording.accepts_json},
      .signs =
          sends ? options.connection.signs() : !OptionOf(recording.header, "--signature").empty(),
      .more = more};
  if (!sends) return JudgeAgain(recording, context);
  const std::string region = OptionOf(recording.header, "--region");
  const auto obstacle = FindObstacle(*target, region.empty() ? "cn-hangzhou" : region, "JSON");
  if (obstacle) return *obstacle;
  return SendAgain(recording, context, *target);
}

// Of a target that gives no answer to judge.
void TellNotJudged(const Recording& recording, std::ostream& output) {
  const auto& findings = recording.findings;
  const std::size_t shown = std::min(kShownNotJudged, findings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    output << fmt::format("{:<10} {}: the target gives no answer to judge\n",
                          NameOf(Fate::kNotJudged), Shown(findings[i].id));
  }
  if (shown < findings.size()) {
    output << fmt::format("{:<10} and {} more\n", NameOf(Fate::kNotJudged),
                          Thousands(findings.size() - shown));
  }
}

std::string WhyNothingJudged(const Recording& recording, bool was_sent) {
  if (recording.exchanges.empty()) {
    return "holds no answer to DescribeSnapshots: there is nothing to judge, and nothing to send "
           "again";
  }
  return was_sent ? "holds no exchange to send again"
                  : "holds no exchange that can be judged again; give --target to send the "
                    "requests again";
}

}  // namespace

Result<ExitCode> Replay(const ReplayOptions& options, const std::vector<TestSource>& more,
                        std::ostream& output) {
  const Result<Recording> recording = OpenRecording(options.recording);
  if (!recording) return recording.error();
  const bool sends = !options.target.empty();
  std::unique_ptr<HttpTarget> target;
  if (sends) {
    auto opened = OpenEndpoint(options.target, options.connection);
    if (!opened) return opened.error();
    target = std::move(*opened);
  }
  const Result<ReplayOutcome> outcome = OutcomeOf(*recording, options, more, target.get());
  if (!outcome) {
    const bool unanswered = sends && outcome.error().exit == ExitCode::kCouldNotJudge;
    if (unanswered) TellNotJudged(*recording, output);
    return outcome.error();
  }
  const ExitCode code = TellOutcome(*recording, *outcome, sends, output);
  if (outcome->judged > 0) return code;
  return Error{recording->path, WhyNothingJudged(*recording, sends), ExitCode::kCouldNotJudge};
}

void AddReplayCommand(CLI::App& app, int* exit_code, std::vector<TestSource> more) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* replay =
      app.add_subcommand("replay", "Judge recorded exchanges again, or send their requests again");
  replay
      ->add_option("FILE", options->recording,
                   "a run's folder, its journal, a repro/*.ndjson, or a HAR file of a browser or "
                   "proxy")
      ->required();
  replay->add_option("--target", options->target, "URL to send the requests to again");
  AddConnectionOptions(*replay, options->connection);
  replay->add_option("--dataset", options->dataset,
                     "the state; without it, what the journal names (a HAR file names none)");
  replay->callback([=, more = std::move(more)]() {
    const Result<ExitCode> code = Replay(*options, more, std::cout);
    if (!code)
      std::cerr << "assay replay: " << TerminalText(HideSecrets(code.error().Text())) << '\n';
    *exit_code = static_cast<int>(code ? *code : code.error().exit);
  });
}

}  // namespace assay
