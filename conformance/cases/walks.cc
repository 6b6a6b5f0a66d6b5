#include "conformance/cases/walks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "conformance/cases/case_answer.h"
#include "conformance/cases/moving_state.h"
#include "spec/text/count.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::size_t kMostPages = 60;

// A list that is walked: the request without paging, and the ids that match it.
struct WalkedList {
  Request request;
  std::set<std::string> ids;
  bool filtered = false;
  std::size_t looked_through = 0;  // snapshots of all regions: the most that a page can skip
};

// How a list is walked: by number, or by token with these sizes in turn.
struct WalkPlan {
  bool by_token = false;
  std::vector<std::int64_t> sizes;
};

// What a walk saw.
struct WalkTrace {
  std::vector<std::vector<std::string>> pages;
  bool refused = false;  // some answer was not a list
  bool endless = false;  // given up before the target said that it was over
};

WalkedList MakeList(const Dataset& dataset, const std::string& region, const std::string& format,
                    const std::vector<Parameter>& filters) {
  WalkedList out{SmallestRequest(region, format), {}, !filters.empty(), dataset.snapshots.size()};
  for (const Parameter& filter : filters) out.request.parameters.push_back(filter);
  out.ids = ShownByWalk(out.request, dataset);
  return out;
}

class WalkScript : public Script {
 public:
  WalkScript(const WalkedList& list, const WalkPlan& plan, std::shared_ptr<WalkTrace> trace)
      : list_(list),
        plan_(plan),
        trace_(std::move(trace)),
        pages_(list.request, plan.by_token ? PageWalk::By::kToken : PageWalk::By::kNumber,
               plan.sizes, [this](const ObservedAnswer& page) { return Keep(page); }) {}

  bool Next(const Exchange* previous, Request& request) override {
    return pages_.Next(previous ? &previous->answer : nullptr, request);
  }

 private:
  // Whether another page is wanted.
  bool Keep(const ObservedAnswer& page) {
    const CaseAnswer answer = CaseAnswerOf(list_.request, page, {});
    trace_->refused = !answer.is_list;
    if (trace_->refused) return false;
    trace_->pages.push_back(answer.ids);
    return plan_.by_token ? Continues(answer) : pages_.asked() < PagesOf(answer);
  }

  bool Continues(const CaseAnswer& answer) {
    if (answer.next_token.empty()) return false;
    const bool again = !seen_.insert(answer.next_token).second;
    trace_->endless = again || pages_.asked() > 4 * list_.ids.size() + 16 || IsStuck(answer);
    return !trace_->endless;
  }

  // Pages may be short, even empty (a target may scan all that it has, a page's worth at a time),
  // as long as the walk comes to an end. One that shows nothing new for much longer does not.
  bool IsStuck(const CaseAnswer& answer) {
    bool any_new = false;
    for (const std::string& id : answer.ids) any_new |= ids_.insert(id).second;
    if (any_new) return false;
    ++pages_without_new_;
    const auto size = static_cast<std::size_t>(*std::ranges::min_element(plan_.sizes));
    return pages_without_new_ > pages_.asked() / 2 + list_.looked_through / size + 16;
  }

  // As many as match, or as the target says, within reason.
  std::size_t PagesOf(const CaseAnswer& answer) const {
    const auto size = static_cast<std::size_t>(plan_.sizes.front());
    const std::size_t expected = (list_.ids.size() + size - 1) / size;
    const std::size_t claimed =
        (static_cast<std::size_t>(std::clamp<std::int64_t>(answer.total.value_or(0), 0, 1 << 30)) +
         size - 1) /
        size;
    return std::max<std::size_t>(1, std::min(std::max(expected, claimed), expected + 5));
  }

  const WalkedList& list_;
  const WalkPlan plan_;
  std::shared_ptr<WalkTrace> trace_;
  PageWalk pages_;
  std::set<std::string> seen_;  // tokens
  std::set<std::string> ids_;
  std::size_t pages_without_new_ = 0;
};

// One walk, done.
struct Walk {
  const WalkedList* list;
  WalkPlan plan;
  std::shared_ptr<WalkTrace> trace;
  ScriptResult result;

  bool sound() const {
    return !result.empty() && !trace->refused &&
           std::ranges::all_of(result, [](const JudgedExchange& exchange) {
             return exchange.answered && !exchange.verdict.throttled &&
                    !exchange.verdict.HasViolation();
           });
  }
};

// The exchanges before the last one.
std::vector<std::uint64_t> EvidenceOf(const Walk& walk) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i + 1 < walk.result.size(); ++i) out.push_back(walk.result[i].id);
  return out;
}

class WalkRun {
 public:
  WalkRun(SuiteContext& context, std::string test)
      : context_(context), origin_{"walks", std::move(test)} {}

  // Walks every list by the plan, all at once.
  std::vector<Walk> Send(const std::vector<WalkedList>& lists, const WalkPlan& plan) {
    std::vector<Walk> walks;
    std::vector<std::unique_ptr<Script>> scripts;
    for (const WalkedList& list : lists) {
      walks.push_back({&list, plan, std::make_shared<WalkTrace>(), {}});
      scripts.push_back(std::make_unique<WalkScript>(list, plan, walks.back().trace));
    }
    std::vector<ScriptResult> results = context_.session.Run(origin_, std::move(scripts));
    for (std::size_t i = 0; i < walks.size(); ++i) {
      walks[i].result = std::move(results[i]);
      AddViolations(walks[i].result, outcome_);
    }
    return walks;
  }

  // What the judge said of a page is not repeated for the walk.
  void Check(const Walk& walk) {
    const bool by_token = walk.plan.by_token;
    if (walk.trace->endless) Endless(walk);
    if (!walk.sound()) return;
    if (by_token && OfHistory(walk)) return;
    const Rule complete = by_token ? "token.walk.complete"_rule : "page.walk.complete"_rule;
    const Rule unique = by_token ? "token.walk.unique"_rule : "page.walk.unique"_rule;
    context_.notes.Checked(complete);
    context_.notes.Checked(unique);
    std::set<std::string> seen;
    for (const auto& page : walk.trace->pages) {
      for (const std::string& id : page) {
        if (!seen.insert(id).second) {
          return Report(
              walk, {unique, "each snapshot once", fmt::format("{} again", Excerpt(id)), "walk"});
        }
      }
    }
    if (by_token) context_.notes.Checked("token.walk.ends"_rule);
    for (const std::string& id : walk.list->ids) {
      if (walk.trace->endless || seen.contains(id)) continue;
      return Report(
          walk,
          {complete,
           walk.list->ids.size() == 1
               ? std::string("the only snapshot that matches")
               : fmt::format("all {} that match", CountText(walk.list->ids.size(), "snapshot")),
           fmt::format("{}; {} is missing",
                       seen.empty() ? "none of them" : fmt::format("{} of them", seen.size()), id),
           "walk"});
    }
  }

  // page.order.stable: the same list in the same slices.
  void CheckRepeated(const Walk& first, const Walk& second) {
    if (!first.sound() || !second.sound()) return;
    context_.notes.Checked("page.order.stable"_rule);
    if (first.trace->pages == second.trace->pages) return;
    Report(second, {"page.order.stable"_rule, "the pages of the walk before it",
                    "other pages or another order", "walk"});
  }

  TestOutcome TakeOutcome(std::size_t walks) {
    if (walks == 0) outcome_.SkipFor(Skip::kNoValue, "the dataset has no list of a fitting length");
    return std::move(outcome_);
  }

 private:
  void Endless(const Walk& walk) {
    const bool complained = std::ranges::any_of(walk.result, [](const JudgedExchange& exchange) {
      return exchange.verdict.HasViolation();
    });
    context_.notes.Checked("token.walk.ends"_rule);
    if (complained || walk.result.empty()) return;
    Report(walk,
           {"token.walk.ends"_rule, "a last page after " + CountOfSnapshots(walk.list->ids.size()),
            "a NextToken still after " + CountText(walk.trace->pages.size(), "page"), "walk"});
  }

  // A walk over a state that changed: what was there all the time comes once, the rest is free.
  bool OfHistory(const Walk& walk) {
    const auto history = HistoryOf(walk.list->request, walk.result);
    if (!history || walk.trace->endless) return false;
    context_.notes.Checked("token.walk.complete"_rule);
    context_.notes.Checked("token.walk.unique"_rule);
    context_.notes.Checked("token.walk.ends"_rule);
    auto difference = CheckHistory(*history, walk.trace->pages);
    if (!difference) return true;
    context_.notes.Violated(difference->rule);
    context_.session.ReportCertain(origin_, walk.result.back(), std::move(*difference),
                                   EvidenceOf(walk));
    return true;
  }

  void Report(const Walk& walk, Difference difference) {
    difference.aspect = Aspect::kList;
    ReportDifference(context_, origin_, walk.result.back(), std::move(difference), outcome_,
                     EvidenceOf(walk));
  }

  SuiteContext& context_;
  const Origin origin_;
  TestOutcome outcome_;
};

// Lists.

// The tag that most snapshots of the region have, of those that differ from every other one in more
// than letter case.
std::optional<Tag> MostCommonTag(const SuiteContext& context) {
  std::map<std::pair<std::string, std::string>, std::size_t> exact, folded;
  for (const std::uint32_t position : context.dataset.In(context.values.region())) {
    for (const Tag& tag : context.dataset.snapshots[position].tags) {
      ++exact[{tag.key, tag.value}];
      ++folded[{SmallLetters(tag.key), SmallLetters(tag.value)}];
    }
  }
  std::optional<Tag> best;
  std::size_t most = 0;
  for (const auto& [pair, count] : exact) {
    const auto& [key, value] = pair;
    if (count <= most || count != folded[{SmallLetters(key), SmallLetters(value)}]) continue;
    if (!IsUsable(key) || !IsUsable(value)) continue;
    most = count;
    best = Tag{key, value};
  }
  return best;
}

// Filters that every reading understands alike.
std::vector<std::vector<Parameter>> ClosedFilters(const SuiteContext& context) {
  std::vector<std::vector<Parameter>> out = {
      {{"Status", "accomplished"}},
      {{"SourceDiskType", "system"}},
      {{"SourceDiskType", "data"}, {"Status", "accomplished"}},
      {{"Encrypted", "true"}}};
  if (const auto tag = MostCommonTag(context)) {
    out.push_back({{"Tag.1.Key", tag->key}, {"Tag.1.Value", tag->value}});
  }
  if (const auto minute = context.values.placeholders().Replace("$time.middle", nullptr); minute) {
    out.push_back({{"Filter.1.Key", "CreationStartTime"}, {"Filter.1.Value", *minute}});
  }
  for (const char* ids : {"$ids.60", "$ids.25", "$ids.7"}) {
    const Result<std::string> text = context.values.placeholders().Replace(ids, nullptr);
    if (text) out.push_back({{"SnapshotIds", *text}});
  }
  return out;
}

bool Fits(const WalkedList& list, std::int64_t size) {
  return (list.ids.size() + static_cast<std::size_t>(size) - 1) / static_cast<std::size_t>(size) <=
         kMostPages;
}

void KeepLongest(std::vector<WalkedList>&& candidates, std::int64_t size, std::size_t most,
                 std::vector<WalkedList>& out) {
  std::erase_if(candidates,
                [&](const WalkedList& list) { return list.ids.empty() || !Fits(list, size); });
  std::ranges::stable_sort(candidates, std::ranges::greater{},
                           [](const WalkedList& list) { return list.ids.size(); });
  for (std::size_t i = 0; i < std::min(most, candidates.size()); ++i) {
    out.push_back(std::move(candidates[i]));
  }
}

// Of the run's region the whole and the longest filtered lists, and the whole of another region.
std::vector<WalkedList> ListsFor(const SuiteContext& context, std::int64_t size) {
  const auto make = [&](const std::string& region, const std::vector<Parameter>& filters) {
    return MakeList(context.dataset, region, context.format(), filters);
  };
  std::vector<WalkedList> out, filtered;
  KeepLongest({make(context.values.region(), {})}, size, 1, out);
  for (const auto& filters : ClosedFilters(context)) {
    filtered.push_back(make(context.values.region(), filters));
  }
  KeepLongest(std::move(filtered), size, 2, out);
  const Result<std::string> other = context.values.placeholders().Replace("$region.other", nullptr);
  if (other) KeepLongest({make(*other, {})}, size, 1, out);
  return out;
}

// Tests.

TestOutcome RunWalks(SuiteContext& context, const std::string& test, const WalkPlan& plan) {
  WalkRun run(context, test);
  const std::vector<WalkedList> lists = ListsFor(context, plan.sizes.front());
  for (const Walk& walk : run.Send(lists, plan)) run.Check(walk);
  return run.TakeOutcome(lists.size());
}

TestOutcome RunRepeated(SuiteContext& context, const std::string& test, const WalkPlan& plan) {
  WalkRun run(context, test);
  const std::vector<WalkedList> lists = ListsFor(context, plan.sizes.front());
  const std::vector<Walk> first = run.Send(lists, plan);
  const std::vector<Walk> second = run.Send(lists, plan);
  for (std::size_t i = 0; i < first.size(); ++i) {
    run.Check(second[i]);
    run.CheckRepeated(first[i], second[i]);
  }
  return run.TakeOutcome(lists.size());
}

// Every region whole, the ones without snapshots too.
TestOutcome RunRegions(SuiteContext& context, const std::string& test, const WalkPlan& plan) {
  WalkRun run(context, test);
  std::vector<WalkedList> lists;
  for (const std::string& region : context.dataset.regions) {
    WalkedList list = MakeList(context.dataset, region, context.format(), {});
    if (Fits(list, plan.sizes.front())) lists.push_back(std::move(list));
  }
  for (const Walk& walk : run.Send(lists, plan)) run.Check(walk);
  return run.TakeOutcome(lists.size());
}

using Runner = TestOutcome (*)(SuiteContext&, const std::string&, const WalkPlan&);

SuiteTest Make(std::string name, Runner runner, bool by_token, std::vector<std::int64_t> sizes) {
  const WalkPlan plan{by_token, std::move(sizes)};
  return {"walks", name, [=](SuiteContext& context) { return runner(context, name, plan); }};
}

}  // namespace

std::vector<SuiteTest> WalkTests() {
  constexpr bool kByToken = true;
  std::vector<SuiteTest> out;
  for (const std::int64_t size : {1, 3, 10, 50, 100}) {
    out.push_back(Make(fmt::format("page_size_{}", size), RunWalks, !kByToken, {size}));
  }
  // Less than 10 may be raised to 10.
  for (const std::int64_t size : {1, 10, 33, 100}) {
    out.push_back(Make(fmt::format("max_results_{}", size), RunWalks, kByToken, {size}));
  }
  out.push_back(Make("pages_again", RunRepeated, !kByToken, {20}));
  out.push_back(Make("tokens_again", RunRepeated, kByToken, {20}));
  out.push_back(Make("max_results_in_turn", RunWalks, kByToken, {10, 33, 20}));
  out.push_back(Make("regions_by_number", RunRegions, !kByToken, {100}));
  out.push_back(Make("regions_by_token", RunRegions, kByToken, {100}));
  return out;
}

}  // namespace assay
