#include "conformance/cases/moving_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reference/describe_snapshots/model.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr int kTries = 5;

}  // namespace

std::set<std::string> ShownByWalk(const Request& list, const Dataset& dataset) {
  FixedReading reading;
  const Answer answer = DescribeSnapshots(list, dataset, nullptr, reading);
  std::set<std::string> out;
  for (const Question limit : {"limit.tag"_question, "limit.resource_group"_question}) {
    if (reading.asked()[Index(limit)]) return out;
  }
  for (const std::uint32_t position : answer.page.matches) {
    out.insert(dataset.snapshots[position][Field::kSnapshotId]);
  }
  return out;
}

TestOutcome RunWhileTheStateMoves(SuiteContext& context,
                                  const std::function<TestOutcome(SuiteContext&)>& test) {
  Session& session = context.session;
  const SuiteNotes before = context.notes;
  TestOutcome outcome;
  const auto run = [&] {
    context.notes = before;
    const auto quiet_state = session.quiet_state();
    if (quiet_state) {
      SuiteContext now(session, quiet_state->dataset, context.options, context.notes);
      outcome = test(now);
    } else {
      outcome = test(context);
    }
  };
  session.RunTest(run, kTries);
  return outcome;
}

std::optional<WalkHistory> HistoryOf(const Request& list, const ScriptResult& walk) {
  if (walk.empty() || walk.front().state.moved) return std::nullopt;
  std::map<std::uint64_t, std::shared_ptr<const QuietState>> states;
  for (const JudgedExchange& exchange : walk) {
    if (!exchange.state.quiet_state) return std::nullopt;
    states.emplace(exchange.state.number(), exchange.state.quiet_state);
  }
  const bool moved = std::ranges::any_of(
      walk, [](const JudgedExchange& exchange) { return exchange.state.moved; });
  if (states.size() == 1 && !moved) return std::nullopt;
  // A page during which the state changed belongs to no quiet state: the walk has to end in one.
  if (walk.back().state.moved) return std::nullopt;
  WalkHistory out{ShownByWalk(list, states.begin()->second->dataset)};
  for (const auto& [number, quiet_state] : states) {
    const std::set<std::string> matches = ShownByWalk(list, quiet_state->dataset);
    std::erase_if(out.always, [&](const std::string& id) { return !matches.contains(id); });
  }
  return out;
}

std::optional<Difference> CheckHistory(const WalkHistory& history,
                                       const std::vector<std::vector<std::string>>& pages) {
  std::map<std::string, int> times;
  for (const auto& page : pages) {
    for (const std::string& id : page) ++times[id];
  }
  for (const std::string& id : history.always) {
    if (times[id] > 1) {
      return Difference{"token.walk.unique"_rule, "each snapshot once",
                        fmt::format("{} again, which was there for the whole walk", Excerpt(id)),
                        "walk", Aspect::kList};
    }
  }
  for (const std::string& id : history.always) {
    if (times[id] == 1) continue;
    return Difference{"token.walk.complete"_rule,
                      history.always.size() == 1
                          ? std::string("the only snapshot that matched during the whole walk")
                          : fmt::format("all {} that matched during the whole walk",
                                        CountText(history.always.size(), "snapshot")),
                      fmt::format("{} is missing", Excerpt(id)), "walk", Aspect::kList};
  }
  return std::nullopt;
}

}  // namespace assay
