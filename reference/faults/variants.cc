#include "reference/faults/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "reference/faults/catalogue.h"
#include "reference/faults/families.h"

namespace assay {
namespace {

using Count = std::int64_t;

// What people write, and what neighbours of the documented numbers are.
constexpr Count kFew[] = {2, 3, 4, 5, 6, 7, 8, 9, 10};
constexpr Count kLimits[] = {5,  10, 15, 16,  20,  25,  30,  32,  40,  48,  50,  60,  64,  70,
                             75, 80, 90, 100, 120, 128, 150, 200, 250, 256, 300, 500, 512, 1000};

class Maker {
 public:
  std::vector<Fault> Make() {
    Totals();
    Pages();
    Walks();
    Tags();
    Filters();
    AddFilterVariants(out_);
    AddTypeVariants(out_);
    return std::move(out_);
  }

 private:
  Fault& Add(const char* id, std::string title, Stage stage) {
    Fault& fault = out_.emplace_back();
    fault.id = id;
    fault.title = std::move(title);
    fault.stage = stage;
    return fault;
  }
  // A page of a list by number, or by token.
  void AddPage(const char* id, std::string title, bool by_token,
               std::function<void(const Scene&, RenderedList&)> page) {
    Add(id, std::move(title), Stage::kPage).page = [page = std::move(page), by_token](
                                                       const Scene& scene, RenderedList& list) {
      if (scene.ByToken() == by_token) page(scene, list);
    };
  }
  void AddPlan(const char* id, std::string title, std::function<void(const Scene&, Plan&)> plan) {
    Add(id, std::move(title), Stage::kValidate).validate = std::move(plan);
  }
  void AddToken(const char* id, std::string title,
                std::function<void(const Scene&, TokenDraft&)> token) {
    Add(id, std::move(title), Stage::kPage).token = std::move(token);
  }

  void Totals() {
    for (const Count k : kFew) {
      AddPage("paging.total.one_more", fmt::format("counts {} too many in TotalCount", k), false,
              [k](const Scene&, RenderedList& list) {
                if (list.total) *list.total += k;
              });
      AddPage("paging.total.one_less", fmt::format("counts {} too few in TotalCount", k), false,
              [k](const Scene&, RenderedList& list) {
                if (list.total) *list.total = std::max<Count>(0, *list.total - k);
              });
    }
    for (const Count k : kLimits) {
      AddPage("paging.total.at_most_100", fmt::format("counts at most {}", k), false,
              [k](const Scene&, RenderedList& list) {
                if (list.total) *list.total = std::min(k, *list.total);
              });
    }
  }

  void Pages() {
    for (const Count k : kLimits) {
      AddPage("paging.size.at_most_50", fmt::format("lists at most {} snapshots", k), false,
              [k](const Scene&, RenderedList& list) { Shorten(list, k); });
      AddPlan("paging.size.at_most_50", fmt::format("takes a PageSize above {} for {}", k, k),
              [k](const Scene& scene, Plan& plan) {
                if (!scene.Has("MaxResults")) plan.paging.size = std::min(plan.paging.size, k);
              });
      AddPlan("paging.size.default_20",
              fmt::format("lists {} snapshots if PageSize is not given", k),
              [k](const Scene& scene, Plan& plan) {
                if (!plan.paging.by_token && !scene.Has("PageSize")) plan.paging.size = k;
              });
    }
    for (const Count k : kFew) {
      AddPlan(
          "paging.past_page_3.repeats", fmt::format("answers page {} for every later page", k),
          [k](const Scene&, Plan& plan) { plan.paging.number = std::min(plan.paging.number, k); });
      AddPage("paging.past_page_3.repeats", fmt::format("lists page {} for every later page", k),
              false, [k](const Scene& s, RenderedList& list) {
                const Count size = s.plan->paging.size;
                if (s.PageNumber() > k) list.listed = Slice(s, (k - 1) * size, size);
              });
      AddPage("paging.last_page.drops_one",
              fmt::format("leaves out the last {} snapshots of the last page", k), false,
              [k](const Scene& s, RenderedList& list) {
                if (EndsList(s, list) && s.start > 0) Drop(list, k);
              });
      AddPage("paging.first_page.drops_one",
              fmt::format("leaves out the first {} snapshots of the first page", k), false,
              [k](const Scene& s, RenderedList& list) {
                if (s.start == 0) DropFirst(list, k);
              });
      AddPage("paging.boundary.repeats_one",
              fmt::format("begins every page with the last {} snapshots of the one before", k),
              false, [k](const Scene& s, RenderedList& list) {
                if (s.start > 0) {
                  list.listed = Slice(s, std::max<Count>(0, s.start - k), s.plan->paging.size);
                }
              });
      AddPage("paging.boundary.skips_one",
              fmt::format("leaves {} snapshots out between two pages", k), false,
              [k](const Scene& s, RenderedList& list) {
                if (s.start > 0) {
                  list.listed = Slice(s, s.start + k * (s.PageNumber() - 1), s.plan->paging.size);
                }
              });
    }
  }

  void Walks() {
    for (const Count k : kFew) {
      AddToken("token.position.skips_one",
               fmt::format("leaves {} snapshots out between two pages by token", k),
               [k](const Scene&, TokenDraft& draft) { draft.position += k; });
      // It leads to the last one if there is nothing so far on.
      AddToken("token.position.skips_one",
               fmt::format("leaves up to {} snapshots out between two pages by token", k),
               [k](const Scene&, TokenDraft& draft) {
                 draft.position = std::min(draft.position + k, std::max<Count>(0, draft.total - 1));
               });
      AddToken("token.position.repeats_one",
               fmt::format("lists the last {} snapshots of a page by token again", k),
               [k](const Scene&, TokenDraft& draft) {
                 if (draft.more) draft.position = std::max<Count>(0, draft.position - k);
               });
      AddToken("token.end.one_short", fmt::format("gives no token if {} or fewer follow", k),
               [k](const Scene&, TokenDraft& draft) {
                 if (draft.total - draft.position <= k) draft.more = false;
               });
      AddToken("token.end.after_page_2", fmt::format("ends every walk after {} pages", k + 1),
               [k](const Scene& scene, TokenDraft& draft) {
                 const auto& origin = scene.plan->paging.origin;
                 if (scene.ByToken() && origin && origin->page >= k) draft.more = false;
               });
      AddPage("token.last_page.drops_one", fmt::format("loses the last {} snapshots of a walk", k),
              true, [k](const Scene& s, RenderedList& list) {
                if (s.start > 0 && EndsList(s, list)) Drop(list, k);
              });
    }
    for (const Count k : kLimits) {
      AddToken("token.end.after_thousand", fmt::format("ends every walk after {} snapshots", k),
               [k](const Scene&, TokenDraft& draft) {
                 if (draft.position >= k) draft.more = false;
               });
      AddPage("token.size.ignored", fmt::format("lists {} snapshots whatever MaxResults says", k),
              true,
              [k](const Scene& s, RenderedList& list) { list.listed = Slice(s, s.start, k); });
    }
  }

  void Tags() {
    for (const Count k : kFew) {
      const auto count = static_cast<std::size_t>(k);
      Add("tag.snapshot.only_first",
          fmt::format("looks only at the first {} tags of a snapshot", k), Stage::kSelect)
          .select = [count](const Scene& scene, const Snapshot& snapshot, bool) {
        Snapshot first = snapshot;
        first.tags.resize(std::min(count, first.tags.size()));
        return Selects(scene, snapshot, [&](const Filter& filter, bool right) {
          return IsTag(filter) ? Holds(scene, filter, first) : right;
        });
      };
      Add("tag.several.at_most_two", fmt::format("ignores tags beyond number {}", k),
          Stage::kSelect)
          .select = [count](const Scene& scene, const Snapshot& snapshot, bool) {
        std::size_t tags = 0;
        return Selects(scene, snapshot, [&](const Filter& filter, bool right) {
          return (IsTag(filter) && ++tags > count) || right;
        });
      };
    }
  }

  // One filter of several.
  void Filters() {
    for (const Count k : kFew) {
      const auto most = static_cast<std::size_t>(k);
      Add("filter.conjunction.at_most_three", fmt::format("uses the first {} filters only", k),
          Stage::kSelect)
          .select = [most](const Scene& scene, const Snapshot& snapshot, bool) {
        if (snapshot[Field::kRegionId] != scene.plan->region) return false;
        const auto& filters = scene.plan->filters;
        for (std::size_t i = 0; i < std::min(most, filters.size()); ++i) {
          if (!Holds(scene, filters[i], snapshot)) return false;
        }
        return true;
      };
    }
  }

  static void Shorten(RenderedList& list, Count most) {
    if (std::ssize(list.listed) > most) list.listed.resize(static_cast<std::size_t>(most));
  }
  static void Drop(RenderedList& list, Count count) {
    Shorten(list, std::max<Count>(0, std::ssize(list.listed) - count));
  }
  static void DropFirst(RenderedList& list, Count count) {
    const auto end = list.listed.begin() + std::min(count, Count{std::ssize(list.listed)});
    list.listed.erase(list.listed.begin(), end);
  }

  std::vector<Fault> out_;
};

}  // namespace

const std::vector<Fault>& Variants() {
  static const std::vector<Fault> variants = [] {
    std::vector<Fault> out = Maker().Make();
    for (Fault& variant : out) {
      if (variant.breaks.empty()) variant.breaks = FindFault(variant.id)->breaks;
    }
    return out;
  }();
  return variants;
}

}  // namespace assay
