// Faults of walks by token.
#include <algorithm>

#include "reference/faults/families.h"

namespace assay {
namespace {

const std::vector<Rule>& WalkRules() {
  static const std::vector<Rule> rules = {
      "token.next.continues"_rule,      "token.next.given"_rule,
      "token.walk.complete"_rule,       "token.walk.unique"_rule,
      "token.walk.ends"_rule,           "token.max_results.limits"_rule,
      "token.max_results.default"_rule, "request.reading.consistent"_rule,
      "page.order.stable"_rule};
  return rules;
}

void AddPositions(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty,
                       std::function<void(const Scene&, TokenDraft&)> token) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kPage,
                   .difficulty = difficulty,
                   .breaks = WalkRules(),
                   .token = std::move(token)});
  };
  add("token.position.skips_one", "leaves a snapshot out between two pages by token", 2,
      [](const Scene&, TokenDraft& draft) { ++draft.position; });
  add("token.position.repeats_one", "lists the last snapshot of a page by token again", 2,
      [](const Scene&, TokenDraft& draft) {
        if (draft.more) --draft.position;
      });
  add("token.position.stays", "gives a token that leads to the first page", 2,
      [](const Scene&, TokenDraft& draft) {
        if (draft.more) draft.position = 0;
      });
  add("token.end.loops", "starts a walk over after its last page", 3,
      [](const Scene& scene, TokenDraft& draft) {
        if (draft.more || !scene.ByToken() || draft.total == 0) return;
        draft.more = true;
        draft.position = 0;
      });
  add("token.end.never", "gives a token on the last page and on empty ones after it", 3,
      [](const Scene& scene, TokenDraft& draft) {
        if (scene.ByToken() && draft.total > 0) draft.more = true;
      });
  add("token.end.after_page_2", "ends every walk after its second page", 3,
      [](const Scene& scene, TokenDraft& draft) {
        if (scene.ByToken() && scene.plan->paging.origin) draft.more = false;
      });
  add("token.end.one_short", "gives no token if one more snapshot follows", 4,
      [](const Scene&, TokenDraft& draft) {
        if (draft.total - draft.position == 1) draft.more = false;
      });
  add("token.end.after_thousand", "ends every walk after a thousand snapshots", 4,
      [](const Scene& scene, TokenDraft& draft) {
        if (draft.position >= kListLimit && scene.plan->filters.empty()) draft.more = false;
      });
  add("token.missing", "gives no NextToken", 1,
      [](const Scene&, TokenDraft& draft) { draft.more = false; });
  add("token.missing_with_filters", "gives no NextToken if a filter is given", 2,
      [](const Scene& scene, TokenDraft& draft) {
        if (!scene.plan->filters.empty()) draft.more = false;
      });
}

void AddTokenPages(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty,
                       std::function<void(const Scene&, RenderedList&)> page) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kPage,
                   .difficulty = difficulty,
                   .breaks = WalkRules(),
                   .page = [page = std::move(page)](const Scene& scene, RenderedList& list) {
                     if (scene.ByToken()) page(scene, list);
                   }});
  };
  const auto size = [](const Scene& s) { return s.plan->paging.size; };
  add("token.size.one_more", "lists one snapshot more than MaxResults", 2,
      [size](const Scene& s, RenderedList& list) { list.listed = Slice(s, s.start, size(s) + 1); });
  add("token.size.ignored", "lists 50 snapshots whatever MaxResults says", 2,
      [](const Scene& s, RenderedList& list) { list.listed = Slice(s, s.start, 50); });
  add("token.last_page.drops_one", "loses the last snapshot of a walk", 3,
      [](const Scene& s, RenderedList& list) {
        if (s.start > 0 && EndsList(s, list)) list.listed.pop_back();
      });
  add("token.last_page.empty", "lists nothing on the last page of a walk", 3,
      [](const Scene& s, RenderedList& list) {
        if (s.start > 0 && EndsList(s, list)) list.listed.clear();
      });
  add("token.past_page_3.drops_one", "loses a snapshot on each page of a walk after the third", 3,
      [](const Scene& s, RenderedList& list) {
        const auto& origin = s.plan->paging.origin;
        if (origin && origin->page >= 3 && list.listed.size() > 1) {
          list.listed.erase(list.listed.begin());
        }
      });
  add("token.size.change_skips", "skips a snapshot if MaxResults changes during a walk", 4,
      [](const Scene& s, RenderedList& list) {
        const auto& origin = s.plan->paging.origin;
        if (origin && origin->max_results != s.request.Find("MaxResults") && !list.listed.empty()) {
          list.listed.erase(list.listed.begin());
        }
      });
  add("token.reuse.moves_on", "answers another page if a token is used again", 4,
      [](const Scene& s, RenderedList& list) {
        const std::string token(s.Value("NextToken"));
        if (token.empty() || list.listed.empty() || s.memory.Count("token " + token) == 0) return;
        list.listed = Slice(s, s.start + 1, static_cast<std::int64_t>(list.listed.size()));
      });
  out.back().history = true;
}

}  // namespace

void AddTokenFaults(std::vector<Fault>& out) {
  AddPositions(out);
  AddTokenPages(out);
  out.push_back(
      {.id = "token.filters.forgotten",
       .title = "forgets the filters on the second page by token",
       .stage = Stage::kSelect,
       .difficulty = 3,
       .breaks = {WalkRules()[0], WalkRules()[1], WalkRules()[2], WalkRules()[3],
                  "request.parameters.conjunction"_rule, "request.reading.consistent"_rule,
                  "filter.status.accomplished"_rule, "filter.source_disk_type.system"_rule,
                  "filter.source_disk_type.data"_rule, "filter.encrypted.true"_rule,
                  "ids.list.selects"_rule},
       .when = [](const Scene& s) { return !s.Value("NextToken").empty(); },
       .select =
           [](const Scene& scene, const Snapshot& snapshot, bool right) {
             return scene.plan->paging.origin ? snapshot[Field::kRegionId] == scene.plan->region
                                              : right;
           }});
  out.push_back({.id = "token.max_results.refuses_100",
                 .title = "refuses MaxResults 100",
                 .stage = Stage::kValidate,
                 .difficulty = 3,
                 .breaks = {"token.max_results.maximum"_rule, "request.valid.accepted"_rule},
                 .when = [](const Scene& s) { return s.Value("MaxResults") == "100"; },
                 .validate =
                     [](const Scene&, Plan& plan) {
                       RefusePlan(plan, "request.open.admissible"_rule, "InvalidParameter",
                                  "MaxResults");
                     }});
}

}  // namespace assay
