#include "reference/judge/bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "reference/describe_snapshots/select.h"
#include "reference/judge/compare_page.h"
#include "reference/judge/compare_refusal.h"
#include "spec/text/hash.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

// What tells one outcome from another.
std::string OutcomeOf(const Answer& expected) {
  if (expected.refused()) return "refused";
  const Paging& paging = expected.plan.paging;
  const auto& matches = expected.page.matches.positions();
  const std::uint64_t hash = MixHash(kHashStart, {reinterpret_cast<const char*>(matches.data()),
                                                  matches.size() * sizeof(matches[0])});
  return fmt::format("{} {} {} {} {} {} {} {}", hash, expected.page.total, expected.page.end,
                     expected.page.start, expected.page.count, paging.by_token, paging.size,
                     expected.plan.xml);
}

bool IsOdd(Question question) { return Catalogue::Get()[question].kind == QuestionKind::kChoice; }

// True if the code speaks of a parameter that the request has, whatever number its name holds.
bool SpeaksOf(const ErrorInfo& error, const Request& request) {
  return std::ranges::any_of(error.parameters, [&](const std::string& name) {
    const std::string_view start = std::string_view(name).substr(0, name.find(".N"));
    return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
      return StartsWithAnyCase(parameter.name, start);
    });
  });
}

// In whatever letters or form.
bool NamesSize(const Request& request) {
  return std::ranges::any_of(request.parameters, [](const Parameter& parameter) {
    return StartsWithAnyCase(parameter.name, "PageSize") ||
           StartsWithAnyCase(parameter.name, "MaxResults");
  });
}

}  // namespace

void Bounds::Add(const Answer& expected, Choices& choices) {
  outcomes_.insert(OutcomeOf(expected));
  const Plan& plan = expected.plan;
  any_list_ |= plan.unseen_region || plan.paging.unknowable;
  any_region_ |= plan.paging.unknowable;
  any_refusal_ |= plan.may_be_refused;
  for (const ErrorInfo* error : plan.possible_errors) codes_.insert(error->code);
  if (expected.refused()) {
    ++refusing_;
    for (const Refusal& refusal : plan.refusals) {
      if (refusal.error) codes_.insert(refusal.error->code);
    }
    return;
  }
  ++listing_;
  const Paging& paging = plan.paging;
  continues_ &= paging.by_token && !paging.loose && !paging.unknowable && paging.origin.has_value();
  any_place_ |= paging.loose;
  largest_page_ = std::max({largest_page_, paging.size, paging.largest});
  regions_.insert(plan.region);
  formats_.insert(plan.xml);
  NoteFilters(expected, choices);
  std::vector<std::uint32_t> all, some;
  if (!list_) {
    list_ = expected;
    all_match_ = some_match_ = expected.page.matches.positions();
    return;
  }
  std::ranges::set_intersection(all_match_, expected.page.matches.positions(),
                                std::back_inserter(all));
  std::ranges::set_union(some_match_, expected.page.matches.positions(), std::back_inserter(some));
  all_match_ = std::move(all);
  some_match_ = std::move(some);
}

// Each rule once for a path: two filters of one rule shut a snapshot out together.
void Bounds::NoteFilters(const Answer& expected, Choices& choices) {
  shut_out_.resize(asked_.listed.size());
  const Plan& plan = expected.plan;
  for (std::size_t i = 0; i < asked_.listed.size(); ++i) {
    const Snapshot& snapshot = dataset_.snapshots[asked_.listed[i]];
    std::set<Rule> rules;
    for (const Filter& filter : plan.filters) {
      if (assay::IsOpen(filter, snapshot, dataset_, plan.hidden)) continue;
      if (!Matches(filter, snapshot, dataset_, plan.hidden, choices)) rules.insert(filter.rule);
    }
    for (const Rule rule : rules) ++shut_out_[i].by[rule];
    shut_out_[i].paths += rules.empty() ? 0 : 1;
  }
}

bool Bounds::IsOpen() const {
  return outcomes_.size() > 1 || (asked_.answer.IsError() ? any_refusal_ : any_list_);
}

std::optional<Difference> Bounds::Check(const std::vector<Question>& questions,
                                        const std::optional<Difference>& nearest,
                                        Choices& choices) const {
  if (!IsOpen()) return nearest;
  const bool odd = std::ranges::any_of(questions, IsOdd);
  if (asked_.answer.IsError()) return CheckError(odd || any_refusal_, nearest);
  if (listing_ == 0 && !any_list_) return nearest;
  if (!any_list_ && !formats_.contains(asked_.answer.xml)) return nearest;
  if (auto difference = CheckList()) return difference;
  if (odd || any_list_) return std::nullopt;
  auto difference = CheckMeanings(choices);
  return difference ? nearest : std::nullopt;
}

// A refusal: never of a request that every reading takes, never by a code that speaks of something
// else.
std::optional<Difference> Bounds::CheckError(bool odd,
                                             const std::optional<Difference>& nearest) const {
  const ObservedAnswer& answer = asked_.answer;
  if (!odd && refusing_ == 0) return nearest;
  const std::string code(answer.code.text);
  if (auto difference = CompareStatus(answer)) return difference;
  if (!Catalogue::Get().IsReserved(code) || codes_.contains(code)) return std::nullopt;
  const ErrorInfo* error = Catalogue::Get().FindError(code);
  if (error && SpeaksOf(*error, asked_.request)) return std::nullopt;
  return OutcomeDifference("error.code.belongs"_rule,
                           "a code that the document does not reserve for something else",
                           fmt::format("{} {}", answer.status, code), code);
}

std::optional<Difference> Bounds::CheckList() const {
  if (std::cmp_greater(asked_.answer.snapshot_count, kMaximumPageSize)) {
    return ListDifference("page.size.limits"_rule,
                          fmt::format("at most {} snapshots on a page", kMaximumPageSize),
                          CountOfSnapshots(asked_.answer.snapshot_count), "too many");
  }
  if (any_region_) return std::nullopt;
  // Without a size the documented one holds, or that of the walk.
  if (!any_list_ && !any_place_ && !NamesSize(asked_.request) &&
      std::cmp_greater(asked_.answer.snapshot_count, largest_page_)) {
    return ListDifference(asked_.request.Find("NextToken") ? "token.max_results.default"_rule
                                                           : "page.size.limits"_rule,
                          fmt::format("at most {} snapshots on a page", largest_page_),
                          CountOfSnapshots(asked_.answer.snapshot_count), "too many");
  }
  if (list_ && continues_) {
    if (auto again = ListedAgain(list_->plan.paging, asked_.listed, dataset_)) return again;
  }
  for (std::size_t i = 0; i < asked_.listed.size(); ++i) {
    const Snapshot& snapshot = dataset_.snapshots[asked_.listed[i]];
    if (!regions_.contains(snapshot[Field::kRegionId])) {
      return ListDifference(
          "request.region_id.selects"_rule, "only snapshots of the region",
          fmt::format("{} is of {}", snapshot[Field::kSnapshotId], snapshot[Field::kRegionId]),
          "extra");
    }
    if (any_list_) continue;
    // By one and the same filter, or by another one on each path.
    const auto& shut_out = shut_out_[i];
    for (const auto& [rule, paths] : shut_out.by) {
      if (paths < listing_ && shut_out.paths < listing_) continue;
      return ListDifference(
          rule, "only snapshots that match the request",
          fmt::format("{} is listed though it does not match", snapshot[Field::kSnapshotId]),
          "extra");
    }
  }
  return std::nullopt;
}

// What the values of filters mean decides: each snapshot on which the meanings differ may be listed
// or not, everything else about the page is clear.
std::optional<Difference> Bounds::CheckMeanings(Choices& choices) const {
  Answer expected = *list_;
  expected.page.matches = all_match_;
  std::ranges::set_difference(some_match_, all_match_, std::back_inserter(expected.page.open));
  expected.page.total = expected.page.end = static_cast<std::int64_t>(all_match_.size());
  return ComparePage(asked_.request, expected, asked_.answer, asked_.listed, dataset_, choices)
      .difference;
}

}  // namespace assay
