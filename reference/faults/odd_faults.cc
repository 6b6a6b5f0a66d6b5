// Faults that show now and then, or deep in the space of requests.
#include <algorithm>
#include <chrono>
#include <thread>

#include "reference/describe_snapshots/parameters.h"
#include "reference/faults/families.h"

namespace assay {
namespace {

// What any list may break.
const std::vector<Rule>& ListRules() {
  static const std::vector<Rule> rules = ListRulesAnd({"encoding.request"});
  return rules;
}

void LoseOne(const Scene&, RenderedList& list) {
  if (!list.listed.empty()) list.listed.pop_back();
}
void CountOneMore(const Scene& scene, RenderedList& list) {
  if (list.total && !scene.ByToken()) ++*list.total;
}

using When = std::function<bool(const Scene&)>;
When Every(std::uint64_t n) {
  return [n](const Scene& s) { return s.number % n == 0; };
}
When After(std::uint64_t n) {
  return [n](const Scene& s) { return s.number > n; };
}

void AddCounted(std::vector<Fault>& out) {
  const auto page = [&](const char* id, const char* title, int difficulty, When when,
                        std::vector<Rule> breaks, auto change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kPage,
                   .difficulty = difficulty,
                   .breaks = std::move(breaks),
                   .history = true,
                   .when = std::move(when),
                   .page = change});
  };
  page("intermittent.every_7th.drops_one", "loses a snapshot at every seventh request", 2, Every(7),
       ListRules(), LoseOne);
  page("intermittent.every_50th.drops_one", "loses a snapshot at every fiftieth request", 3,
       Every(50), ListRules(), LoseOne);
  page("intermittent.every_7th.counts_more", "counts one too many at every seventh request", 2,
       Every(7), {"page.total_count.matches"_rule}, CountOneMore);
  page("intermittent.every_50th.counts_more", "counts one too many at every fiftieth request", 3,
       Every(50), {"page.total_count.matches"_rule}, CountOneMore);
  page("intermittent.after_200.drops_one", "loses a snapshot after 200 requests", 3, After(200),
       ListRules(), LoseOne);
  page("intermittent.after_1000.counts_more", "counts one too many after 1,000 requests", 4,
       After(1000), {"page.total_count.matches"_rule}, CountOneMore);
  out.push_back({.id = "intermittent.every_7th.unfiltered",
                 .title = "forgets the filters at every seventh request",
                 .stage = Stage::kSelect,
                 .difficulty = 3,
                 .breaks = ListRules(),
                 .history = true,
                 .when = Every(7),
                 .select = [](const Scene& scene, const Snapshot& snapshot, bool) {
                   return snapshot[Field::kRegionId] == scene.plan->region;
                 }});
  out.push_back(
      {.id = "intermittent.overlap.drops_one",
       .title = "loses a snapshot if two requests overlap",
       .stage = Stage::kPage,
       .difficulty = 4,
       .breaks = ListRules(),
       .wire = true,
       .history = true,
       // Long enough for another request to come in.
       .parse = [](const Scene&,
                   Request&) { std::this_thread::sleep_for(std::chrono::microseconds(200)); },
       .page =
           [](const Scene& scene, RenderedList& list) {
             if (scene.overlapping > 0) LoseOne(scene, list);
           }});
}

// A cache whose key leaves something out.
void AddCaches(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty,
                       std::function<bool(const std::string& name)> left_out,
                       std::vector<Rule> breaks = ListRules()) {
    out.push_back(
        {.id = id,
         .title = title,
         .stage = Stage::kRender,
         .difficulty = difficulty,
         .breaks = std::move(breaks),
         .history = true,
         .answer = [left_out = std::move(left_out)](const Scene& scene, Response& answer) {
           if (answer.status != 200 || scene.Has("NextToken") || scene.Has("MaxResults")) return;
           std::vector<std::string> parts;
           for (const Parameter& p : scene.request.parameters) {
             if (!left_out(p.name) && !IsCommonParameter(p.name))
               parts.push_back(p.name + "=" + p.value + "&");
           }
           std::ranges::sort(parts);
           std::string key;
           for (const std::string& part : parts) key += part;
           if (const auto id_of = scene.memory.Find("id " + key)) {
             answer.body = ReplacedAll(*scene.memory.Find(key), *id_of, answer.request_id);
             answer.content_type = answer.body.starts_with("<") ? "text/xml;charset=utf-8"
                                                                : "application/json;charset=utf-8";
             return;
           }
           scene.memory.Keep(key, answer.body);
           scene.memory.Keep("id " + key, answer.request_id);
         }});
  };
  const auto name = [](const char* left_out) {
    return [left_out](const std::string& n) { return n == left_out; };
  };
  add("cache.key.without_region", "answers from a cache regardless of the region", 3,
      name("RegionId"));
  add("cache.key.without_page_number", "answers from a cache regardless of the page", 2,
      name("PageNumber"));
  add("cache.key.without_page_size", "answers from a cache regardless of the page size", 2,
      name("PageSize"));
  add("cache.key.without_status", "answers from a cache regardless of the status", 2,
      name("Status"));
  add("cache.key.without_format", "answers from a cache regardless of the format", 2,
      name("Format"), {"encoding.format.json"_rule, "encoding.format.xml"_rule});
  add("cache.key.without_tags", "answers from a cache regardless of the tags", 3,
      [](const std::string& n) { return n.starts_with("Tag."); });
  add("cache.key.without_times", "answers from a cache regardless of the times", 3,
      [](const std::string& n) { return n.starts_with("Filter."); });
}

bool AllGiven(const Scene& scene, std::initializer_list<std::pair<const char*, const char*>> all) {
  return std::ranges::all_of(all, [&](const auto& pair) {
    return *pair.second ? scene.Value(pair.first) == pair.second : scene.Has(pair.first);
  });
}

void AddDeep(std::vector<Fault>& out) {
  const auto drop = [&](const char* id, const char* title, When when) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kPage,
                   .difficulty = 5,
                   .breaks = ListRules(),
                   .when = std::move(when),
                   .page = LoseOne});
  };
  drop("deep.accomplished_user_data",
       "loses a snapshot for Status=accomplished, SnapshotType=user and SourceDiskType=data",
       [](const Scene& s) {
         return AllGiven(
             s, {{"Status", "accomplished"}, {"SnapshotType", "user"}, {"SourceDiskType", "data"}});
       });
  drop(
      "deep.encrypted_system_standard",
      "loses a snapshot for Encrypted=true, SourceDiskType=system and Category",
      [](const Scene& s) {
        return AllGiven(s, {{"Encrypted", "true"}, {"SourceDiskType", "system"}, {"Category", ""}});
      });
  drop("deep.status_time_page", "loses a snapshot if Status, a time and PageSize are given",
       [](const Scene& s) {
         return s.Has("Status") && s.HasIndexed("Filter") && s.Has("PageSize");
       });
  drop("deep.ids_status_page", "loses a snapshot if ids, Status and PageSize are given",
       [](const Scene& s) { return s.Has("SnapshotIds") && s.Has("Status") && s.Has("PageSize"); });
  drop("deep.page_7", "loses a snapshot on page 7",
       [](const Scene& s) { return !s.ByToken() && s.PageNumber() == 7; });
  const auto select = [&](const char* id, const char* title, int difficulty, auto found) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kSelect,
                   .difficulty = difficulty,
                   .breaks = ListRules(),
                   .select = [found](const Scene& scene, const Snapshot& snapshot, bool right) {
                     return right && found(scene, snapshot);
                   }});
  };
  const auto has_emoji = [](std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
  };
  select(
      "deep.name.emoji", "finds no snapshot by a name with an emoji", 4,
      [has_emoji](const Scene& s, const Snapshot&) { return !has_emoji(s.Value("SnapshotName")); });
  select("deep.name.of_128", "finds no snapshot by a name of 128 bytes or more", 4,
         [](const Scene& s, const Snapshot&) { return s.Value("SnapshotName").size() < 128; });
  select("deep.tags.snapshot_with_20", "finds no snapshot with 20 tags by a tag", 4,
         [](const Scene& s, const Snapshot& snapshot) {
           return !s.HasIndexed("Tag") || snapshot.tags.size() < 20;
         });
  select("deep.name.quote", "finds no snapshot by a name with a quotation mark", 4,
         [](const Scene& s, const Snapshot&) {
           return s.Value("SnapshotName").find_first_of("'\"") == std::string_view::npos;
         });
  select("deep.status.second_page", "forgets failed snapshots from the second page on", 4,
         [](const Scene& s, const Snapshot& snapshot) {
           return s.PageNumber() < 2 || snapshot[Field::kStatus] != "failed";
         });
}

}  // namespace

void AddIntermittentFaults(std::vector<Fault>& out) {
  AddCounted(out);
  AddCaches(out);
}

void AddDeepFaults(std::vector<Fault>& out) { AddDeep(out); }

}  // namespace assay
