#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "reference/dataset.h"
#include "reference/target_test.h"
#include "spec/result.h"

namespace CLI {
class App;
}

namespace assay {

struct SelftestOptions {
  std::string faults = "*";  // ids; `*` and `?` as in file names
  int random_readings = 20;
  std::uint64_t seed = 1;
  int jobs = 0;  // processes; 0 for one a core
  bool http = true;
  bool discover = false;  // the suites have to find out what the servers hold
  std::string out = "assay-selftest";
};

// What the suites made of one server: a fault, or a reading.
struct Sight {
  std::string name;
  bool over_http = false;
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
  std::vector<Sight> faults;
  std::vector<Sight> readings;
  double seconds = 0;
};

// Runs the suites against the reference server with each fault, and under each option of each
// question, all options in turn, and random readings; in process, and over HTTP. Works in processes
// of its own.
Result<Detection> DetectAll(const SelftestOptions& options, const std::vector<TargetTests>& more);

// How often the findings are one, and their diagnoses name the fault that was committed, of the
// trials that ran to their end.
struct Naming {
  std::size_t trials = 0;
  std::size_t one_finding = 0;
  std::size_t first = 0;
  std::size_t among_three = 0;
};
Naming CountNamed(const Detection& detection);
// True where the trial ran to its end, and its findings are all that the suites find.
bool IsWhole(const Sight& fault);

// Faults that nobody saw, or that give more than three findings, faults that are named too seldom,
// rules that saw none, alarms: a line each. Empty: the suite is sound. Rules and names are looked
// at only where every fault was tried.
std::vector<std::string> Shortcomings(const Detection& detection, bool all_faults);

// The same where the state was withheld: alarms, and what the suites make of the faults, where they
// see less than 90 % of them.
std::vector<std::string> DiscoveryShortcomings(const Detection& detection);

// report.json's `detection`, and the table fault × rule in Markdown.
std::string DetectionJson(const Detection& detection, const std::vector<std::string>& shortcomings);
std::string DetectionTable(const Detection& detection);

// Adds `assay selftest`.
void AddSelftestCommand(CLI::App& app, int* exit_code, std::vector<TargetTests> more);

}  // namespace assay
