#include "reference/faults/families.h"

#include <algorithm>
#include <utility>

#include "reference/describe_snapshots/select.h"
#include "spec/text/utf8.h"

namespace assay {

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
  const HiddenValues* hidden = scene.plan ? scene.plan->hidden : nullptr;
  return Matches(filter, snapshot, scene.dataset, hidden, scene.choices);
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

std::string WithoutBeyondAscii(std::string_view text) {
  std::string out;
  ForEachCharacter(text, [&](const Character&, std::string_view bytes) {
    out += bytes.size() > 1 ? "?" : bytes;
  });
  return out;
}

std::string ReplacedAll(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::vector<Rule> ListRulesAnd(const std::vector<std::string_view>& more) {
  std::vector<std::string_view> topics = {
      "page.",           "token.",    "filter.",  "tag.",
      "time.",           "ids.",      "request.", "response.snapshot",
      "encoding.format", "error.code"};
  topics.insert(topics.end(), more.begin(), more.end());
  std::vector<Rule> out;
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    const bool is_one = std::ranges::any_of(
        topics, [&](std::string_view topic) { return Id(rule.id).starts_with(topic); });
    if (is_one) out.push_back(rule.id);
  }
  return out;
}

}  // namespace assay
