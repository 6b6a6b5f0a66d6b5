// Faults of pages by number.
#include <algorithm>
#include <random>

#include "reference/faults/families.h"

namespace assay {
namespace {

std::int64_t Total(const Scene& scene) {
  return static_cast<std::int64_t>(scene.page->matches.size());
}
std::int64_t Size(const Scene& scene) { return scene.plan->paging.size; }

struct PageFault {
  const char* id;
  const char* title;
  int difficulty;
  std::vector<Rule> breaks;
  std::function<void(const Scene&, RenderedList&)> page;
};

void AddPages(std::vector<Fault>& out, std::vector<PageFault> faults) {
  for (PageFault& fault : faults) {
    out.push_back({.id = fault.id,
                   .title = fault.title,
                   .stage = Stage::kPage,
                   .difficulty = fault.difficulty,
                   .breaks = std::move(fault.breaks),
                   .page = [page = std::move(fault.page)](const Scene& scene, RenderedList& list) {
                     if (!scene.ByToken()) page(scene, list);
                   }});
  }
}

// What pages list.
using PageChange = void (*)(const Scene&, RenderedList&);

void DropLastOfAll(const Scene& s, RenderedList& list) {
  if (EndsList(s, list) && s.start > 0) list.listed.pop_back();
}
void DropFirstOfAll(const Scene& s, RenderedList& list) {
  if (s.start == 0 && !list.listed.empty()) list.listed.erase(list.listed.begin());
}
void RepeatLastBefore(const Scene& s, RenderedList& list) {
  if (s.start > 0 && !list.listed.empty()) list.listed = Slice(s, s.start - 1, Size(s));
}
void SkipOneBetween(const Scene& s, RenderedList& list) {
  if (s.start > 0) list.listed = Slice(s, s.start + s.PageNumber() - 1, Size(s));
}
bool ComesOutEven(const Scene& s) { return Total(s) % Size(s) == 0; }
void LoseEvenLastPage(const Scene& s, RenderedList& list) {
  if (s.start > 0 && EndsList(s, list) && ComesOutEven(s)) list.listed.clear();
}
void CountOneMoreIfEven(const Scene& s, RenderedList& list) {
  if (list.total && Total(s) > 0 && ComesOutEven(s)) ++*list.total;
}
void RepeatPage3(const Scene& s, RenderedList& list) {
  if (s.PageNumber() > 3 && !list.listed.empty()) list.listed = Slice(s, 2 * Size(s), Size(s));
}
void DropLastAfterPage3(const Scene& s, RenderedList& list) {
  if (s.PageNumber() > 3 && !list.listed.empty()) list.listed.pop_back();
}
void ListNothingPastLimit(const Scene& s, RenderedList& list) {
  if (s.start >= kListLimit && s.plan->filters.empty()) list.listed.clear();
}
void ListPage1AsPage2(const Scene& s, RenderedList& list) {
  if (s.PageNumber() == 2 && !list.listed.empty()) list.listed = Slice(s, 0, Size(s));
}
void CountPagesFrom0(const Scene& s, RenderedList& list) {
  list.listed = Slice(s, s.PageNumber() * Size(s), Size(s));
}
void ListFirstPage(const Scene& s, RenderedList& list) { list.listed = Slice(s, 0, Size(s)); }
void List10(const Scene& s, RenderedList& list) {
  if (s.Has("PageSize")) list.listed = Slice(s, s.start, 10);
}
void ListOneMore(const Scene& s, RenderedList& list) {
  list.listed = Slice(s, s.start, Size(s) + 1);
}
void ListOneLess(const Scene& s, RenderedList& list) {
  if (Size(s) > 1) list.listed = Slice(s, s.start, Size(s) - 1);
}
void ListAtMost50(const Scene&, RenderedList& list) {
  if (list.listed.size() > 50) list.listed.resize(50);
}
void PlaceByDefaultSize(const Scene& s, RenderedList& list) {
  list.listed = Slice(s, (s.PageNumber() - 1) * 10, Size(s));
}
void List20ByDefault(const Scene& s, RenderedList& list) {
  if (!s.Has("PageSize")) list.listed = Slice(s, 2 * s.start, 20);
}

// What pages say in TotalCount, if they say anything.
template <std::int64_t (*kCount)(const Scene&, const RenderedList&)>
void SetTotal(const Scene& s, RenderedList& list) {
  if (list.total) list.total = kCount(s, list);
}
std::int64_t CountPage(const Scene&, const RenderedList& list) { return std::ssize(list.listed); }
std::int64_t CountRegion(const Scene& s, const RenderedList&) {
  return std::ssize(s.dataset.In(s.plan->region));
}
std::int64_t CountAllRegions(const Scene& s, const RenderedList&) {
  return std::ssize(s.dataset.snapshots);
}
std::int64_t CountOneMore(const Scene&, const RenderedList& list) { return *list.total + 1; }
std::int64_t CountOneLess(const Scene&, const RenderedList& list) {
  return std::max<std::int64_t>(0, *list.total - 1);
}
std::int64_t CountRest(const Scene& s, const RenderedList& list) {
  return std::max<std::int64_t>(0, *list.total - s.start);
}
std::int64_t Count0PastEnd(const Scene& s, const RenderedList& list) {
  return s.start >= Total(s) ? 0 : *list.total;
}
std::int64_t CountAtMost100(const Scene&, const RenderedList& list) {
  return std::min<std::int64_t>(100, *list.total);
}
std::int64_t CountPages(const Scene& s, const RenderedList& list) {
  return (*list.total + Size(s) - 1) / Size(s);
}

// What pages echo.
void EchoNumberLess1(const Scene&, RenderedList& list) {
  if (list.page_number) --*list.page_number;
}
void EchoNumber1(const Scene&, RenderedList& list) {
  if (list.page_number) list.page_number = 1;
}
void EchoSize10(const Scene&, RenderedList& list) {
  if (list.page_size) list.page_size = 10;
}
void EchoCountAsSize(const Scene&, RenderedList& list) {
  if (list.page_size) list.page_size = std::ssize(list.listed);
}
void HideNumber(const Scene&, RenderedList& list) { list.page_number.reset(); }
void HideSize(const Scene&, RenderedList& list) { list.page_size.reset(); }
void HideTotal(const Scene&, RenderedList& list) { list.total.reset(); }

// Rules that several of the faults below break.
const std::vector<Rule> kWalk = {"page.size.limits"_rule, "page.walk.complete"_rule,
                                 "page.walk.unique"_rule, "page.number.selects"_rule};
const std::vector<Rule> kTotal = {"page.total_count.matches"_rule};
const std::vector<Rule> kDefault = {"page.size.default"_rule, "page.size.limits"_rule};
const std::vector<Rule> kNumber = {"page.number.echo"_rule, "page.number.default"_rule};
const std::vector<Rule> kSize = {"page.size.echo"_rule, "page.size.default"_rule};

const std::vector<PageFault> kPageFaults = {
    {"paging.last_page.drops_one", "leaves out the last snapshot of the last page", 2, kWalk,
     DropLastOfAll},
    {"paging.first_page.drops_one", "leaves out the first snapshot of the first page", 1, kWalk,
     DropFirstOfAll},
    {"paging.boundary.repeats_one", "begins every page with the last snapshot of the one before", 2,
     kWalk, RepeatLastBefore},
    {"paging.boundary.skips_one", "leaves a snapshot out between two pages", 2, kWalk,
     SkipOneBetween},
    {"paging.exact_multiple.loses_last", "has no last page if the pages come out even", 3, kWalk,
     LoseEvenLastPage},
    {"paging.exact_multiple.counts_one_more", "counts one too many if the pages come out even", 3,
     kTotal, CountOneMoreIfEven},
    {"paging.past_page_3.repeats", "answers page 3 for every later page", 3, kWalk, RepeatPage3},
    {"paging.past_page_3.drops_one", "loses a snapshot on every page after the third", 3, kWalk,
     DropLastAfterPage3},
    {"paging.past_thousand.empty", "lists nothing past the thousandth snapshot", 4, kWalk,
     ListNothingPastLimit},
    {"paging.page_2.is_page_1", "answers page 1 for page 2", 1, kWalk, ListPage1AsPage2},
    {"paging.number.zero_based", "counts pages from 0", 1, kWalk, CountPagesFrom0},
    {"paging.number.ignored", "answers the first page regardless of the number", 1, kWalk,
     ListFirstPage},
    {"paging.size.ignored", "lists 10 snapshots regardless of PageSize", 1, kWalk, List10},
    {"paging.size.one_more", "lists one snapshot more than PageSize", 1, kWalk, ListOneMore},
    {"paging.size.one_less", "lists one snapshot fewer than PageSize", 1, kWalk, ListOneLess},
    {"paging.size.at_most_50", "lists at most 50 snapshots", 2, kWalk, ListAtMost50},
    {"paging.size.offset_by_default", "takes the place of a page from the default size", 2, kWalk,
     PlaceByDefaultSize},
    {"paging.size.default_20", "lists 20 snapshots if PageSize is not given", 1, kDefault,
     List20ByDefault},
    {"paging.total.of_page", "counts the snapshots of the page in TotalCount", 1, kTotal,
     SetTotal<CountPage>},
    {"paging.total.unfiltered", "counts all snapshots of the region in TotalCount", 2, kTotal,
     SetTotal<CountRegion>},
    {"paging.total.all_regions", "counts the snapshots of all regions in TotalCount", 1, kTotal,
     SetTotal<CountAllRegions>},
    {"paging.total.one_more", "counts one too many in TotalCount", 1, kTotal,
     SetTotal<CountOneMore>},
    {"paging.total.one_less", "counts one too few in TotalCount", 1, kTotal,
     SetTotal<CountOneLess>},
    {"paging.total.rest", "counts the snapshots from this page on in TotalCount", 2, kTotal,
     SetTotal<CountRest>},
    {"paging.total.zero_past_end", "counts 0 on a page past the end", 3, kTotal,
     SetTotal<Count0PastEnd>},
    {"paging.total.at_most_100", "counts at most 100", 2, kTotal, SetTotal<CountAtMost100>},
    {"paging.total.pages", "counts pages in TotalCount", 1, kTotal, SetTotal<CountPages>},
    {"paging.number.echo_zero_based", "echoes the page's number minus one", 1, kNumber,
     EchoNumberLess1},
    {"paging.number.echo_1",
     "always echoes page number 1",
     2,
     {"page.number.echo"_rule},
     EchoNumber1},
    {"paging.size.echo_10", "always echoes page size 10", 1, {"page.size.echo"_rule}, EchoSize10},
    {"paging.size.echo_count", "echoes the number of snapshots listed as PageSize", 2, kSize,
     EchoCountAsSize},
    {"paging.number.echo_missing", "leaves PageNumber out", 1, kNumber, HideNumber},
    {"paging.size.echo_missing", "leaves PageSize out", 1, kSize, HideSize},
    {"paging.total.missing", "leaves TotalCount out", 1, kTotal, HideTotal},
};

// Orders that differ from one request to the next.
void AddOrders(std::vector<Fault>& out) {
  const std::vector<Rule> rules = {"page.order.stable"_rule,    "page.walk.unique"_rule,
                                   "page.walk.complete"_rule,   "page.number.selects"_rule,
                                   "token.walk.unique"_rule,    "token.walk.complete"_rule,
                                   "token.next.continues"_rule, "request.reading.consistent"_rule};
  const auto shuffle = [](const Scene& scene, std::vector<std::uint32_t>& positions) {
    std::shuffle(positions.begin(), positions.end(), std::mt19937_64(scene.number));
  };
  const auto add = [&](const char* id, const char* title, int difficulty, auto when, auto order) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kOrder,
                   .difficulty = difficulty,
                   .breaks = rules,
                   .history = std::string_view(id).starts_with("order.random") ||
                              std::string_view(id).starts_with("order.every"),
                   .when = when,
                   .order = order});
  };
  add("order.random", "lists in another order at every request", 1, nullptr, shuffle);
  add(
      "order.random_with_filters", "lists in another order at every request with a filter", 3,
      [](const Scene& s) { return s.plan && !s.plan->filters.empty(); }, shuffle);
  add(
      "order.other_from_page_3", "orders differently from the third page on", 3,
      [](const Scene& s) { return s.PageNumber() >= 3; },
      [](const Scene&, std::vector<std::uint32_t>& positions) { std::ranges::reverse(positions); });
  add(
      "order.other_by_token", "orders differently from the second page of a walk by token on", 3,
      [](const Scene& s) { return s.ByToken() && s.plan->paging.origin.has_value(); },
      [](const Scene&, std::vector<std::uint32_t>& positions) { std::ranges::reverse(positions); });
  add(
      "order.every_other_request", "lists newest and oldest first in turn", 2,
      [](const Scene& s) { return s.number % 2 == 0; },
      [](const Scene&, std::vector<std::uint32_t>& positions) { std::ranges::reverse(positions); });
}

}  // namespace

void AddPagingFaults(std::vector<Fault>& out) {
  AddPages(out, kPageFaults);
  AddOrders(out);
  out.push_back({.id = "paging.size.refuses_100",
                 .title = "refuses PageSize 100",
                 .stage = Stage::kValidate,
                 .difficulty = 3,
                 .breaks = {"page.size.maximum"_rule, "request.valid.accepted"_rule},
                 .when = [](const Scene& s) { return s.Value("PageSize") == "100"; },
                 .validate =
                     [](const Scene&, Plan& plan) {
                       RefusePlan(plan, "request.open.admissible"_rule, "InvalidParameter",
                                  "PageSize");
                     }});
}

}  // namespace assay
