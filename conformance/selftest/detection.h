#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace assay {

// What the suites made of one server: a fault, or a reading.
struct TrialResult {
  std::string name;
  std::string situations = {};  // the reading that it answers by, if a fault's
  bool over_http = false;
  bool whole = true;                                // ran to its end: it found all that it finds
  bool seen = false;                                // something was reported
  std::map<std::string, std::string> rules;         // that were broken; "violation" or "warning"
  std::string suite;                                // that reported first
  std::uint64_t requests = 0;                       // sent up to the first report
  std::uint64_t exchanges = 0;                      // in all
  std::vector<std::string> findings;                // ids of those of the level that counts
  std::vector<std::vector<std::string>> diagnoses;  // of each finding, most specific first
  std::string alarm;                                // the first report in words
  double seconds = 0;
};

// What the suites see: every fault, and under every reading nothing.
struct Detection {
  std::vector<TrialResult> faults;
  std::vector<TrialResult> readings;
  double seconds = 0;
};

// How often the findings are one, and their diagnoses name the fault that was committed, of the
// trials that ran to their end.
struct Naming {
  std::size_t trials = 0;
  std::size_t one_finding = 0;
  std::size_t first = 0;
  std::size_t among_three = 0;
};
Naming CountNamed(const Detection& detection);

// "571 faults" of which trials were made, or "1 fault of 571 in the catalogue".
std::string TriedFaultsText(const Detection& detection, std::size_t catalogue);

// Faults that nobody saw, or that give more than three findings, faults that are named too seldom,
// rules that saw none, alarms: a line each. Empty: the suite is sound. Rules and names are looked
// at only if every fault was tried.
std::vector<std::string> Shortcomings(const Detection& detection, bool all_faults);

// The same if the state was withheld: alarms, and what the suites make of the faults if they see
// less than 90 % of them.
std::vector<std::string> DiscoveryShortcomings(const Detection& detection);

// One trial as an object, and back.
nlohmann::ordered_json ToJson(const TrialResult& trial);
TrialResult TrialOfJson(const nlohmann::ordered_json& json);

// report.json's `detection`, and the table fault × rule in Markdown.
std::string DetectionJson(const Detection& detection, const std::vector<std::string>& shortcomings);
std::string DetectionTable(const Detection& detection);

}  // namespace assay
