#include "reference/describe_snapshots/faults/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reference/describe_snapshots/faults/families.h"
#include "spec/nearest.h"

namespace assay {

std::string_view NameOf(Stage stage) {
  constexpr std::string_view kNames[] = {"receive", "authenticate", "parse",  "validate", "select",
                                         "order",   "page",         "render", "send"};
  return kNames[static_cast<std::size_t>(stage)];
}

std::optional<std::string> FaultMemory::Find(const std::string& key) const {
  const std::scoped_lock lock(mutex_);
  const auto at = texts_.find(key);
  return at == texts_.end() ? std::nullopt : std::optional(at->second);
}
void FaultMemory::Keep(const std::string& key, std::string text) {
  const std::scoped_lock lock(mutex_);
  if (texts_.size() < kMost) texts_[key] = std::move(text);
}
int FaultMemory::Count(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  if (counts_.size() >= kMost) counts_.clear();
  return counts_[key]++;
}

bool Scene::HasIndexed(std::string_view prefix) const {
  return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
    return parameter.name.starts_with(prefix) && parameter.name.size() > prefix.size() &&
           parameter.name[prefix.size()] == '.';
  });
}

Fault SelectFault(std::string id, std::string title, int difficulty, std::vector<Rule> breaks,
                  decltype(Fault::select) select) {
  return {.id = std::move(id),
          .title = std::move(title),
          .stage = Stage::kSelect,
          .difficulty = difficulty,
          .breaks = std::move(breaks),
          .select = std::move(select)};
}

Fault ValidateFault(std::string id, std::string title, int difficulty, std::vector<Rule> breaks,
                    decltype(Fault::validate) validate) {
  return {.id = std::move(id),
          .title = std::move(title),
          .stage = Stage::kValidate,
          .difficulty = difficulty,
          .breaks = std::move(breaks),
          .validate = std::move(validate)};
}

bool Holds(const Scene& scene, const Filter& filter, const Snapshot& snapshot) {
  return Matches(filter, snapshot, scene.dataset, scene.choices);
}

bool Selects(const Scene& scene, const Snapshot& snapshot,
             const std::function<bool(const Filter&, bool)>& holds) {
  return snapshot[Field::kRegionId] == scene.plan->region &&
         std::ranges::all_of(scene.plan->filters, [&](const Filter& filter) {
           return holds(filter, Holds(scene, filter, snapshot));
         });
}

bool HoldsAll(const Scene& scene, const Snapshot& snapshot) {
  return std::ranges::all_of(scene.plan->filters,
                             [&](const Filter& filter) { return Holds(scene, filter, snapshot); });
}

bool IsTag(const Filter& filter) {
  return filter.kind == Filter::Kind::kTagKey || filter.kind == Filter::Kind::kTagPair ||
         filter.kind == Filter::Kind::kTagEmptyValue;
}
bool IsTime(const Filter& filter) {
  return filter.kind == Filter::Kind::kCreatedAfter || filter.kind == Filter::Kind::kCreatedBefore;
}

std::vector<std::uint32_t> Slice(const Scene& scene, std::int64_t start, std::int64_t count) {
  const auto& matches = scene.page->matches;
  const auto size = static_cast<std::int64_t>(matches.size());
  start = std::clamp<std::int64_t>(start, 0, size);
  count = std::clamp<std::int64_t>(count, 0, size - start);
  return {matches.begin() + start, matches.begin() + start + count};
}

bool EndsList(const Scene& scene, const RenderedList& list) {
  const std::size_t end = static_cast<std::size_t>(scene.start) + list.listed.size();
  return !list.listed.empty() && end == scene.page->matches.size();
}

void Accept(Plan& plan, std::string_view code) {
  std::erase_if(plan.refusals, [&](const Refusal& r) { return r.error && r.error->code == code; });
}

void Accept(Plan& plan, Rule rule) {
  std::erase_if(plan.refusals, [rule](const Refusal& r) { return r.rule == rule; });
}

void RefusePlan(Plan& plan, Rule rule, const char* code, std::string subject) {
  plan.refusals.push_back({rule, Catalogue::Get().FindError(code), false, std::move(subject)});
}

std::string ReplacedAll(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

const std::vector<Fault>& Faults() {
  static const std::vector<Fault> faults = [] {
    std::vector<Fault> out;
    for (const auto add :
         {AddFilterFaults, AddPagingFaults, AddTokenFaults, AddTagFaults, AddTimeFaults,
          AddIdFaults, AddErrorFaults, AddShapeFaults, AddDataFaults, AddEncodingFaults,
          AddAuthFaults, AddTransportFaults, AddIntermittentFaults, AddDeepFaults}) {
      add(out);
    }
    std::ranges::sort(out, {}, &Fault::id);
    return out;
  }();
  return faults;
}

const Fault* FindFault(std::string_view id) {
  const auto at = std::ranges::find(Faults(), id, &Fault::id);
  return at == Faults().end() ? nullptr : &*at;
}

Result<std::vector<const Fault*>> FindFaults(const std::vector<std::string>& ids) {
  std::vector<const Fault*> out;
  for (const std::string& id : ids) {
    out.push_back(FindFault(id));
    if (out.back()) continue;
    std::vector<std::string_view> all;
    for (const Fault& fault : Faults()) all.push_back(fault.id);
    return Error{"--fault " + id, fmt::format("is no fault; the nearest: {}",
                                              fmt::join(NearestTo(id, all, 3), ", "))};
  }
  return out;
}

bool OnlyWarns(const Fault& fault) {
  return std::ranges::none_of(
      fault.breaks, [](Rule rule) { return Catalogue::Get()[rule].level == Level::kMust; });
}

std::vector<Described> DescribedFaults() {
  std::vector<Described> out;
  for (const Fault& fault : Faults()) {
    std::vector<std::string_view> rules;
    for (const Rule rule : fault.breaks) rules.push_back(Id(rule));
    out.push_back(
        {fault.id, fault.title,
         fmt::format("{}\n  fault: {}\n  stage: {}\n  difficulty: {} of 5{}\n  breaks: {}\n"
                     "  commit it: assay serve --fault {}\n",
                     fault.id, fault.title, NameOf(fault.stage), fault.difficulty,
                     fault.wire ? " (over HTTP only)" : "", fmt::join(rules, ", "), fault.id)});
  }
  return out;
}

}  // namespace assay
