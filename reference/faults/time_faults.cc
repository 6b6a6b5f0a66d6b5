// Faults of the window of creation times.
#include <algorithm>

#include "reference/faults/families.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour;

const std::vector<Rule>& TimeRules() {
  static const std::vector<Rule> rules = {"time.start.selects"_rule,
                                          "time.end.selects"_rule,
                                          "time.window.selects"_rule,
                                          "time.value.utc"_rule,
                                          "time.slot.single"_rule,
                                          "request.reading.consistent"_rule,
                                          "page.total_count.matches"_rule,
                                          "request.valid.accepted"_rule,
                                          "request.parameters.conjunction"_rule};
  return rules;
}

void AddBounds(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty,
                       std::function<void(Filter&)> change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kValidate,
                   .difficulty = difficulty,
                   .breaks = TimeRules(),
                   .validate = [change = std::move(change)](const Scene&, Plan& plan) {
                     for (Filter& filter : plan.filters) {
                       if (IsTime(filter)) change(filter);
                     }
                   }});
  };
  const auto shift = [](std::int64_t by) { return [by](Filter& filter) { filter.seconds += by; }; };
  const auto cut = [](std::int64_t to) {
    return [to](Filter& filter) { filter.seconds -= ((filter.seconds % to) + to) % to; };
  };
  add("time.zone.east_8", "takes times as those of China", 2, shift(-8 * kHour));
  add("time.zone.west_5", "takes times as those of New York", 2, shift(5 * kHour));
  add("time.value.hour_late", "takes every time an hour late", 2, shift(kHour));
  add("time.value.minute_late", "takes every time two minutes late", 3, shift(120));
  add("time.value.minutes_dropped", "drops the minutes of a time", 3, cut(kHour));
  add("time.value.day_only", "takes the day of a time only", 2, cut(kDay));
  add("time.bounds.swapped", "takes the start for the end, and the end for the start", 1,
      [](Filter& filter) {
        const bool after = filter.kind == Filter::Kind::kCreatedAfter;
        filter.kind = after ? Filter::Kind::kCreatedBefore : Filter::Kind::kCreatedAfter;
      });
  add("time.end.whole_day", "lists the whole day of the end", 3, [](Filter& filter) {
    if (filter.kind != Filter::Kind::kCreatedBefore) return;
    filter.seconds += kDay - (filter.seconds % kDay + kDay) % kDay;
  });
  add("time.start.whole_day", "lists the whole day of the start", 3, [](Filter& filter) {
    if (filter.kind != Filter::Kind::kCreatedAfter) return;
    filter.seconds -= (filter.seconds % kDay + kDay) % kDay;
  });
  add("time.value.midnight_is_next_day", "takes midnight as that of the next day", 4,
      [](Filter& filter) {
        if (filter.seconds % kDay == 0) filter.seconds += kDay;
      });
  add("time.year.of_epoch", "takes times before 2020 as 1970", 4, [](Filter& filter) {
    if (filter.seconds < 1577836800) filter.seconds = 0;
  });
}

void AddTimeSelecting(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, auto select) {
    out.push_back(SelectFault(id, title, difficulty, TimeRules(), std::move(select)));
  };
  const auto ignore = [](Filter::Kind kind) {
    return [kind](const Scene& scene, const Snapshot& snapshot, bool) {
      return Selects(scene, snapshot, [kind](const Filter& filter, bool right) {
        return right || filter.kind == kind;
      });
    };
  };
  add("time.start.ignored", "ignores CreationStartTime", 2, ignore(Filter::Kind::kCreatedAfter));
  add("time.end.ignored", "ignores CreationEndTime", 2, ignore(Filter::Kind::kCreatedBefore));
  add("time.window.or", "lists what was created after the start or before the end", 3,
      [](const Scene& scene, const Snapshot& snapshot, bool right) {
        const auto& filters = scene.plan->filters;
        if (std::ranges::count_if(filters, IsTime) < 2) return right;
        return Selects(scene, snapshot,
                       [](const Filter& f, bool holds) { return IsTime(f) || holds; }) &&
               std::ranges::any_of(filters, [&](const Filter& f) {
                 return IsTime(f) && Holds(scene, f, snapshot);
               });
      });
  add("time.window.end_ignored", "ignores the end if a start is given", 3,
      [](const Scene& scene, const Snapshot& snapshot, bool right) {
        if (std::ranges::count_if(scene.plan->filters, IsTime) < 2) return right;
        return Selects(scene, snapshot, [](const Filter& f, bool holds) {
          return holds || f.kind == Filter::Kind::kCreatedBefore;
        });
      });
  add("time.field.modified", "compares LastModifiedTime instead of CreationTime", 2,
      [](const Scene& scene, const Snapshot& snapshot, bool) {
        Snapshot other = snapshot;
        ParseTime(snapshot[Field::kLastModifiedTime], &other.creation_time);
        return Selects(scene, other, [](const Filter&, bool holds) { return holds; });
      });
}

void AddValues(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty, std::vector<Rule> breaks,
                       std::function<void(const Scene&, Plan&)> validate) {
    out.push_back(ValidateFault(id, title, difficulty, std::move(breaks), std::move(validate)));
  };
  const auto accept = [](Rule rule) {
    return [rule](const Scene&, Plan& plan) { Accept(plan, rule); };
  };
  add("time.value.impossible_accepted", "accepts impossible dates", 2,
      {"time.value.impossible"_rule}, accept("time.value.impossible"_rule));
  add("time.value.malformed_ignored", "ignores a filter value that is not a time", 2,
      {"time.value.malformed"_rule}, accept("time.value.malformed"_rule));
  add("time.key.unknown_ignored", "ignores unknown filter keys", 2, {"time.key.unknown"_rule},
      accept("time.key.unknown"_rule));
  add("time.value.leap_day_refused", "refuses the 29th of February of every year", 4,
      {"request.valid.accepted"_rule, "error.code.belongs"_rule, "time.start.selects"_rule,
       "time.end.selects"_rule, "time.value.impossible"_rule},
      [](const Scene& scene, Plan& plan) {
        for (const char* name : {"Filter.1.Value", "Filter.2.Value"}) {
          if (scene.Value(name).find("-02-29T") == std::string_view::npos) continue;
          RefusePlan(plan, "time.value.impossible"_rule, "InvalidFilterValue");
        }
      });
}

// The end is read only if the start was read before it.
void AddOrder(std::vector<Fault>& out) {
  out.push_back({.id = "time.end.before_start_ignored",
                 .title = "ignores the end of a range if the request names it before the start",
                 .stage = Stage::kParse,
                 .difficulty = 3,
                 .breaks = TimeRules(),
                 .parse = [](const Scene&, Request& request) {
                   const auto at = [&](std::string_view name) {
                     return std::ranges::find(request.parameters, name, &Parameter::name);
                   };
                   const auto start = at("Filter.1.Key"), end = at("Filter.2.Key");
                   if (start == request.parameters.end() || end > start) return;
                   std::erase_if(request.parameters, [](const Parameter& parameter) {
                     return parameter.name.starts_with("Filter.2.");
                   });
                 }});
}

}  // namespace

void AddTimeFaults(std::vector<Fault>& out) {
  AddOrder(out);
  AddBounds(out);
  AddTimeSelecting(out);
  AddValues(out);
}

}  // namespace assay
