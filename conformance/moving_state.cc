#include "conformance/moving_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reference/describe_snapshots/model.h"

namespace assay {
namespace {

constexpr int kTries = 5;

std::set<std::string> MatchesIn(const Dataset& dataset, const Request& list) {
  FixedReading reading;  // the filters are such that every reading selects the same
  const Answer answer = DescribeSnapshots(list, dataset, nullptr, reading);
  std::set<std::string> out;
  for (const std::uint32_t position : answer.page.matches) {
    out.insert(dataset.snapshots[position][Field::kSnapshotId]);
  }
  return out;
}

}  // namespace

TestOutcome RunWhileTheStateMoves(SuiteContext& context,
                                  const std::function<TestOutcome(SuiteContext&)>& test) {
  Session& session = context.session;
  for (int tries = 1;; ++tries) {
    session.BeginTest();
    const auto moment = session.moment();
    const SuiteNotes before = context.notes;
    TestOutcome outcome;
    if (moment) {
      SuiteContext now(session, moment->dataset, context.options, context.notes);
      outcome = test(now);
    } else {
      outcome = test(context);
    }
    if (session.EndTest(tries >= kTries)) return outcome;
    context.notes = before;
  }
}

std::optional<WalkHistory> HistoryOf(const Request& list, const ScriptResult& walk) {
  if (walk.empty() || walk.front().standing.moved) return std::nullopt;
  std::map<std::uint64_t, std::shared_ptr<const Moment>> moments;
  for (const JudgedExchange& exchange : walk) {
    if (!exchange.standing.moment) return std::nullopt;
    moments.emplace(exchange.standing.number(), exchange.standing.moment);
  }
  const bool moved = std::ranges::any_of(
      walk, [](const JudgedExchange& exchange) { return exchange.standing.moved; });
  if (moments.size() == 1 && !moved) return std::nullopt;
  // A page in whose time the state moved is of no moment: the walk has to end in a quiet one.
  if (walk.back().standing.moved) return std::nullopt;
  WalkHistory out{MatchesIn(moments.begin()->second->dataset, list)};
  for (const auto& [number, moment] : moments) {
    const std::set<std::string> matches = MatchesIn(moment->dataset, list);
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
    return Difference{
        "token.walk.complete"_rule,
        fmt::format("all {} snapshots that matched during the whole walk", history.always.size()),
        fmt::format("{} is missing", Excerpt(id)), "walk", Aspect::kList};
  }
  return std::nullopt;
}

}  // namespace assay
