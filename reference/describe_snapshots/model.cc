#include "reference/describe_snapshots/model.h"

#include <algorithm>
#include <utility>

#include "reference/describe_snapshots/indexed_select.h"
#include "reference/describe_snapshots/select.h"

namespace assay {
namespace {

std::vector<std::uint32_t> Candidates(const Plan& plan, const Dataset& dataset) {
  if (plan.by_ids) return plan.candidates;
  return dataset.In(plan.region);
}

// The plain way: every candidate is compared with every filter.
MatchSet SelectOneByOne(const Plan& plan, const Dataset& dataset, Choices& choices,
                        std::vector<std::uint32_t>& open) {
  std::vector<std::uint32_t> matches = Candidates(plan, dataset);
  if (plan.filters.empty()) return matches;
  std::erase_if(matches, [&](std::uint32_t position) {
    const Fit fit = FitOf(plan, dataset.snapshots[position], dataset, choices);
    if (fit == Fit::kOpen) open.push_back(position);
    return fit != Fit::kYes;
  });
  return matches;
}

// request.parameters.conjunction, request.parameters.unspecified, request.region_id.selects
void Select(const Plan& plan, const Dataset& dataset, Choices& choices, bool plainly, Page& page) {
  if (plan.filters.empty()) choices.Mark("request.parameters.unspecified"_rule);
  if (plan.filters.size() > 1) choices.Mark("request.parameters.conjunction"_rule);
  // The same in less time, if there are very many.
  const RegionIndex* region = plainly || plan.by_ids ? nullptr : dataset.IndexOf(plan.region);
  page.matches = region ? SelectByIndex(plan, dataset, *region, choices, page.open)
                        : SelectOneByOne(plan, dataset, choices, page.open);
}

// Of the matches those of the default group, if it joins another group.
std::int64_t OfDefaultGroup(const Plan& plan, const Page& page, const Dataset& dataset) {
  const auto asked = std::ranges::find(plan.filters, Filter::Kind::kResourceGroup, &Filter::kind);
  if (asked == plan.filters.end() || asked->value == dataset.default_resource_group) return 0;
  if (const RegionIndex* region = page.matches.region()) {
    const auto group = region->With(Field::kResourceGroupId, dataset.default_resource_group);
    if (group) return Intersection(page.matches.ranks(), *group).count();
  }
  return std::ranges::count_if(page.matches, [&](std::uint32_t position) {
    return dataset.snapshots[position][Field::kResourceGroupId] == dataset.default_resource_group;
  });
}

// How many are counted, and how many can be listed.
void Limit(const Plan& plan, const Dataset& dataset, Choices& choices, Page& page) {
  page.total = page.end = static_cast<std::int64_t>(page.matches.size());
  if (page.total <= kListLimit) return;
  if (plan.has_tags) {
    const Option option = choices.Pick("limit.tag"_question);
    if (option == "thousand"_option) page.total = kListLimit;
    if (option != "all"_option) page.end = kListLimit;
  }
  if (!plan.has_group || page.total == kListLimit) return;
  const Option option = choices.Pick("limit.resource_group"_question);
  if (option == "thousand"_option) page.total = kListLimit;
  if (option == "thousand_of_group"_option) {
    const std::int64_t others = OfDefaultGroup(plan, page, dataset);
    page.total = others + std::min(page.total - others, kListLimit);
  }
  page.end = std::min(page.end, option == "thousand_listed"_option ? kListLimit : page.total);
}

std::int64_t Size(const std::vector<std::uint32_t>& positions) {
  return static_cast<std::int64_t>(positions.size());
}

// If it is not `certain` that the page is past the end, the last one may be any.
void PastEnd(Plan& plan, Page& page, bool certain, Choices& choices) {
  Paging& paging = plan.paging;
  const Option option = choices.Pick("paging.page_number.past_end"_question);
  if (option == "refused"_option && certain) {
    Refusal refusal{"request.open.admissible"_rule, Catalogue::Get().FindError("InvalidParameter"),
                    true, "PageNumber"};
    plan.stop |= choices.Refuse(refusal);
    plan.refusals.push_back(std::move(refusal));
  }
  if (option != "last_page"_option) return;
  paging.instead = true;
  paging.empty = false;
  paging.loose = paging.loose || !page.open.empty();
  paging.number = std::max<std::int64_t>(1, (page.end + paging.size - 1) / paging.size);
  page.start = (paging.number - 1) * paging.size;
  page.count = page.end - page.start;
}

// The window of the list that the request asks for.
void Window(Plan& plan, Page& page, Choices& choices) {
  const Paging& paging = plan.paging;
  if (paging.by_token) {
    page.start = paging.origin ? paging.origin->position : 0;
    page.count = std::clamp<std::int64_t>(page.end - page.start, 0, paging.size);
  } else {
    page.start = (paging.number - 1) * paging.size;
    page.count = std::clamp<std::int64_t>(page.end - page.start, 0, paging.size);
    const bool beyond = paging.empty || (paging.number > 1 && page.count == 0);
    const bool past_end =
        beyond && !plan.unseen_region && (paging.empty || page.start - page.end >= Size(page.open));
    plan.may_be_refused |= beyond && !past_end;
    if (beyond && !plan.unseen_region) PastEnd(plan, page, past_end, choices);
  }
  if (paging.empty) page.count = 0;
}

}  // namespace

Answer DescribeSnapshots(const Request& request, const Dataset& dataset, const Tokens* tokens,
                         Choices& choices, Interference* interference, const HiddenValues* hidden) {
  Answer answer{MakePlan(request, dataset, tokens, choices), {}};
  answer.plan.hidden = hidden;
  if (interference) interference->Planned(answer.plan);
  if (answer.refused() || answer.plan.stop) return answer;
  choices.Mark("request.valid.accepted"_rule);
  Select(answer.plan, dataset, choices, interference != nullptr, answer.page);
  if (interference) interference->Selected(answer.plan, answer.page.matches);
  Limit(answer.plan, dataset, choices, answer.page);
  Window(answer.plan, answer.page, choices);
  return answer;
}

}  // namespace assay
