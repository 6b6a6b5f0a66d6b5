#include "conformance/cases/reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "conformance/cases/filter_choices.h"
#include "spec/text/count.h"

namespace assay {
namespace {

using FilterSet = std::vector<std::size_t>;

constexpr std::int64_t kLongestListed = 100;
constexpr std::size_t kMostListedPages = 10;
constexpr std::size_t kTimes = 3;  // with values of so many snapshots
constexpr std::chrono::seconds kLongestWait{2};

// What is listed, and the last exchange of the listing.
struct RegionList {
  ShownList shown;
  JudgedExchange last;
};

// Time passes for a snapshot that is being made.
bool ChangesByItself(Field field) {
  return field == Field::kStatus || field == Field::kProgress || field == Field::kRemainTime ||
         field == Field::kAvailable || field == Field::kLastModifiedTime;
}

void Show(const ObservedSnapshot& snapshot, ShownList& out) {
  const ObservedValue& id = snapshot[Field::kSnapshotId];
  if (id.text.empty()) return;
  std::vector<std::string>& fields = out[std::string(id.text)];
  for (const FieldInfo& info : kFields) {
    const ObservedValue& value = snapshot[info.field];
    if (!value.given() || ChangesByItself(info.field)) continue;
    fields.push_back(fmt::format("{} {}", info.name, value.text));
  }
}

// How many a list has left of another, in words.
std::string LeftOf(const ShownList& list) {
  return list.empty() ? "none of them" : fmt::format("{} of them", list.size());
}

// How the second list differs from the first, in words.
std::string Change(const ShownList& before, const ShownList& after) {
  for (const auto& [id, fields] : before) {
    const auto now = after.find(id);
    if (now == after.end()) return fmt::format("{}; {} is gone", LeftOf(after), id);
    const auto [was, is] = std::ranges::mismatch(fields, now->second);
    if (was == fields.end() && is == now->second.end()) continue;
    return fmt::format("{} with {}", id,
                       is == now->second.end() ? "fewer fields" : Excerpt(*is, 80));
  }
  return LeftOf(after);
}

// Watches the list of the region.
class ListWatch {
 public:
  ListWatch(SuiteContext& context, Origin origin) : context_(context), origin_(std::move(origin)) {}

  // The list of the region, as far as it is looked at; nothing if it could not be read.
  std::optional<RegionList> List() {
    const std::size_t count = context_.values.placeholders().positions().size();
    const auto size = static_cast<std::size_t>(kLongestListed);
    const std::size_t pages =
        std::clamp<std::size_t>((count + size - 1) / size, 1, kMostListedPages);
    ShownList shown;
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(std::make_unique<PageScript>(
        PageWalk(Smallest(), PageWalk::By::kNumber, {kLongestListed},
                 [pages, &shown, seen = std::size_t{0}](const ObservedAnswer& page) mutable {
                   for (std::size_t i = 0; i < page.snapshot_count; ++i)
                     Show(page.snapshots[i], shown);
                   return ++seen < pages;
                 })));
    const ScriptResult result = std::move(Send(std::move(scripts)).front());
    for (const JudgedExchange& page : result) {
      if (!page.answered || page.status != 200 || page.verdict.throttled) return std::nullopt;
    }
    if (result.empty()) return std::nullopt;
    return RegionList{std::move(shown), result.back()};
  }

  // Whether the list is another one after the requests than before.
  bool Changes(const std::vector<Request>& requests) {
    if (requests.empty()) return false;
    const auto begun = std::chrono::steady_clock::now();
    const auto before = List();
    std::vector<std::unique_ptr<Script>> scripts;
    for (const Request& request : requests) {
      scripts.push_back(std::make_unique<FixedScript>(request));
    }
    const std::vector<ScriptResult> results = Send(std::move(scripts));
    if (!results.back().empty()) asked_ = results.back().back();
    auto after = List();
    took_ = std::chrono::steady_clock::now() - begun;
    if (!before || !after || before->shown == after->shown) return false;
    before_ = before->shown;
    after_ = std::move(after);
    return true;
  }

  // Whether it changes in the time that the requests took, if nothing is asked.
  bool MovesByItself() {
    const auto before = List();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(took_, kLongestWait));
    const auto after = List();
    return !before || !after || before->shown != after->shown;
  }

  // One of the suspects changes the list: halves them until it is found, and reports it.
  // `requests` makes new ones of some of them.
  template <typename Suspect, typename Requests>
  void Find(std::vector<Suspect> suspects, const Requests& requests) {
    if (MovesByItself()) {
      moves_ = true;
      return;
    }
    while (suspects.size() > 1 && MayAsk()) {
      const auto middle = suspects.begin() + static_cast<std::ptrdiff_t>(suspects.size() / 2);
      std::vector<Suspect> half(suspects.begin(), middle);
      if (!Changes(requests(half))) half.assign(middle, suspects.end());
      suspects = std::move(half);
    }
    // What happens again, and does not without the request, is its doing.
    if (MayAsk() && Changes(requests(suspects)) && !MovesByItself() &&
        Changes(requests(suspects))) {
      Report();
    }
  }

  Request Smallest() const { return SmallestRequest(context_.values.region(), context_.format()); }
  bool MayAsk() const { return !context_.session.lost() && !context_.session.spent(); }
  // A change that no request brought about again, of a list that does not move by itself.
  void ReportOnce(const std::string& suite, const ShownList& before, const RegionList& after) {
    if (found_ || moves_ || MovesByItself()) return;
    Difference difference = ListDifference(
        "request.read.no_effect"_rule,
        fmt::format(
            "the {} before the requests of {}",
            CountText(before.size(), "snapshot as it was listed", "snapshots as they were listed"),
            suite),
        Change(before, after.shown), "once");
    context_.session.ReportUnsettled(after.last, std::move(difference),
                                     "none of them changes it again");
  }

  TestOutcome TakeOutcome() { return std::move(outcome_); }

 private:
  std::vector<ScriptResult> Send(std::vector<std::unique_ptr<Script>> scripts) {
    std::vector<ScriptResult> results = context_.session.Run(origin_, std::move(scripts));
    for (const ScriptResult& result : results) AddViolations(result, outcome_);
    return results;
  }

  void Report() {
    found_ = true;
    Difference difference = ListDifference(
        "request.read.no_effect"_rule,
        fmt::format("the {} listed before {}{}",
                    CountText(before_.size(), "snapshot that was", "snapshots that were"),
                    asked_.request.method == "GET" ? "" : asked_.request.method + " ",
                    asked_.request.Text()),
        Change(before_, after_->shown), "list");
    context_.notes.Violated(difference.rule);
    outcome_.failures.push_back(difference.expected + ": " + difference.actual);
    context_.session.ReportCertain(origin_, after_->last, std::move(difference), {asked_.id});
  }

  SuiteContext& context_;
  const Origin origin_;
  TestOutcome outcome_;
  std::chrono::steady_clock::duration took_{};
  JudgedExchange asked_;  // the last request between two listings
  ShownList before_;
  std::optional<RegionList> after_;
  bool found_ = false, moves_ = false;
};

// Asks by each filter and every two of them.
class ReadRun {
 public:
  ReadRun(SuiteContext& context, std::string test)
      : context_(context),
        watch_(context, {"reads", std::move(test)}),
        choices_(ChoicesOf(context)) {}

  TestOutcome Run() {
    std::vector<FilterSet> suspects;
    for (std::size_t a = 0; a < FilterChoices::Filters(); ++a) {
      suspects.push_back({a});
      for (std::size_t b = 0; b < a; ++b) suspects.push_back({b, a});
    }
    const auto requests = [this](const std::vector<FilterSet>& sets) { return RequestsBy(sets); };
    const bool changed = watch_.Changes(requests(suspects));
    context_.notes.Checked("request.read.no_effect"_rule);
    if (changed) watch_.Find(std::move(suspects), requests);
    return watch_.TakeOutcome();
  }

 private:
  // With values that were not asked for yet as long as there are any.
  std::vector<Request> RequestsBy(const std::vector<FilterSet>& filters) {
    std::vector<Request> out;
    for (std::size_t i = 0; i < kTimes; ++i, ++number_) {
      for (const FilterSet& set : filters) {
        const auto parameters = choices_.Of(set, number_);
        if (parameters.empty()) continue;
        out.push_back(watch_.Smallest());
        for (const Parameter& parameter : parameters) out.back().parameters.push_back(parameter);
      }
    }
    return out;
  }

  SuiteContext& context_;
  ListWatch watch_;
  const FilterChoices& choices_;
  std::size_t number_ = 0;
};

}  // namespace

std::vector<SuiteTest> ReadTests() {
  return {{"reads", "have_no_effect",
           [](SuiteContext& context) { return ReadRun(context, "have_no_effect").Run(); }}};
}

void SuiteReads::BeginTest(const std::string& suite) {
  if (suite == suite_) return;
  const std::string over = std::exchange(suite_, suite);
  Session& session = context_.session;
  ListWatch watch(context_, {"reads", "after_" + over});
  if (!watch.MayAsk()) return;
  std::vector<Request> sent = session.TakeSent();
  const auto now = watch.List();
  if (!now) return listed_.reset();
  const auto before = std::exchange(listed_, now->shown);
  if (before && *before != now->shown) {
    // A request of this suite did it, if it does it again.
    const auto requests = [](const std::vector<Request>& some) { return some; };
    if (watch.Changes(sent)) watch.Find(std::move(sent), requests);
    watch.ReportOnce(over, *before, *now);
    if (const auto after = watch.List()) listed_ = after->shown;
  }
  (void)session.TakeSent();
}

}  // namespace assay
