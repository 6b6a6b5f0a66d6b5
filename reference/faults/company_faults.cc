// Faults that show only in company: of other filters, of a page, of the requests before.
#include <algorithm>
#include <set>

#include "reference/faults/families.h"
#include "spec/text/letters.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr std::int64_t kDayOfSeconds = 86'400;

// What a list with one snapshot too many or too few may break, whatever was asked.
const std::vector<Rule>& AnyListRules() {
  static const std::vector<Rule> rules = ListRulesAnd({"dry_run."});
  return rules;
}

// How many filters a request has; Tag.N.Key and Filter.N.Key count once each.
std::size_t FiltersOf(const Scene& scene) {
  static const std::set<std::string_view> names = {
      "InstanceId",     "DiskId",      "SnapshotLinkId", "ResourceGroupId", "KMSKeyId",
      "SnapshotName",   "SnapshotIds", "Status",         "SnapshotType",    "Usage",
      "SourceDiskType", "Category",    "Encrypted"};
  return static_cast<std::size_t>(
      std::ranges::count_if(scene.request.parameters, [](const Parameter& parameter) {
        return names.contains(parameter.name) || SmallLetters(parameter.name).ends_with(".key");
      }));
}

void LoseLast(const Scene&, RenderedList& list) {
  if (!list.listed.empty()) list.listed.pop_back();
}

bool IsXml(const Scene& scene) { return SmallLetters(scene.Value("Format")) == "xml"; }

// The page after the first of a walk by token.
bool Continues(const Scene& scene) { return scene.plan && scene.plan->paging.origin.has_value(); }

// A list whose filter is left out on the later pages of a walk by token.
Fault Forgets(const char* id, const char* title, Filter::Kind kind, Field field) {
  return SelectFault(id, title, 4, AnyListRules(),
                     [kind, field](const Scene& scene, const Snapshot& snapshot, bool right) {
                       if (right || !Continues(scene)) return right;
                       return Selects(scene, snapshot, [&](const Filter& filter, bool holds) {
                         const bool meant = filter.kind == kind && filter.field == field;
                         return holds || meant || (kind == Filter::Kind::kTagPair && IsTag(filter));
                       });
                     });
}

void AddForgotten(std::vector<Fault>& out) {
  using enum Filter::Kind;
  out.push_back(Forgets("token.filters.instance_forgotten",
                        "forgets InstanceId from the second page by token on", kEquals,
                        Field::kInstanceId));
  out.push_back(Forgets("token.filters.key_forgotten",
                        "forgets KMSKeyId from the second page by token on", kEquals,
                        Field::kKMSKeyId));
  out.push_back(Forgets("token.filters.start_forgotten",
                        "forgets CreationStartTime from the second page by token on", kCreatedAfter,
                        Field::kCreationTime));
  out.push_back(Forgets("token.filters.tag_forgotten",
                        "forgets the tags from the second page by token on", kTagPair,
                        Field::kSnapshotId));
}

void AddInteractions(std::vector<Fault>& out) {
  const auto lose = [&](const char* id, const char* title, std::function<bool(const Scene&)> when) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kPage,
                   .difficulty = 4,
                   .breaks = AnyListRules(),
                   .when = std::move(when),
                   .page = LoseLast});
  };
  lose("company.filters.three_drop_one", "loses a snapshot if three filters or more are given",
       [](const Scene& s) { return FiltersOf(s) >= 3; });
  lose("company.ids.tag_page_2", "loses a snapshot on page 2 if ids and a tag are given",
       [](const Scene& s) {
         return s.Has("SnapshotIds") && s.HasIndexed("Tag") && s.PageNumber() == 2;
       });
  lose("company.tag.xml_by_token", "loses a snapshot by token in XML if a tag is given",
       [](const Scene& s) { return IsXml(s) && s.ByToken() && s.HasIndexed("Tag"); });
  lose("company.key.later_page_xml", "loses a snapshot on later pages in XML if KMSKeyId is given",
       [](const Scene& s) { return IsXml(s) && s.Has("KMSKeyId") && s.PageNumber() > 1; });
  lose("paging.full_page.hundred_ids", "loses the last of 100 ids on a page of 100",
       [](const Scene& s) {
         const std::string_view ids = s.Value("SnapshotIds");
         return std::ranges::count(ids, ',') == 99 && s.plan && s.plan->paging.size == 100;
       });
  out.push_back(SelectFault(
      "company.filters.third_ignored", "ignores the last filter if three or more are given", 4,
      AnyListRules(), [](const Scene& scene, const Snapshot& snapshot, bool right) {
        const auto& filters = scene.plan->filters;
        if (right || filters.size() < 3) return right;
        return Selects(scene, snapshot, [&](const Filter& filter, bool holds) {
          return holds || filter == filters.back();
        });
      }));
  out.push_back({.id = "paging.full_page.by_token",
                 .title = "loses the last snapshot if it fills the last page by token exactly",
                 .stage = Stage::kPage,
                 .difficulty = 3,
                 .breaks = AnyListRules(),
                 .page = [](const Scene& s, RenderedList& list) {
                   const auto size = static_cast<std::size_t>(s.plan->paging.size);
                   if (s.ByToken() && EndsList(s, list) && list.listed.size() == size) {
                     list.listed.pop_back();
                   }
                 }});
  out.push_back(
      {.id = "token.xml.third_page_stays",
       .title = "gives a token in XML that leads to the same page from the second page on",
       .stage = Stage::kPage,
       .difficulty = 4,
       .breaks = AnyListRules(),
       .when = IsXml,
       .token = [](const Scene& s, TokenDraft& draft) {
         if (draft.more && Continues(s)) draft.position = s.start;
       }});
}

// The text of the bound that the filter was made from.
std::string_view BoundOf(const Scene& scene, const Filter& filter) {
  const bool start = filter.kind == Filter::Kind::kCreatedAfter;
  return scene.Value(start ? "Filter.1.Value" : "Filter.2.Value");
}

void AddTimes(std::vector<Fault>& out) {
  std::vector<Rule> rules = AnyListRules();
  const auto change = [&](const char* id, const char* title, int difficulty,
                          std::function<void(const Scene&, std::vector<Filter>&)> bend) {
    out.push_back(ValidateFault(
        id, title, difficulty, rules,
        [bend = std::move(bend)](const Scene& scene, Plan& plan) { bend(scene, plan.filters); }));
  };
  const auto each = [](auto bend) {
    return [bend](const Scene& scene, std::vector<Filter>& filters) {
      for (Filter& filter : filters) {
        if (IsTime(filter)) bend(scene, filter);
      }
    };
  };
  const auto drop = [](auto drops) {
    return [drops](const Scene&, std::vector<Filter>& filters) {
      std::erase_if(filters, [&](const Filter& f) { return IsTime(f) && drops(f); });
    };
  };
  constexpr std::int64_t kFuture = 1'893'456'000;  // 2030
  constexpr std::int64_t kPast = 631'152'000;      // 1990
  change("time.start.future_ignored", "ignores a start in the far future", 3,
         drop([](const Filter& f) {
           return f.kind == Filter::Kind::kCreatedAfter && f.seconds > kFuture;
         }));
  change("time.end.past_ignored", "ignores an end in the far past", 3, drop([](const Filter& f) {
           return f.kind == Filter::Kind::kCreatedBefore && f.seconds < kPast;
         }));
  change("time.end.midnight_is_day", "takes an end at midnight for the end of that day", 4,
         each([](const Scene&, Filter& f) {
           if (f.kind == Filter::Kind::kCreatedBefore && f.seconds % kDayOfSeconds == 0) {
             f.seconds += kDayOfSeconds;
           }
         }));
  change("time.value.second_late", "takes every time two seconds late", 4,
         each([](const Scene&, Filter& f) { f.seconds += 2; }));
  change("time.value.february_ends_late", "takes the 28th of February for the 1st of March", 5,
         each([](const Scene& scene, Filter& f) {
           if (BoundOf(scene, f).find("-02-28T") != std::string_view::npos)
             f.seconds += kDayOfSeconds;
         }));
  change("time.value.year_ends_early", "takes the last day of a year for the first", 5,
         each([](const Scene& scene, Filter& f) {
           if (BoundOf(scene, f).find("-12-31T") != std::string_view::npos) {
             f.seconds -= 364 * kDayOfSeconds;
           }
         }));
  out.push_back(SelectFault("time.value.compared_as_text", "compares times as texts", 4, rules,
                            [](const Scene& scene, const Snapshot& snapshot, bool right) {
                              const auto& filters = scene.plan->filters;
                              if (std::ranges::none_of(filters, IsTime)) return right;
                              return Selects(scene, snapshot, [&](const Filter& f, bool holds) {
                                if (!IsTime(f)) return holds;
                                const std::string_view bound = BoundOf(scene, f);
                                if (bound.empty()) return holds;
                                const std::string_view at = snapshot[Field::kCreationTime];
                                return f.kind == Filter::Kind::kCreatedAfter ? at > bound
                                                                             : at < bound;
                              });
                            }));
  out.push_back(ValidateFault("time.value.unpadded_accepted", "accepts times without leading zeros",
                              3, {"time.value.malformed"_rule}, [](const Scene& scene, Plan& plan) {
                                if (scene.Value("Filter.1.Value") != "2019-1-3T1:2Z" &&
                                    scene.Value("Filter.2.Value") != "2019-1-3T1:2Z") {
                                  return;
                                }
                                Accept(plan, "time.value.malformed"_rule);
                              }));
}

void AddTagCompany(std::vector<Fault>& out) {
  const auto select = [&](const char* id, const char* title, auto holds_too) {
    out.push_back(
        SelectFault(id, title, 4, AnyListRules(),
                    [holds_too](const Scene& scene, const Snapshot& snapshot, bool right) {
                      return Selects(scene, snapshot,
                                     [&](const Filter& f, bool holds) {
                                       return holds || (IsTag(f) && holds_too(scene, f, snapshot));
                                     }) ||
                             right;
                    }));
  };
  // Tags in a map by their key.
  select("tag.same_key.only_last", "looks for the last value only if a key is given twice",
         [](const Scene& scene, const Filter& filter, const Snapshot& snapshot) {
           const auto& filters = scene.plan->filters;
           const auto last = std::find_if(filters.rbegin(), filters.rend(), [&](const Filter& f) {
             return IsTag(f) && f.value == filter.value;
           });
           return Holds(scene, *last, snapshot);
         });
  select("tag.key.one_more_letter", "finds keys that have one letter less",
         [](const Scene&, const Filter& filter, const Snapshot& snapshot) {
           return std::ranges::any_of(snapshot.tags, [&](const Tag& tag) {
             return !filter.value.empty() && tag.value == filter.second &&
                    tag.key == filter.value.substr(0, filter.value.size() - 1);
           });
         });
}

// What one request leaves behind for the next.
void AddStates(std::vector<Fault>& out) {
  const auto leaves = [&](const char* id, const char* title,
                          std::function<void(const Scene&, Request&)> parse) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kParse,
                   .difficulty = 3,
                   .breaks = AnyListRules(),
                   .history = true,
                   .parse = std::move(parse)});
  };
  // Sets the parameter if the request before had that value, and this one has none or another.
  const auto sticks = [](const char* name, const char* value) {
    return [=](const Scene& scene, Request& request) {
      const bool before = scene.memory.Find(name) == value;
      scene.memory.Keep(name, std::string(scene.Value(name)));
      if (before) request.Set(name, value);
    };
  };
  leaves("state.dry_run.sticks", "makes a dry run of the request after a dry run",
         sticks("DryRun", "true"));
  leaves("state.format.sticks", "answers the request after one in XML in XML",
         sticks("Format", "XML"));
  out.back().breaks = {"encoding.format.json"_rule};
  leaves("state.status.sticks", "filters the request after one for failed snapshots as well",
         sticks("Status", "failed"));
  leaves("state.page_size.sticks", "answers the request after one with PageSize=1 with that size",
         sticks("PageSize", "1"));
  out.push_back({.id = "state.read.removes",
                 .title = "loses the snapshots that were listed by a KMSKeyId for good",
                 .stage = Stage::kSelect,
                 .difficulty = 4,
                 .breaks = AnyListRules(),
                 .history = true,
                 .select = [](const Scene& scene, const Snapshot& snapshot, bool right) {
                   const std::string& id = snapshot[Field::kSnapshotId];
                   if (!right || scene.memory.Find("gone " + id)) return false;
                   if (scene.Has("KMSKeyId") && scene.Has("Status")) {
                     scene.memory.Keep("gone " + id, "");
                   }
                   return true;
                 }});
}

}  // namespace

void AddCompanyFaults(std::vector<Fault>& out) {
  AddForgotten(out);
  AddInteractions(out);
  AddTimes(out);
  AddTagCompany(out);
  AddStates(out);
}

}  // namespace assay
