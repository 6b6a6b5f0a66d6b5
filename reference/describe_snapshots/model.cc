#include "reference/describe_snapshots/model.h"

#include <algorithm>
#include <utility>

namespace assay {
namespace {

constexpr std::int64_t kLimit = 1000;  // "up to 1,000 resources … are returned"

std::vector<std::uint32_t> Candidates(const Plan& plan, const Dataset& dataset) {
  if (plan.by_ids) return plan.candidates;
  const auto region = dataset.by_region.find(plan.region);
  return region == dataset.by_region.end() ? std::vector<std::uint32_t>{} : region->second;
}

// request.parameters.conjunction, request.parameters.unspecified, request.region_id.selects
std::vector<std::uint32_t> Select(const Plan& plan, const Dataset& dataset, Choices& choices) {
  std::vector<std::uint32_t> positions = Candidates(plan, dataset);
  if (plan.filters.empty()) {
    choices.Mark("request.parameters.unspecified"_rule);
    return positions;
  }
  if (plan.filters.size() > 1) choices.Mark("request.parameters.conjunction"_rule);
  std::erase_if(positions, [&](std::uint32_t position) {
    const Snapshot& snapshot = dataset.snapshots[position];
    return !std::ranges::all_of(plan.filters, [&](const Filter& filter) {
      // The ids were looked up already. (A filter by tags has no field of its own.)
      const bool looked_up =
          plan.by_ids && filter.kind == Filter::Kind::kOneOf && filter.field == Field::kSnapshotId;
      return looked_up || Matches(filter, snapshot, dataset, choices);
    });
  });
  return positions;
}

std::int64_t Total(const Plan& plan, std::int64_t matches, Choices& choices) {
  const auto limited = [&](Question question) {
    return choices.Pick(question) == "thousand"_option;
  };
  if (matches <= kLimit) return matches;
  if (plan.has_tags && limited("limit.tag"_question)) return kLimit;
  if (plan.has_group && limited("limit.resource_group"_question)) return kLimit;
  return matches;
}

// The window of the list that the request asks for.
void Window(Plan& plan, Page& page, Choices& choices) {
  const Paging& paging = plan.paging;
  if (paging.by_token) {
    page.start = paging.origin ? paging.origin->position : 0;
    page.count = std::clamp<std::int64_t>(page.total - page.start, 0, paging.size);
  } else {
    page.start = (paging.number - 1) * paging.size;
    page.count = std::clamp<std::int64_t>(page.total - page.start, 0, paging.size);
    const bool past_end = paging.empty || (paging.number > 1 && page.count == 0);
    if (past_end && choices.Pick("paging.page_number.past_end"_question) == "refused"_option) {
      Refusal refusal{"request.open.admissible"_rule,
                      Catalogue::Get().FindError("InvalidParameter"), true, "PageNumber"};
      plan.stop |= choices.Refuse(refusal);
      plan.refusals.push_back(std::move(refusal));
    }
  }
  if (paging.empty) page.count = 0;
}

}  // namespace

Answer DescribeSnapshots(const Request& request, const Dataset& dataset, const Tokens* tokens,
                         Choices& choices, Interference* interference) {
  Answer answer{MakePlan(request, dataset, tokens, choices), {}};
  if (interference) interference->Planned(answer.plan);
  if (answer.refused() || answer.plan.stop) return answer;
  choices.Mark("request.valid.accepted"_rule);
  answer.page.matches = Select(answer.plan, dataset, choices);
  if (interference) interference->Selected(answer.plan, answer.page.matches);
  answer.page.total =
      Total(answer.plan, static_cast<std::int64_t>(answer.page.matches.size()), choices);
  Window(answer.plan, answer.page, choices);
  return answer;
}

}  // namespace assay
