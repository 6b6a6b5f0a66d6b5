#include "conformance/selftest/detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "reference/faults/catalogue.h"
#include "spec/catalogue/catalogue.h"
#include "spec/text/count.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

// What is asked of the findings.
constexpr std::size_t kMostFindings = 3;  // of one fault
constexpr std::size_t kNamedFirst = 90;   // percent of the faults
constexpr std::size_t kNamedAmongThree = 97;

std::string HowTried(const TrialResult& trial) {
  const std::string how = trial.over_http ? "over HTTP" : "in process";
  return trial.situations.empty() ? how : fmt::format("{} under {}", how, trial.situations);
}

// What stands beside the name of the trial.
std::string Remark(const TrialResult& trial) {
  if (!trial.situations.empty()) return fmt::format(" ({})", trial.situations);
  return trial.over_http ? " (HTTP)" : "";
}

void AddAlarms(const Detection& detection, std::vector<std::string>& out) {
  for (const TrialResult& trial : detection.readings) {
    if (trial.alarm.empty()) continue;
    out.push_back(
        fmt::format("alarm under the reading {} {}: {}", trial.name, HowTried(trial), trial.alarm));
  }
}

// What depends on the hazards of a network is counted, but not held to a number of findings.
bool GivesTooManyFindings(const TrialResult& trial, const Fault& fault) {
  return trial.whole && !(fault.wire && fault.history) && trial.findings.size() > kMostFindings;
}

bool BreaksAnExpectedRule(const TrialResult& trial, const Fault& fault) {
  return std::ranges::any_of(
      fault.breaks, [&](Rule rule) { return trial.rules.contains(std::string(Id(rule))); });
}

void AddShortcomingsOf(const TrialResult& trial, std::vector<std::string>& out) {
  const std::string how = HowTried(trial);
  if (!trial.seen) {
    out.push_back(fmt::format("fault {} is not seen {}", trial.name, how));
    return;
  }
  const Fault& fault = *FindFault(trial.name);
  if (GivesTooManyFindings(trial, fault)) {
    out.push_back(fmt::format("fault {} gives {} {}", trial.name,
                              CountText(trial.findings.size(), "finding"), how));
  }
  // Otherwise the first report was enough.
  if (trial.whole && !trial.over_http && !BreaksAnExpectedRule(trial, fault)) {
    out.push_back(fmt::format("fault {} is seen {}, but only by {}", trial.name, how,
                              trial.rules.begin()->first));
  }
}

void AddNaming(const Naming& named, std::vector<std::string>& out) {
  if (2 * named.one_finding < named.trials) {
    out.push_back(fmt::format("of {} only {} one finding", CountText(named.trials, "fault"),
                              CountText(named.one_finding, "gives", "give")));
  }
  if (named.first * 100 < named.trials * kNamedFirst ||
      named.among_three * 100 < named.trials * kNamedAmongThree) {
    out.push_back(
        fmt::format("of {} {} named first, {} among the first three: fewer than "
                    "{} % and {} %",
                    CountText(named.trials, "fault"), CountText(named.first, "is", "are"),
                    named.among_three, kNamedFirst, kNamedAmongThree));
  }
}

void AddIdleRules(const Detection& detection, std::vector<std::string>& out) {
  std::set<std::string> noticed;
  for (const TrialResult& trial : detection.faults) {
    for (const auto& [rule, kind] : trial.rules) noticed.insert(rule);
  }
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    // What has no case of its own is shown by answers of other cases together.
    if (rule.cases.empty() || noticed.contains(std::string(Id(rule.id)))) continue;
    out.push_back(fmt::format("rule {} notices no fault", Id(rule.id)));
  }
}

}  // namespace

Naming CountNamed(const Detection& detection) {
  Naming out;
  for (const TrialResult& trial : detection.faults) {
    if (!trial.seen || !trial.whole) continue;
    ++out.trials;
    out.one_finding += trial.findings.size() == 1 ? 1 : 0;
    const auto within = [&](std::size_t most) {
      return std::ranges::any_of(trial.diagnoses, [&](const std::vector<std::string>& ids) {
        const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(most, ids.size()));
        return std::find(ids.begin(), end, trial.name) != end;
      });
    };
    out.first += within(1) ? 1 : 0;
    out.among_three += within(3) ? 1 : 0;
  }
  return out;
}

std::string TriedFaultsText(const Detection& detection, std::size_t catalogue) {
  std::set<std::string> tried;
  for (const TrialResult& trial : detection.faults) tried.insert(trial.name);
  const std::string text = CountText(tried.size(), "fault");
  return tried.size() == catalogue
             ? text
             : fmt::format("{} of {} in the catalogue", text, Thousands(catalogue));
}

std::vector<std::string> Shortcomings(const Detection& detection, bool all_faults) {
  std::vector<std::string> out;
  for (const TrialResult& trial : detection.faults) AddShortcomingsOf(trial, out);
  AddAlarms(detection, out);
  if (!all_faults) return out;
  AddNaming(CountNamed(detection), out);
  AddIdleRules(detection, out);
  return out;
}

Json ToJson(const TrialResult& trial) {
  return {{"name", trial.name},           {"situations", trial.situations},
          {"over_http", trial.over_http}, {"whole", trial.whole},
          {"seen", trial.seen},           {"rules", trial.rules},
          {"suite", trial.suite},         {"requests", trial.requests},
          {"exchanges", trial.exchanges}, {"findings", trial.findings},
          {"diagnoses", trial.diagnoses}, {"alarm", trial.alarm},
          {"seconds", trial.seconds}};
}

TrialResult TrialOfJson(const Json& json) {
  TrialResult out;
  out.name = json["name"];
  out.situations = json["situations"];
  out.over_http = json["over_http"];
  out.whole = json["whole"];
  out.seen = json["seen"];
  out.rules = json["rules"].get<std::map<std::string, std::string>>();
  out.suite = json["suite"];
  out.requests = json["requests"];
  out.exchanges = json["exchanges"];
  out.findings = json["findings"].get<std::vector<std::string>>();
  out.diagnoses = json["diagnoses"].get<std::vector<std::vector<std::string>>>();
  out.alarm = json["alarm"];
  out.seconds = json["seconds"];
  return out;
}

std::vector<std::string> DiscoveryShortcomings(const Detection& detection) {
  std::vector<std::string> out;
  std::size_t seen = 0;
  for (const TrialResult& trial : detection.faults) seen += trial.seen ? 1 : 0;
  if (10 * seen < 9 * detection.faults.size()) {
    out.push_back(fmt::format("only {} of {} {} seen", seen,
                              CountText(detection.faults.size(), "fault"),
                              seen == 1 ? "is" : "are"));
    for (const TrialResult& trial : detection.faults) {
      if (!trial.seen) out.push_back(fmt::format("fault {} is not seen", trial.name));
    }
  }
  AddAlarms(detection, out);
  return out;
}

std::string DetectionJson(const Detection& detection,
                          const std::vector<std::string>& shortcomings) {
  Json faults = Json::array(), readings = Json::array();
  for (const TrialResult& trial : detection.faults) faults.push_back(ToJson(trial));
  for (const TrialResult& trial : detection.readings) readings.push_back(ToJson(trial));
  const Json report = {{"schema", "assay-report/1"},
                       {"assay", ASSAY_VERSION},
                       {"verdict", shortcomings.empty() ? "conforms" : "violations"},
                       {"seconds", detection.seconds},
                       {"shortcomings", shortcomings},
                       {"detection", {{"faults", faults}, {"readings", readings}}}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string DetectionTable(const Detection& detection) {
  std::string out =
      "# Which rule notices which fault\n\n## Faults\n\n"
      "| fault | seen after | by | rules |\n|---|---|---|---|\n";
  std::map<std::string, std::vector<std::string>> by_rule;
  for (const TrialResult& trial : detection.faults) {
    std::vector<std::string> rules;
    for (const auto& [rule, kind] : trial.rules) {
      rules.push_back(rule);
      auto& faults = by_rule[rule];
      if (faults.empty() || faults.back() != trial.name) faults.push_back(trial.name);
    }
    out += fmt::format("| {}{} | {} | {} | {} |\n", trial.name, Remark(trial),
                       trial.seen ? std::to_string(trial.requests) : "not seen", trial.suite,
                       fmt::join(rules, ", "));
  }
  out += "\n## Rules\n\n| rule | notices |\n|---|---|\n";
  for (const RuleInfo& rule : Catalogue::Get().rules()) {
    const auto& faults = by_rule[std::string(Id(rule.id))];
    out += fmt::format(
        "| {} | {} |\n", Id(rule.id),
        faults.empty() ? std::string("nothing") : fmt::format("{}", fmt::join(faults, ", ")));
  }
  return out;
}

}  // namespace assay
