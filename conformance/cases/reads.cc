#include "conformance/cases/reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "conformance/cases/filter_choices.h"

namespace assay {
namespace {

using FilterSet = std::vector<std::size_t>;

constexpr std::int64_t kLongestListed = 100;
constexpr std::size_t kMostListedPages = 10;
constexpr std::size_t kTimesAtFirst = 3;  // with values of so many snapshots at first

// The snapshots listed, and the last exchange of the listing.
struct RegionList {
  std::set<std::string> ids;
  JudgedExchange last;
};

class ReadRun {
 public:
  ReadRun(SuiteContext& context, std::string test)
      : context_(context), origin_{"reads", std::move(test)}, choices_(ChoicesOf(context)) {}

  TestOutcome Run() {
    std::vector<FilterSet> suspects;
    for (std::size_t a = 0; a < FilterChoices::Filters(); ++a) {
      suspects.push_back({a});
      for (std::size_t b = 0; b < a; ++b) suspects.push_back({b, a});
    }
    const bool changed = Changes(suspects, kTimesAtFirst);
    context_.notes.Checked("request.read.no_effect"_rule);
    if (!changed || MovesByItself()) return std::move(outcome_);
    while (suspects.size() > 1 && !context_.session.lost() && !context_.session.spent()) {
      const auto middle = suspects.begin() + static_cast<std::ptrdiff_t>(suspects.size() / 2);
      std::vector<FilterSet> half(suspects.begin(), middle);
      if (!Changes(half, kTimesAtFirst)) half.assign(middle, suspects.end());
      suspects = std::move(half);
    }
    // What happens again, and does not without the request, is its doing.
    if (Changes(suspects, kTimesAtFirst) && !MovesByItself() && Changes(suspects, kTimesAtFirst))
      Report();
    return std::move(outcome_);
  }

 private:
  // The list of the region, as far as it is looked at; nothing if it could not be read.
  std::optional<RegionList> List() {
    const std::size_t count = context_.values.placeholders().positions().size();
    const auto size = static_cast<std::size_t>(kLongestListed);
    const std::size_t pages =
        std::clamp<std::size_t>((count + size - 1) / size, 1, kMostListedPages);
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(std::make_unique<PageScript>(PageWalk(
        Smallest(), PageWalk::By::kNumber, {kLongestListed},
        [pages, seen = std::size_t{0}](const ObservedAnswer&) mutable { return ++seen < pages; })));
    const ScriptResult result = std::move(Send(std::move(scripts)).front());
    RegionList out;
    for (const JudgedExchange& page : result) {
      if (!page.answered || page.status != 200 || page.verdict.throttled) return std::nullopt;
      out.ids.insert(page.verdict.listed.begin(), page.verdict.listed.end());
      out.last = page;
    }
    return result.empty() ? std::nullopt : std::optional(std::move(out));
  }

  Request Smallest() const { return SmallestRequest(context_.values.region(), context_.format()); }

  std::vector<ScriptResult> Send(std::vector<std::unique_ptr<Script>> scripts) {
    std::vector<ScriptResult> results = context_.session.Run(origin_, std::move(scripts));
    for (const ScriptResult& result : results) AddViolations(result, outcome_);
    return results;
  }

  // Whether the list is another one after requests by each of the filters, with values that were
  // not asked for yet as long as there are any.
  bool Changes(const std::vector<FilterSet>& filters, std::size_t times) {
    const auto before = List();
    std::vector<std::unique_ptr<Script>> scripts;
    for (std::size_t i = 0; i < times; ++i, ++number_) {
      for (const FilterSet& set : filters) {
        const auto parameters = choices_.Of(set, number_);
        if (parameters.empty()) continue;
        Request request = Smallest();
        for (const Parameter& parameter : parameters) request.parameters.push_back(parameter);
        scripts.push_back(std::make_unique<FixedScript>(request));
      }
    }
    if (scripts.empty()) return false;
    const std::vector<ScriptResult> results = Send(std::move(scripts));
    if (!results.back().empty()) asked_ = results.back().back();
    auto after = List();
    if (!before || !after || before->ids == after->ids) return false;
    before_ = before->ids;
    after_ = std::move(after);
    return true;
  }

  bool MovesByItself() {
    const auto before = List(), after = List();
    return !before || !after || before->ids != after->ids;
  }

  void Report() {
    std::vector<std::string> gone;
    std::ranges::set_difference(before_, after_->ids, std::back_inserter(gone));
    const std::string what =
        gone.empty() ? fmt::format("{} of them", after_->ids.size())
                     : fmt::format("{} of them; {} is gone", after_->ids.size(), gone.front());
    Difference difference =
        ListDifference("request.read.no_effect"_rule,
                       fmt::format("the {} snapshots that were listed before {}", before_.size(),
                                   asked_.request.Text()),
                       what, "list");
    context_.notes.Violated(difference.rule);
    outcome_.failures.push_back(difference.expected + ": " + difference.actual);
    context_.session.ReportCertain(origin_, after_->last, std::move(difference), {asked_.id});
  }

  SuiteContext& context_;
  const Origin origin_;
  const FilterChoices& choices_;
  TestOutcome outcome_;
  std::size_t number_ = 0;
  JudgedExchange asked_;  // the last request between two listings
  std::set<std::string> before_;
  std::optional<RegionList> after_;
};

}  // namespace

std::vector<SuiteTest> ReadTests() {
  return {{"reads", "have_no_effect",
           [](SuiteContext& context) { return ReadRun(context, "have_no_effect").Run(); }}};
}

}  // namespace assay
