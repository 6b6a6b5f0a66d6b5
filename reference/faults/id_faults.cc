// Faults of SnapshotIds.
#include <algorithm>

#include "reference/describe_snapshots/values.h"
#include "reference/faults/families.h"

namespace assay {
namespace {

const std::vector<Rule>& IdRules() {
  static const std::vector<Rule> rules = {
      "ids.list.selects"_rule,       "ids.list.single"_rule,
      "ids.list.maximum"_rule,       "ids.list.order"_rule,
      "ids.list.unknown"_rule,       "ids.list.repeated"_rule,
      "page.size.limits"_rule,       "page.total_count.matches"_rule,
      "token.next.given"_rule,       "request.parameters.conjunction"_rule,
      "request.valid.accepted"_rule, "token.walk.complete"_rule};
  return rules;
}

// The ids of the request, in its order; empty if it has none. Asked for each snapshot, so the last
// list is kept.
const std::vector<std::string>& Ids(const Scene& scene) {
  static const std::vector<std::string> kNone;
  thread_local std::string text;
  thread_local std::vector<std::string> ids;
  if (!scene.plan->by_ids) return kNone;
  if (const std::string_view asked = scene.Value("SnapshotIds"); asked != text) {
    text = asked;
    ids = ReadIdList(asked).ids;
  }
  return ids;
}

// A select that looks for some of the ids only, as `keep` takes them by their place.
using Keep =
    std::function<bool(std::size_t place, const std::vector<std::string>& ids, const Scene& scene)>;
auto LooksFor(Keep keep) {
  return [keep = std::move(keep)](const Scene& scene, const Snapshot& snapshot, bool right) {
    if (!right) return false;
    const std::vector<std::string>& ids = Ids(scene);
    if (ids.empty()) return right;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i] == snapshot[Field::kSnapshotId] && keep(i, ids, scene)) return true;
    }
    return false;
  };
}

void AddSelecting(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, auto select) {
    out.push_back(SelectFault(id, title, difficulty, IdRules(), std::move(select)));
  };
  using List = std::vector<std::string>;
  add("ids.first.dropped", "does not look for the first of several ids", 2,
      LooksFor(
          [](std::size_t i, const List& ids, const Scene&) { return i > 0 || ids.size() == 1; }));
  add("ids.last.dropped", "does not look for the last of several ids", 2,
      LooksFor([](std::size_t i, const List& ids, const Scene&) {
        return i + 1 < ids.size() || ids.size() == 1;
      }));
  add("ids.only.first", "looks only for the first id", 1,
      LooksFor([](std::size_t i, const List&, const Scene&) { return i == 0; }));
  add("ids.more_than_10.dropped", "looks for at most 10 ids", 3,
      LooksFor([](std::size_t i, const List&, const Scene&) { return i < 10; }));
  add("ids.more_than_50.dropped", "looks for at most 50 ids", 3,
      LooksFor([](std::size_t i, const List&, const Scene&) { return i < 50; }));
  add("ids.hundredth.dropped", "does not look for the hundredth id", 4,
      LooksFor([](std::size_t i, const List&, const Scene&) { return i < 99; }));
  add("ids.unknown.ends", "stops looking at the first id that it does not know", 3,
      LooksFor([](std::size_t i, const List& ids, const Scene& scene) {
        return std::all_of(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i),
                           [&](const std::string& id) { return scene.dataset.by_id.contains(id); });
      }));
  add("ids.order.sorted_only", "finds an id only if those before it are smaller", 3,
      LooksFor([](std::size_t i, const List& ids, const Scene&) {
        return std::is_sorted(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }));
  add("ids.single.finds_nothing", "finds nothing by a list of one id", 2,
      LooksFor([](std::size_t, const List& ids, const Scene&) { return ids.size() > 1; }));
  add("ids.filters.ignored", "ignores other filters if ids are given", 2,
      [](const Scene& scene, const Snapshot& snapshot, bool right) {
        if (Ids(scene).empty()) return right;
        return Selects(scene, snapshot, [](const Filter& filter, bool holds) {
          return filter.field != Field::kSnapshotId || IsTag(filter) || holds;
        });
      });
}

void AddLimits(std::vector<Fault>& out) {
  const auto validate = [&](const char* id, const char* title, int difficulty,
                            std::vector<Rule> breaks, std::function<void(const Scene&, Plan&)> v) {
    out.push_back(ValidateFault(id, title, difficulty, std::move(breaks), std::move(v)));
  };
  const auto count = [](const Scene& scene) { return Ids(scene).size(); };
  validate("ids.maximum.is_99", "refuses 100 ids", 3,
           {"ids.list.maximum"_rule, "error.code.belongs"_rule, "request.valid.accepted"_rule},
           [count](const Scene& scene, Plan& plan) {
             if (count(scene) == 100) {
               RefusePlan(plan, "ids.list.above_maximum"_rule, "InvalidSnapshotIds.Malformed");
             }
           });
  const auto accept_up_to = [](std::size_t most) {
    return [most](const Scene& scene, Plan& plan) {
      const IdListText list = ReadIdList(scene.Value("SnapshotIds"));
      if (list.ids.size() > most || list.ids.size() <= 100) return;
      Accept(plan, "InvalidSnapshotIds.Malformed");
    };
  };
  validate("ids.maximum.is_101", "accepts 101 ids", 3, {"ids.list.above_maximum"_rule},
           accept_up_to(101));
  validate("ids.maximum.none", "accepts any number of ids", 2, {"ids.list.above_maximum"_rule},
           accept_up_to(1'000'000));
  validate("ids.unknown.refused", "refuses a list with an id that it does not know", 2,
           {"ids.list.unknown"_rule}, [](const Scene& scene, Plan& plan) {
             for (const std::string& id : ReadIdList(scene.Value("SnapshotIds")).ids) {
               if (scene.dataset.by_id.contains(id) || !plan.by_ids) continue;
               return RefusePlan(plan, "ids.list.unknown"_rule, "InvalidSnapshotIds.Malformed");
             }
           });
  validate("ids.not_json.ignored", "ignores SnapshotIds that are not JSON", 2,
           {"ids.list.not_json"_rule, "ids.list.selects"_rule},
           [](const Scene&, Plan& plan) { Accept(plan, "ids.list.not_json"_rule); });
}

void AddPages(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, std::vector<Rule> breaks,
                       std::function<void(const Scene&, RenderedList&)> page) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kPage,
                   .difficulty = difficulty,
                   .breaks = std::move(breaks),
                   .page = [page = std::move(page)](const Scene& scene, RenderedList& list) {
                     if (scene.plan->by_ids && !scene.ByToken()) page(scene, list);
                   }});
  };
  add("ids.repeated.twice", "lists a snapshot as often as its id is given", 2,
      {"ids.list.repeated"_rule, "response.snapshot.once"_rule},
      [](const Scene& scene, RenderedList& list) {
        std::vector<std::uint32_t> out_list;
        const std::vector<std::string> ids = Ids(scene);
        for (const std::uint32_t position : list.listed) {
          const std::string& id = scene.dataset.snapshots[position][Field::kSnapshotId];
          const auto times = static_cast<std::size_t>(std::ranges::count(ids, id));
          out_list.insert(out_list.end(), std::max<std::size_t>(1, times), position);
        }
        list.listed = std::move(out_list);
      });
  add("ids.paging.ignored", "lists all ids on every page", 3,
      {"page.size.limits"_rule, "page.number.selects"_rule, "page.walk.unique"_rule,
       "page.walk.complete"_rule},
      [](const Scene& scene, RenderedList& list) {
        list.listed = Slice(scene, 0, static_cast<std::int64_t>(scene.page->matches.size()));
      });
  add("ids.total.asked", "counts the ids of the request in TotalCount", 2,
      {"page.total_count.matches"_rule}, [](const Scene& scene, RenderedList& list) {
        if (list.total) list.total = static_cast<std::int64_t>(Ids(scene).size());
      });
}

}  // namespace

void AddIdFaults(std::vector<Fault>& out) {
  AddSelecting(out);
  AddLimits(out);
  AddPages(out);
  out.push_back({.id = "ids.region.ignored",
                 .title = "finds ids of all regions",
                 .stage = Stage::kSelect,
                 .difficulty = 3,
                 .breaks = {"request.region_id.selects"_rule, "response.snapshot.known"_rule,
                            "ids.list.selects"_rule, "page.total_count.matches"_rule},
                 .select = [](const Scene& scene, const Snapshot& snapshot, bool right) {
                   if (Ids(scene).empty()) return right;
                   return HoldsAll(scene, snapshot);
                 }});
}

}  // namespace assay
