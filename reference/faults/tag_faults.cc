// Faults of filters by tags.
#include <algorithm>

#include "reference/faults/families.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

const std::vector<Rule>& TagRules() {
  static const std::vector<Rule> rules = {"tag.key.selects"_rule,
                                          "tag.value.selects"_rule,
                                          "tag.pair.one_tag"_rule,
                                          "tag.several.all"_rule,
                                          "tag.number.twenty"_rule,
                                          "tag.number.any_order"_rule,
                                          "tag.key.lower_case"_rule,
                                          "tag.value.lower_case"_rule,
                                          "tag.text.exact"_rule,
                                          "page.total_count.matches"_rule,
                                          "request.parameters.conjunction"_rule,
                                          "request.filter.one_meaning"_rule,
                                          "request.reading.consistent"_rule};
  return rules;
}

// A select that takes the tag filters together in its own way.
using TagTest =
    std::function<bool(const Scene&, const std::vector<const Filter*>&, const Snapshot&)>;
auto TakesTags(TagTest test) {
  return [test = std::move(test)](const Scene& scene, const Snapshot& snapshot, bool right) {
    std::vector<const Filter*> tags;
    for (const Filter& filter : scene.plan->filters) {
      if (IsTag(filter)) tags.push_back(&filter);
    }
    if (tags.empty()) return right;
    return Selects(scene, snapshot,
                   [](const Filter& filter, bool holds) { return IsTag(filter) || holds; }) &&
           test(scene, tags, snapshot);
  };
}

// A select that takes each pair in its own way; keys alone are taken as they are.
using PairTest = std::function<bool(const Filter&, const Tag&)>;
auto TakesPairs(PairTest test) {
  return TakesTags([test = std::move(test)](const Scene& scene,
                                            const std::vector<const Filter*>& filters,
                                            const Snapshot& snapshot) {
    return std::ranges::all_of(filters, [&](const Filter* filter) {
      if (filter->kind != Filter::Kind::kTagPair) return Holds(scene, *filter, snapshot);
      return std::ranges::any_of(snapshot.tags, [&](const Tag& tag) { return test(*filter, tag); });
    });
  });
}

void AddTagSelecting(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, auto select) {
    out.push_back(SelectFault(id, title, difficulty, TagRules(), std::move(select)));
  };
  using Filters = std::vector<const Filter*>;
  add("tag.all.ignored", "ignores tags", 2,
      TakesTags([](const Scene&, const Filters&, const Snapshot&) { return true; }));
  add("tag.all.find_nothing", "finds nothing by tags", 2,
      TakesTags([](const Scene&, const Filters&, const Snapshot&) { return false; }));
  add("tag.several.any", "lists snapshots that have one of several tags", 2,
      TakesTags([](const Scene& scene, const Filters& filters, const Snapshot& snapshot) {
        return std::ranges::any_of(filters,
                                   [&](const Filter* f) { return Holds(scene, *f, snapshot); });
      }));
  const auto uses_first = [](std::size_t most) {
    return TakesTags([most](const Scene& scene, const Filters& filters, const Snapshot& snapshot) {
      const auto end = std::min(most, filters.size());
      return std::all_of(filters.begin(), filters.begin() + static_cast<std::ptrdiff_t>(end),
                         [&](const Filter* f) { return Holds(scene, *f, snapshot); });
    });
  };
  add("tag.several.only_first", "uses the first of several tags only", 2, uses_first(1));
  add("tag.several.only_last", "uses the last of several tags only", 2,
      TakesTags([](const Scene& scene, const Filters& filters, const Snapshot& snapshot) {
        return Holds(scene, *filters.back(), snapshot);
      }));
  add("tag.several.at_most_two", "ignores tags beyond the second", 3, uses_first(2));
  add("tag.number.twentieth_ignored", "ignores the twentieth tag", 4, uses_first(19));
  add("tag.pair.mixed", "finds the key in one tag and the value in another", 3,
      TakesTags([](const Scene& scene, const Filters& filters, const Snapshot& snapshot) {
        return std::ranges::all_of(filters, [&](const Filter* f) {
          if (f->kind != Filter::Kind::kTagPair) return Holds(scene, *f, snapshot);
          const auto has = [&](auto member, const std::string& text) {
            return std::ranges::find(snapshot.tags, text, member) != snapshot.tags.end();
          };
          return has(&Tag::key, f->value) && has(&Tag::value, f->second);
        });
      }));
  add("tag.snapshot.only_first", "looks only at the first tag of a snapshot", 3,
      TakesTags([](const Scene& scene, const Filters& filters, const Snapshot& snapshot) {
        Snapshot first = snapshot;
        first.tags.resize(std::min<std::size_t>(1, first.tags.size()));
        return std::ranges::all_of(filters,
                                   [&](const Filter* f) { return Holds(scene, *f, first); });
      }));
}

// One pair at a time.
void AddPairSelecting(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, auto select) {
    out.push_back(SelectFault(id, title, difficulty, TagRules(), std::move(select)));
  };
  add("tag.value.ignored", "looks only at the key of a pair", 2,
      TakesPairs([](const Filter& f, const Tag& tag) { return tag.key == f.value; }));
  add("tag.key.ignored", "looks only at the value of a pair", 2,
      TakesPairs([](const Filter& f, const Tag& tag) { return tag.value == f.second; }));
  add("tag.value.prefix", "takes a value as a beginning", 3,
      TakesPairs([](const Filter& f, const Tag& tag) {
        return tag.key == f.value && tag.value.starts_with(f.second);
      }));
  add("tag.value.substring", "finds a value inside of another", 3,
      TakesPairs([](const Filter& f, const Tag& tag) {
        return tag.key == f.value && tag.value.find(f.second) != std::string::npos;
      }));
  add("tag.key.prefix", "takes the key of a pair as a beginning", 3,
      TakesPairs([](const Filter& f, const Tag& tag) {
        return tag.key.starts_with(f.value) && tag.value == f.second;
      }));
  add("tag.key.beyond_ascii_alike", "takes all characters beyond ASCII in a key for the same", 4,
      TakesPairs([](const Filter& f, const Tag& tag) {
        return WithoutBeyondAscii(tag.key) == WithoutBeyondAscii(f.value) && tag.value == f.second;
      }));
  add("tag.value.beyond_ascii_alike", "takes all characters beyond ASCII in a value for the same",
      4, TakesPairs([](const Filter& f, const Tag& tag) {
        return tag.key == f.value && WithoutBeyondAscii(tag.value) == WithoutBeyondAscii(f.second);
      }));
  add("tag.value.inverted", "lists snapshots whose tag has another value", 3,
      TakesPairs([](const Filter& f, const Tag& tag) {
        return tag.key == f.value && tag.value != f.second;
      }));
}

// The letters of a value count on one page and not on another.
void AddTagLetters(std::vector<Fault>& out) {
  const auto otherwise = [](const Scene& scene, const Filter& filter, const Snapshot& snapshot) {
    const bool exact = scene.choices.Pick("tag.value_letters"_question) == "exact"_option;
    return std::ranges::any_of(snapshot.tags, [&](const Tag& tag) {
      return tag.key == filter.value &&
             (exact ? EqualAnyCase(tag.value, filter.second) : tag.value == filter.second);
    });
  };
  out.push_back(SelectFault(
      "tag.value.letters_by_page", "treats letter case in tag values otherwise on later pages", 5,
      TagRules(),
      TakesTags([otherwise](const Scene& scene, const std::vector<const Filter*>& filters,
                            const Snapshot& snapshot) {
        const bool later = scene.PageNumber() > 1 || scene.plan->paging.origin.has_value();
        return std::ranges::all_of(filters, [&](const Filter* filter) {
          return later && filter->kind == Filter::Kind::kTagPair
                     ? otherwise(scene, *filter, snapshot)
                     : Holds(scene, *filter, snapshot);
        });
      })));
}

void AddParsing(std::vector<Fault>& out) {
  const auto ignore = [&](const char* id, const char* title, int difficulty, auto matches) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kParse,
                   .difficulty = difficulty,
                   .breaks = TagRules(),
                   .parse = [matches](const Scene&, Request& request) {
                     std::erase_if(request.parameters, [&](const Parameter& parameter) {
                       return parameter.name.starts_with("Tag.") && matches(parameter.name);
                     });
                   }});
  };
  const auto is_value = [](const std::string& name) { return name.ends_with(".value"); };
  ignore("tag.key.lower_case_ignored", "ignores Tag.N.key and Tag.N.value in lower case", 3,
         [=](const std::string& name) { return name.ends_with(".key") || is_value(name); });
  ignore("tag.value.lower_case_ignored", "ignores Tag.N.value in lower case", 3, is_value);
  ignore("tag.value.lower_case_of_first_only",
         "ignores Tag.N.value in lower case from the second tag on", 4,
         [=](const std::string& name) { return is_value(name) && name != "Tag.1.value"; });
  out.push_back({.id = "tag.key.spellings_apart",
                 .title = "ignores tags in lower case if another one is in capitals",
                 .stage = Stage::kParse,
                 .difficulty = 3,
                 .breaks = TagRules(),
                 .parse = [](const Scene&, Request& request) {
                   const auto ends = [](std::string_view end) {
                     return [end](const Parameter& parameter) {
                       return parameter.name.starts_with("Tag.") && parameter.name.ends_with(end);
                     };
                   };
                   if (std::ranges::none_of(request.parameters, ends(".Key"))) return;
                   std::erase_if(request.parameters, ends(".key"));
                   std::erase_if(request.parameters, ends(".value"));
                 }});
  ignore("tag.number.one_digit", "reads no tag with a number of two digits", 4,
         [](const std::string& name) { return name.size() > 6 && name[5] != '.'; });
}

void AddTagLimits(std::vector<Fault>& out) {
  out.push_back({.id = "tag.number.twenty_refused",
                 .title = "refuses 20 tags",
                 .stage = Stage::kValidate,
                 .difficulty = 4,
                 .breaks = {"tag.number.twenty"_rule, "request.valid.accepted"_rule,
                            "error.code.belongs"_rule},
                 .validate = [](const Scene&, Plan& plan) {
                   if (std::ranges::count_if(plan.filters, IsTag) >= 20) {
                     RefusePlan(plan, "tag.number.above_maximum"_rule, "InvalidTagCount");
                   }
                 }});
  out.push_back({.id = "tag.number.twenty_one_accepted",
                 .title = "accepts more than 20 tags",
                 .stage = Stage::kValidate,
                 .difficulty = 3,
                 .breaks = {"tag.number.above_maximum"_rule},
                 .validate = [](const Scene&, Plan& plan) { Accept(plan, "InvalidTagCount"); }});
}

}  // namespace

void AddTagFaults(std::vector<Fault>& out) {
  AddTagSelecting(out);
  AddPairSelecting(out);
  AddTagLetters(out);
  AddParsing(out);
  AddTagLimits(out);
}

}  // namespace assay
