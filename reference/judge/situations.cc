#include "reference/judge/situations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "reference/answer/observed.h"
#include "reference/describe_snapshots/parameters.h"
#include "spec/catalogue/catalogue.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

constexpr std::size_t kMostSightings = 200;  // of one question

// "Tag" for "Tag.3.Key": the number makes no situation of its own.
std::string Family(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }

// What may tell one situation from another, in words.
std::set<std::string> FeaturesOf(Question question, const Request& request) {
  std::set<std::string> out;
  const auto& subjects = SubjectsOf(question);
  for (const Parameter& parameter : request.parameters) {
    if (IsCommonParameter(parameter.name) || parameter.name == "RegionId") continue;
    if (std::ranges::find(subjects, parameter.name) != subjects.end()) {
      out.insert(fmt::format("for {}={}", parameter.name, Excerpt(parameter.value, 40)));
    } else {
      out.insert("beside " + Family(parameter.name));
    }
  }
  const std::string format = SmallLetters(request.Find("Format").value_or(""));
  if (!format.empty()) out.insert(fmt::format("with Format={}", format));
  if (request.method != "GET") out.insert("by " + request.method);
  if (request.placement != Placement::kQuery) out.insert("in a form");
  return out;
}

std::string OptionsText(Question question, OptionSet options) {
  std::vector<std::string_view> names;
  for (const int position : options) names.push_back(Id(OptionAt(question, position)));
  return fmt::format("{}", fmt::join(names, " or "));
}

using Group = std::pair<std::string, std::vector<std::set<std::string>>>;

// A feature that every sighting of the group has and no other one, or "".
std::string Distinction(const std::vector<Group>& groups, std::size_t which) {
  for (const std::string& feature : groups[which].second.front()) {
    const auto has = [&](const std::set<std::string>& all) { return all.contains(feature); };
    if (!std::ranges::all_of(groups[which].second, has)) continue;
    bool elsewhere = false;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      elsewhere |= i != which && std::ranges::any_of(groups[i].second, has);
    }
    if (!elsewhere) return feature;
  }
  return "";
}

}  // namespace

const std::vector<std::string>& SubjectsOf(Question question) {
  static const auto all = [] {
    std::array<std::vector<std::string>, kQuestionCount> out;
    for (const QuestionInfo& info : Catalogue::Get().questions()) {
      std::set<std::string> names;
      for (const RuleCase& probe : info.probes) {
        for (const auto& [name, value] : probe.set) names.insert(name);
      }
      out[Index(info.id)].assign(names.begin(), names.end());
    }
    return out;
  }();
  return all[Index(question)];
}

bool AreOneSituation(Question question, const Request& a, const Request& b) {
  if (a.method != b.method || a.placement != b.placement || a.encoding != b.encoding ||
      a.parameters.size() != b.parameters.size()) {
    return false;
  }
  const auto& subjects = SubjectsOf(question);
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    const Parameter& mine = a.parameters[i];
    const Parameter& other = b.parameters[i];
    if (mine.name != other.name) return false;
    const bool counts = IsCommonParameter(mine.name) || mine.name == "NextToken" ||
                        std::ranges::find(subjects, mine.name) != subjects.end();
    if (counts && mine.value != other.value) return false;
  }
  return true;
}

void Situations::Note(Question question, const Request& request, OptionSet options) {
  const auto at = sightings_.find(question);
  if (at == sightings_.end() || at->second.size() >= kMostSightings) return;
  if (options.empty() || options == OptionSet::All(question)) return;
  at->second.push_back({request, options});
}

std::bitset<kQuestionCount> Situations::questions() const {
  std::bitset<kQuestionCount> out;
  for (const auto& [question, sightings] : sightings_) out.set(Index(question));
  return out;
}

Explanations Without(const std::bitset<kQuestionCount>& questions, Explanations explanations) {
  if (questions.none()) return explanations;
  for (Explanation& explanation : explanations) {
    std::erase_if(explanation, [&](const Restriction& r) { return questions[Index(r.question)]; });
  }
  return explanations;
}

std::vector<SituationalOption> Situations::Describe(Question question) const {
  std::vector<SituationalOption> out;
  const auto at = sightings_.find(question);
  if (at == sightings_.end()) return out;
  std::vector<Group> groups;
  std::vector<const Request*> examples;
  for (const Sighting& sighting : at->second) {
    const std::string options = OptionsText(question, sighting.options);
    auto group = std::ranges::find(groups, options, &Group::first);
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {options, {}});
      examples.push_back(&sighting.request);
    }
    group->second.push_back(FeaturesOf(question, sighting.request));
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::string when = Distinction(groups, i);
    if (when.empty()) when = "at " + Excerpt(examples[i]->Text(), 120);
    out.push_back({groups[i].first, std::move(when), groups[i].second.size()});
  }
  std::ranges::stable_sort(out, std::ranges::greater{}, &SituationalOption::seen);
  return out;
}

std::string Situations::Text(Question question) const {
  std::vector<std::string> out;
  for (const SituationalOption& seen : Describe(question)) {
    out.push_back(fmt::format("{} ({})", seen.option, seen.when));
  }
  return fmt::format("{}", fmt::join(out, "; "));
}

}  // namespace assay
