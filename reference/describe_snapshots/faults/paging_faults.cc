// Faults of pages by number.
#include <algorithm>
#include <random>

#include "reference/describe_snapshots/faults/families.h"

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

void AddContents(std::vector<Fault>& out) {
  const std::vector<Rule> walk = {"page.size.limits"_rule, "page.walk.complete"_rule,
                                  "page.walk.unique"_rule, "page.number.selects"_rule};
  AddPages(
      out,
      {{"paging.last_page.drops_one", "leaves the last snapshot of the last page out", 2, walk,
        [](const Scene& s, RenderedList& list) {
          if (EndsList(s, list) && s.start > 0) list.listed.pop_back();
        }},
       {"paging.first_page.drops_one", "leaves the first snapshot of the first page out", 1, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.start == 0 && !list.listed.empty()) list.listed.erase(list.listed.begin());
        }},
       {"paging.boundary.repeats_one", "begins every page with the last snapshot of the one before",
        2, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.start > 0 && !list.listed.empty()) list.listed = Slice(s, s.start - 1, Size(s));
        }},
       {"paging.boundary.skips_one", "leaves a snapshot out between two pages", 2, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.start > 0) list.listed = Slice(s, s.start + s.PageNumber() - 1, Size(s));
        }},
       {"paging.exact_multiple.loses_last", "has no last page where the pages come out even", 3,
        walk,
        [](const Scene& s, RenderedList& list) {
          if (s.start > 0 && EndsList(s, list) && Total(s) % Size(s) == 0) list.listed.clear();
        }},
       {"paging.exact_multiple.counts_one_more",
        "counts one too many where the pages come out even",
        3,
        {"page.total_count.matches"_rule},
        [](const Scene& s, RenderedList& list) {
          if (list.total && Total(s) > 0 && Total(s) % Size(s) == 0) ++*list.total;
        }},
       {"paging.past_page_3.repeats", "answers page 3 for every later page", 3, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.PageNumber() > 3 && !list.listed.empty())
            list.listed = Slice(s, 2 * Size(s), Size(s));
        }},
       {"paging.past_page_3.drops_one", "loses a snapshot on every page after the third", 3, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.PageNumber() > 3 && !list.listed.empty()) list.listed.pop_back();
        }},
       {"paging.past_thousand.empty", "lists nothing past the thousandth snapshot", 4, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.start >= kListLimit && s.plan->filters.empty()) list.listed.clear();
        }},
       {"paging.past_end.last_page",
        "answers the last page for a page past the end",
        3,
        {"page.number.selects"_rule, "page.number.echo"_rule, "page.size.limits"_rule,
         "response.snapshot.known"_rule},
        [](const Scene& s, RenderedList& list) {
          if (s.start >= Total(s) && s.PageNumber() > 1 && Total(s) > 0) {
            list.listed = Slice(s, (Total(s) - 1) / Size(s) * Size(s), Size(s));
          }
        }},
       {"paging.page_2.is_page_1", "answers page 1 for page 2", 1, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.PageNumber() == 2 && !list.listed.empty()) list.listed = Slice(s, 0, Size(s));
        }},
       {"paging.number.zero_based", "counts pages from 0", 1, walk,
        [](const Scene& s, RenderedList& list) {
          list.listed = Slice(s, s.PageNumber() * Size(s), Size(s));
        }},
       {"paging.number.ignored", "answers the first page whatever the number", 1, walk,
        [](const Scene& s, RenderedList& list) { list.listed = Slice(s, 0, Size(s)); }},
       {"paging.size.ignored", "lists 10 snapshots whatever PageSize says", 1, walk,
        [](const Scene& s, RenderedList& list) {
          if (s.Has("PageSize")) list.listed = Slice(s, s.start, 10);
        }},
       {"paging.size.one_more", "lists one snapshot more than PageSize", 1, walk,
        [](const Scene& s, RenderedList& list) { list.listed = Slice(s, s.start, Size(s) + 1); }},
       {"paging.size.one_less", "lists one snapshot less than PageSize", 1, walk,
        [](const Scene& s, RenderedList& list) {
          if (Size(s) > 1) list.listed = Slice(s, s.start, Size(s) - 1);
        }},
       {"paging.size.at_most_50", "lists 50 snapshots at the most", 2, walk,
        [](const Scene&, RenderedList& list) {
          if (list.listed.size() > 50) list.listed.resize(50);
        }},
       {"paging.size.offset_by_default", "takes the place of a page from the default size", 2, walk,
        [](const Scene& s, RenderedList& list) {
          list.listed = Slice(s, (s.PageNumber() - 1) * 10, Size(s));
        }},
       {"paging.size.default_20",
        "lists 20 snapshots where PageSize is not given",
        1,
        {"page.size.default"_rule, "page.size.limits"_rule},
        [](const Scene& s, RenderedList& list) {
          if (!s.Has("PageSize")) list.listed = Slice(s, 2 * s.start, 20);
        }}});
}

void AddNumbers(std::vector<Fault>& out) {
  const std::vector<Rule> total = {"page.total_count.matches"_rule};
  const auto set = [](auto value) {
    return [value](const Scene& s, RenderedList& list) {
      if (list.total) list.total = value(s, list);
    };
  };
  AddPages(out, {{"paging.total.of_page", "counts the snapshots of the page in TotalCount", 1,
                  total, set([](const Scene&, const RenderedList& list) {
                    return static_cast<std::int64_t>(list.listed.size());
                  })},
                 {"paging.total.unfiltered", "counts all snapshots of the region in TotalCount", 2,
                  total, set([](const Scene& s, const RenderedList&) {
                    return std::ssize(s.dataset.In(s.plan->region));
                  })},
                 {"paging.total.all_regions", "counts the snapshots of all regions in TotalCount",
                  1, total, set([](const Scene& s, const RenderedList&) {
                    return static_cast<std::int64_t>(s.dataset.snapshots.size());
                  })},
                 {"paging.total.one_more", "counts one too many in TotalCount", 1, total,
                  set([](const Scene&, const RenderedList& list) { return *list.total + 1; })},
                 {"paging.total.one_less", "counts one too few in TotalCount", 1, total,
                  set([](const Scene&, const RenderedList& list) {
                    return std::max<std::int64_t>(0, *list.total - 1);
                  })},
                 {"paging.total.rest", "counts the snapshots from this page on in TotalCount", 2,
                  total, set([](const Scene& s, const RenderedList& list) {
                    return std::max<std::int64_t>(0, *list.total - s.start);
                  })},
                 {"paging.total.zero_past_end", "counts 0 on a page past the end", 3, total,
                  set([](const Scene& s, const RenderedList& list) {
                    return s.start >= Total(s) ? 0 : *list.total;
                  })},
                 {"paging.total.at_most_100", "counts 100 at the most", 2, total,
                  set([](const Scene&, const RenderedList& list) {
                    return std::min<std::int64_t>(100, *list.total);
                  })},
                 {"paging.total.pages", "counts pages in TotalCount", 1, total,
                  set([](const Scene& s, const RenderedList& list) {
                    return (*list.total + Size(s) - 1) / Size(s);
                  })},
                 {"paging.number.echo_zero_based",
                  "echoes the page's number less one",
                  1,
                  {"page.number.echo"_rule, "page.number.default"_rule},
                  [](const Scene&, RenderedList& list) {
                    if (list.page_number) --*list.page_number;
                  }},
                 {"paging.number.echo_1",
                  "echoes page number 1 always",
                  2,
                  {"page.number.echo"_rule},
                  [](const Scene&, RenderedList& list) {
                    if (list.page_number) list.page_number = 1;
                  }},
                 {"paging.size.echo_10",
                  "echoes page size 10 always",
                  1,
                  {"page.size.echo"_rule},
                  [](const Scene&, RenderedList& list) {
                    if (list.page_size) list.page_size = 10;
                  }},
                 {"paging.size.echo_count",
                  "echoes the number of snapshots listed as PageSize",
                  2,
                  {"page.size.echo"_rule, "page.size.default"_rule},
                  [](const Scene&, RenderedList& list) {
                    if (list.page_size)
                      list.page_size = static_cast<std::int64_t>(list.listed.size());
                  }},
                 {"paging.number.echo_missing",
                  "leaves PageNumber out",
                  1,
                  {"page.number.echo"_rule, "page.number.default"_rule},
                  [](const Scene&, RenderedList& list) { list.page_number.reset(); }},
                 {"paging.size.echo_missing",
                  "leaves PageSize out",
                  1,
                  {"page.size.echo"_rule, "page.size.default"_rule},
                  [](const Scene&, RenderedList& list) { list.page_size.reset(); }},
                 {"paging.total.missing", "leaves TotalCount out", 1, total,
                  [](const Scene&, RenderedList& list) { list.total.reset(); }}});
}

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
  AddContents(out);
  AddNumbers(out);
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
