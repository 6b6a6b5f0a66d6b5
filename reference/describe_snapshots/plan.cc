#include "reference/describe_snapshots/plan.h"

#include <algorithm>

#include "reference/describe_snapshots/parameters.h"
#include "reference/describe_snapshots/topic_reader.h"

namespace assay {

Plan MakePlan(const Request& request, const Dataset& dataset, const Tokens* tokens,
              Choices& choices) {
  GatheredParameters gathered = Gather(request, choices);
  PlanDraft draft{request, dataset, tokens, choices, std::move(gathered.parameters), {}};
  draft.plan.refusals = std::move(gathered.refusals);
  draft.plan.stop = gathered.stop;
  draft.plan.discouraged = gathered.discouraged;
  draft.plan.may_be_refused = gathered.may_be_refused || gathered.may_be_anything;
  ReadCommon(draft);  // always: a refusal has a format, too
  // Once the explorer has seen enough, nothing more is read.
  for (const auto read :
       {ReadResources, ReadIds, ReadEnumerations, ReadBooleans, ReadTimes, ReadTags, ReadPaging}) {
    if (draft.plan.stop) break;
    read(draft);
  }
  draft.plan.paging.unknowable |= gathered.may_be_anything;
  return std::move(draft.plan);
}

TokenOrigin OriginAfter(const Request& request, const Plan& plan, std::int64_t count) {
  const Paging& paging = plan.paging;
  TokenOrigin next{.filters = FilterParameters(request), .region = plan.region};
  if (const auto max_results = request.Find("MaxResults")) next.max_results = *max_results;
  next.loose = paging.loose || paging.empty;
  if (!paging.by_token) {
    next.position = (paging.number - 1) * paging.size + count;
    // A walk that began by number continues by token with a size of its own.
    next.loose |= paging.size != kDefaultPageSize;
  } else if (paging.origin) {
    const TokenOrigin& before = *paging.origin;
    next.position = before.position + count;
    next.page = before.page;
    next.loose |= before.filters != next.filters || before.max_results != next.max_results;
  } else {
    next.position = count;
  }
  ++next.page;
  return next;
}

}  // namespace assay
