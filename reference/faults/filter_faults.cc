// Faults of the filters by one field, and of their conjunction.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "reference/describe_snapshots/topic_reader.h"
#include "reference/faults/families.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

// A parameter that filters by one field.
struct FilterParameter {
  const char* word;  // in ids of faults
  const char* name;
  Field field;
  Rule rule;
  const char* partner;  // the parameter together with which it goes wrong
};

const std::vector<FilterParameter>& Parameters() {
  static const std::vector<FilterParameter> all = {
      {"instance_id", "InstanceId", Field::kInstanceId, "filter.instance_id.selects"_rule,
       "Status"},
      {"disk_id", "DiskId", Field::kSourceDiskId, "filter.disk_id.selects"_rule, "Encrypted"},
      {"snapshot_link_id", "SnapshotLinkId", Field::kSnapshotLinkId,
       "filter.snapshot_link_id.selects"_rule, "Status"},
      {"snapshot_ids", "SnapshotIds", Field::kSnapshotId, "ids.list.selects"_rule, "Status"},
      {"snapshot_name", "SnapshotName", Field::kSnapshotName, "filter.snapshot_name.selects"_rule,
       "Usage"},
      {"status", "Status", Field::kStatus, "filter.status.accomplished"_rule, "SourceDiskType"},
      {"snapshot_type", "SnapshotType", Field::kSnapshotType, "filter.snapshot_type.user"_rule,
       "Usage"},
      {"usage", "Usage", Field::kUsage, "filter.usage.none"_rule, "Category"},
      {"source_disk_type", "SourceDiskType", Field::kSourceDiskType,
       "filter.source_disk_type.system"_rule, "SnapshotType"},
      {"encrypted", "Encrypted", Field::kEncrypted, "filter.encrypted.true"_rule, "Status"},
      {"resource_group_id", "ResourceGroupId", Field::kResourceGroupId,
       "filter.resource_group_id.selects"_rule, "SourceDiskType"},
      {"kms_key_id", "KMSKeyId", Field::kKMSKeyId, "filter.kms_key_id.selects"_rule, "Encrypted"},
      {"category", "Category", Field::kCategory, "filter.category.standard"_rule, "Status"}};
  return all;
}

bool IsOf(const Filter& filter, Field field) {
  return !IsTag(filter) && !IsTime(filter) && filter.kind != Filter::Kind::kNothing &&
         filter.field == field;
}

// A select that treats the filter by that field in its own way.
auto Treats(Field field, std::function<bool(const Filter&, const Snapshot&, bool right)> treat) {
  return [=](const Scene& scene, const Snapshot& snapshot, bool) {
    return Selects(scene, snapshot, [&](const Filter& filter, bool right) {
      return IsOf(filter, field) ? treat(filter, snapshot, right) : right;
    });
  };
}
auto Ignores(Field field) {
  return Treats(field, [](const Filter&, const Snapshot&, bool) { return true; });
}

// Rules that a filter by the parameter may break.
std::vector<Rule> RulesOf(const FilterParameter& parameter) {
  std::vector<Rule> out{parameter.rule, "page.total_count.matches"_rule,
                        "request.parameters.conjunction"_rule};
  const std::string_view id = Id(parameter.rule);
  const std::string topic(id.substr(0, id.rfind('.') + 1));
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    if (Id(rule.id).starts_with(topic)) out.push_back(rule.id);
  }
  return out;
}

void AddForEach(std::vector<Fault>& out) {
  const std::string home = "cn-hangzhou";
  for (const FilterParameter& p : Parameters()) {
    const auto id = [&](const char* what) { return fmt::format("filter.{}.{}", p.word, what); };
    const std::vector<Rule> rules = RulesOf(p);
    std::vector<Rule> by_token = rules;
    for (const Rule rule : {"token.next.continues"_rule, "token.walk.complete"_rule,
                            "token.walk.unique"_rule, "token.max_results.limits"_rule,
                            "token.max_results.default"_rule, "token.next.given"_rule}) {
      by_token.push_back(rule);
    }
    const std::string name = p.name, partner = p.partner;
    out.push_back({.id = id("ignored"),
                   .title = fmt::format("ignores {}", p.name),
                   .stage = Stage::kSelect,
                   .difficulty = 2,
                   .breaks = rules,
                   .ignored = p.name,
                   .select = Ignores(p.field)});
    out.push_back({.id = id("ignored_by_token"),
                   .title = fmt::format("ignores {} if the list is paged by token", p.name),
                   .stage = Stage::kSelect,
                   .difficulty = 3,
                   .breaks = by_token,
                   .ignored = p.name,
                   .when = [](const Scene& s) { return s.Has("MaxResults") || s.Has("NextToken"); },
                   .select = Ignores(p.field)});
    out.push_back({.id = id("ignored_elsewhere"),
                   .title = fmt::format("ignores {} in all regions but its own", p.name),
                   .stage = Stage::kSelect,
                   .difficulty = 4,
                   .breaks = rules,
                   .ignored = p.name,
                   .when = [home](const Scene& s) { return s.Value("RegionId") != home; },
                   .select = Ignores(p.field)});
    out.push_back({.id = id("ignored_with_another"),
                   .title = fmt::format("ignores {} if {} is given too", p.name, p.partner),
                   .stage = Stage::kSelect,
                   .difficulty = 3,
                   .breaks = rules,
                   .ignored = p.name,
                   .when = [partner](const Scene& s) { return s.Has(partner); },
                   .select = Ignores(p.field)});
    out.push_back({.id = id("inverted"),
                   .title = fmt::format("lists the snapshots that {} excludes", p.name),
                   .stage = Stage::kSelect,
                   .difficulty = 2,
                   .breaks = rules,
                   .select = Treats(p.field, [](const Filter&, const Snapshot&, bool right) {
                     return !right;
                   })});
    out.push_back(
        {.id = id("lists_nothing"),
         .title = fmt::format("finds nothing by {}", p.name),
         .stage = Stage::kSelect,
         .difficulty = 2,
         .breaks = rules,
         .select = Treats(p.field, [](const Filter&, const Snapshot&, bool) { return false; })});
  }
}

// Values of which a part is compared.
void AddPartial(std::vector<Fault>& out) {
  using Alike = std::function<bool(const std::string& asked, const std::string& value)>;
  const auto add = [&out](const FilterParameter& p, const char* what, std::string title,
                          int difficulty, const Alike& alike) {
    out.push_back(SelectFault(
        fmt::format("filter.{}.{}", p.word, what), std::move(title), difficulty, RulesOf(p),
        Treats(p.field, [=, field = p.field](const Filter& filter, const Snapshot& s, bool right) {
          const auto passes = [&](const std::string& asked) { return alike(asked, s[field]); };
          return right || passes(filter.value) || std::ranges::any_of(filter.values, passes);
        })));
  };
  for (const FilterParameter& p : Parameters()) {
    if (p.field == Field::kSnapshotName) {
      add(p, "beyond_ascii_alike", "takes all characters beyond ASCII in SnapshotName for the same",
          4, [](const std::string& asked, const std::string& value) {
            return !asked.empty() && WithoutBeyondAscii(value) == WithoutBeyondAscii(asked);
          });
    }
    if (std::string_view(p.name).find("Id") == std::string_view::npos) continue;
    add(p, "prefix", fmt::format("takes the value of {} as a prefix", p.name), 3,
        [](const std::string& asked, const std::string& value) {
          return !asked.empty() && value.starts_with(asked.substr(0, asked.size() - 1));
        });
    if (p.field == Field::kSnapshotLinkId) continue;  // an unknown chain is refused before that
    add(p, "suffix", fmt::format("compares the end of {} only", p.name), 4,
        [](const std::string& asked, const std::string& value) {
          return value.size() == asked.size() && value.ends_with(asked.substr(asked.size() / 2));
        });
  }
}

// Goes wrong on one value of an enumeration only.
struct OneValue {
  std::string id;
  std::string title;
  Field field;
  std::string value;   // of the request, in its small letters; "" if the parameter is left out
  std::string listed;  // values of the field that are listed, with commas between them
  Rule rule;
};

const std::vector<OneValue> kOneValues = {
    {"filter.status.progressing_as_accomplished", "lists accomplished snapshots for progressing",
     Field::kStatus, "progressing", "accomplished", "filter.status.progressing"_rule},
    {"filter.status.failed_with_progressing", "lists progressing snapshots among the failed",
     Field::kStatus, "failed", "failed,progressing", "filter.status.failed"_rule},
    {"filter.status.accomplished_with_failed", "lists failed snapshots among the accomplished",
     Field::kStatus, "accomplished", "accomplished,failed", "filter.status.accomplished"_rule},
    {"filter.status.all_without_failed", "leaves failed snapshots out for Status=all",
     Field::kStatus, "all", "accomplished,progressing", "filter.status.all"_rule},
    {"filter.status.default_accomplished",
     "lists accomplished snapshots only, unless asked for others", Field::kStatus, "",
     "accomplished", "filter.status.default"_rule},
    {"filter.status.default_without_progressing",
     "hides snapshots in progress, unless asked for them", Field::kStatus, "",
     "accomplished,failed", "filter.status.default"_rule},
    {"filter.snapshot_type.auto_as_user", "lists manual snapshots for auto", Field::kSnapshotType,
     "auto", "user", "filter.snapshot_type.auto"_rule},
    {"filter.snapshot_type.auto_as_timer", "looks for the text timer if auto is asked for",
     Field::kSnapshotType, "auto", "timer", "filter.snapshot_type.auto"_rule},
    {"filter.snapshot_type.user_as_all", "lists all snapshots for user", Field::kSnapshotType,
     "user", "user,auto", "filter.snapshot_type.user"_rule},
    {"filter.snapshot_type.all_as_user", "lists manual snapshots only for all",
     Field::kSnapshotType, "all", "user", "filter.snapshot_type.all"_rule},
    {"filter.snapshot_type.default_user", "lists manual snapshots only, unless asked for others",
     Field::kSnapshotType, "", "user", "filter.snapshot_type.default"_rule},
    {"filter.usage.image_as_image_disk", "lists image_disk in place of image", Field::kUsage,
     "image", "image_disk", "filter.usage.image"_rule},
    {"filter.usage.disk_with_image", "lists snapshots of images for Usage=disk", Field::kUsage,
     "disk", "disk,image", "filter.usage.disk"_rule},
    {"filter.usage.image_disk_as_either", "lists image and disk for image_disk", Field::kUsage,
     "image_disk", "image,disk,image_disk", "filter.usage.image_disk"_rule},
    {"filter.usage.none_as_all", "lists every snapshot for Usage=none", Field::kUsage, "none",
     "none,image,disk,image_disk", "filter.usage.none"_rule},
    {"filter.usage.default_none", "lists unused snapshots only, unless asked for others",
     Field::kUsage, "", "none", "filter.usage.default"_rule},
    {"filter.source_disk_type.data_as_all", "lists every snapshot for SourceDiskType=data",
     Field::kSourceDiskType, "data", "data,system", "filter.source_disk_type.data"_rule},
    {"filter.source_disk_type.system_as_data", "lists data disks for system",
     Field::kSourceDiskType, "system", "data", "filter.source_disk_type.system"_rule},
    {"filter.source_disk_type.default_system", "lists system disks only, unless asked for others",
     Field::kSourceDiskType, "", "system", "filter.source_disk_type.default"_rule},
    {"filter.category.default_standard", "lists standard snapshots only, unless asked for others",
     Field::kCategory, "", "standard", "filter.category.default"_rule},
    {"filter.category.standard_with_flash", "lists local snapshots among the standard ones",
     Field::kCategory, "standard", "standard,flash", "filter.category.standard"_rule},
    {"filter.category.flash_as_standard", "lists standard snapshots for flash", Field::kCategory,
     "flash", "standard", "filter.category.flash"_rule},
    {"filter.encrypted.default_false", "lists unencrypted snapshots only, unless asked for others",
     Field::kEncrypted, "", "false,", "filter.encrypted.default"_rule},
};

// Whether the text is one of those between the commas.
bool IsAmong(std::string_view text, std::string_view listed) {
  return ("," + std::string(listed) + ",").find("," + std::string(text) + ",") != std::string::npos;
}

Fault FaultOf(const OneValue& v) {
  return {.id = v.id,
          .title = v.title,
          .stage = Stage::kSelect,
          .difficulty = v.value.empty() ? 1 : 3,
          .breaks = {v.rule, "page.total_count.matches"_rule, "request.parameters.conjunction"_rule,
                     "request.parameters.unspecified"_rule},
          .when =
              [v](const Scene& s) {
                return SmallLetters(s.Value(kFields[static_cast<std::size_t>(v.field)].name)) ==
                       v.value;
              },
          .select =
              [v](const Scene& s, const Snapshot& snapshot, bool) {
                return IsAmong(SmallLetters(snapshot[v.field]), v.listed) &&
                       Selects(s, snapshot, [&](const Filter& filter, bool right) {
                         return right || IsOf(filter, v.field);
                       });
              }};
}

// The filters one after the other, as `keep` takes them by their place.
auto KeepsFilters(std::function<bool(std::size_t place, std::size_t count)> keep) {
  return [keep](const Scene& scene, const Snapshot& snapshot, bool) {
    const auto& filters = scene.plan->filters;
    if (snapshot[Field::kRegionId] != scene.plan->region) return false;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if (keep(i, filters.size()) && !Holds(scene, filters[i], snapshot)) return false;
    }
    return true;
  };
}

void AddConjunction(std::vector<Fault>& out) {
  const std::vector<Rule> rules = {"request.parameters.conjunction"_rule,
                                   "page.total_count.matches"_rule};
  const auto add = [&](const char* id, const char* title, int difficulty, auto select) {
    // Any filter may be the one that is lost.
    std::vector<Rule> all = rules;
    for (const RuleInfo& rule : Catalogue::Get().rules()) {
      const std::string_view text = Id(rule.id);
      if (text.starts_with("filter.") || text.starts_with("tag.") || text.starts_with("time.") ||
          text.starts_with("ids.")) {
        all.push_back(rule.id);
      }
    }
    out.push_back(SelectFault(id, title, difficulty, std::move(all), std::move(select)));
  };
  add("filter.conjunction.or", "combines filters with OR", 2,
      [](const Scene& scene, const Snapshot& snapshot, bool right) {
        if (scene.plan->filters.size() < 2) return right;
        return snapshot[Field::kRegionId] == scene.plan->region &&
               std::ranges::any_of(scene.plan->filters, [&](const Filter& filter) {
                 return Holds(scene, filter, snapshot);
               });
      });
  add("filter.conjunction.only_first", "uses the first of several filters only", 2,
      KeepsFilters([](std::size_t place, std::size_t) { return place == 0; }));
  add("filter.conjunction.only_last", "uses the last of several filters only", 2,
      KeepsFilters([](std::size_t place, std::size_t count) { return place + 1 == count; }));
  add("filter.conjunction.at_most_two", "ignores filters beyond the second", 3,
      KeepsFilters([](std::size_t place, std::size_t) { return place < 2; }));
  add("filter.conjunction.at_most_three", "ignores filters beyond the third", 4,
      KeepsFilters([](std::size_t place, std::size_t) { return place < 3; }));
}

void AddRegion(std::vector<Fault>& out) {
  const std::vector<Rule> rules = {"request.region_id.selects"_rule, "response.snapshot.known"_rule,
                                   "page.total_count.matches"_rule};
  out.push_back({.id = "region.ignored",
                 .title = "lists the snapshots of all regions",
                 .stage = Stage::kSelect,
                 .difficulty = 1,
                 .breaks = rules,
                 .select = [](const Scene& scene, const Snapshot& snapshot, bool) {
                   return HoldsAll(scene, snapshot);
                 }});
  out.push_back({.id = "region.ignored_with_filters",
                 .title = "lists the snapshots of all regions if a filter is given",
                 .stage = Stage::kSelect,
                 .difficulty = 2,
                 .breaks = rules,
                 .select = [](const Scene& scene, const Snapshot& snapshot, bool right) {
                   if (scene.plan->filters.empty()) return right;
                   return HoldsAll(scene, snapshot);
                 }});
  out.push_back({.id = "region.missing_accepted",
                 .title = "uses a default region if RegionId is missing",
                 .stage = Stage::kValidate,
                 .difficulty = 2,
                 .breaks = {"request.region_id.required"_rule},
                 .when = [](const Scene& s) { return !s.Has("RegionId"); },
                 .validate =
                     [](const Scene& scene, Plan& plan) {
                       Accept(plan, "request.region_id.required"_rule);
                       plan.region = scene.dataset.regions.front();
                     }});
}

void AddVariants(std::vector<Fault>& out) {
  std::map<Field, std::set<std::string>> values;
  for (const OneValue& one : kOneValues) {
    for (std::size_t at = 0; at <= one.listed.size();) {
      const std::size_t end = std::min(one.listed.find(',', at), one.listed.size());
      values[one.field].insert(one.listed.substr(at, end - at));
      at = end + 1;
    }
  }
  std::set<std::pair<Field, std::string>> varied;
  for (const OneValue& one : kOneValues) {
    if (!varied.emplace(one.field, one.value).second) continue;
    const std::vector<std::string> all(values[one.field].begin(), values[one.field].end());
    const std::string_view name = InfoOf(one.field).name;
    for (std::size_t bits = 1; bits < (std::size_t{1} << all.size()); ++bits) {
      std::vector<std::string> listed;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (bits >> i & 1U) listed.push_back(all[i]);
      }
      OneValue variant = one;
      variant.listed = fmt::format("{}", fmt::join(listed, ","));
      variant.title = fmt::format("lists those with {} {} {}", name, fmt::join(listed, " or "),
                                  one.value.empty() ? std::string("if it is not asked for")
                                                    : fmt::format("for {}={}", name, one.value));
      out.push_back(FaultOf(variant));
    }
  }
  for (const FilterParameter& p : Parameters()) {
    Fault forgets = SelectFault("token.filters.forgotten",
                                fmt::format("forgets {} from the second page by token on", p.name),
                                3, {}, Ignores(p.field));
    forgets.when = [](const Scene& s) { return !s.Value("NextToken").empty(); };
    out.push_back(std::move(forgets));
  }
}

// The letters of a value count on one page and not on another, or in company only.
void AddLetters(std::vector<Fault>& out) {
  const std::vector<Rule> of_lists = {"page.total_count.matches"_rule,
                                      "request.parameters.conjunction"_rule};
  std::vector<Rule> of_category = of_lists, of_type = of_lists;
  for (const Rule rule : {"filter.category.standard"_rule, "filter.category.flash"_rule,
                          "filter.category.unknown"_rule}) {
    of_category.push_back(rule);
  }
  for (const Rule rule :
       {"filter.source_disk_type.letters"_rule, "filter.source_disk_type.data"_rule,
        "filter.source_disk_type.system"_rule}) {
    of_type.push_back(rule);
  }
  out.push_back(ValidateFault(
      "filter.category.letters_by_page", "ignores Category in other letters on later pages", 5,
      of_category, [](const Scene& scene, Plan& plan) {
        const std::string_view value = scene.Value("Category"), page = scene.Value("PageNumber");
        if (page.empty() || page == "1" || value == "Standard" || value == "Flash") return;
        if (!EqualAnyCase(value, "standard") && !EqualAnyCase(value, "flash")) return;
        Accept(plan, "InvalidSnapshotCategory.Malformed");
        std::erase_if(plan.filters, [](const Filter& f) { return IsOf(f, Field::kCategory); });
      }));
  out.push_back(SelectFault(
      "filter.source_disk_type.letters_in_company",
      "finds nothing by SourceDiskType in other letters beside another filter", 5, of_type,
      [](const Scene& scene, const Snapshot&, bool right) {
        const std::string_view value = scene.Value("SourceDiskType");
        return right && (value == SmallLetters(value) || scene.plan->filters.size() < 2);
      }));
}

}  // namespace

void AddFilterFaults(std::vector<Fault>& out) {
  out.push_back({.id = "filter.disk_id.attached_only",
                 .title = "finds no snapshots of disks that are not attached",
                 .stage = Stage::kSelect,
                 .difficulty = 3,
                 .breaks = {"filter.disk_id.released"_rule, "filter.disk_id.selects"_rule},
                 .select = [](const Scene& scene, const Snapshot& snapshot, bool right) {
                   return right && (!scene.Has("DiskId") || snapshot.Has(Field::kInstanceId));
                 }});
  AddForEach(out);
  AddPartial(out);
  for (const OneValue& value : kOneValues) out.push_back(FaultOf(value));
  AddConjunction(out);
  AddRegion(out);
  out.push_back({.id = "filter.source_disk_type.letters_count",
                 .title = "refuses SourceDiskType in another letter case",
                 .stage = Stage::kValidate,
                 .difficulty = 3,
                 .breaks = {"filter.source_disk_type.letters"_rule, "request.valid.accepted"_rule,
                            "error.code.belongs"_rule, "request.open.admissible"_rule},
                 .validate = [](const Scene& scene, Plan& plan) {
                   const std::string_view value = scene.Value("SourceDiskType");
                   if (value != SmallLetters(value)) {
                     RefusePlan(plan, "request.open.admissible"_rule, "InvalidSourceDiskType");
                   }
                 }});
  AddLetters(out);
}

void AddFilterVariants(std::vector<Fault>& out) { AddVariants(out); }

}  // namespace assay
