#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reference/describe_snapshots/diagnosis.h"
#include "reference/describe_snapshots/judge.h"
#include "reference/reproduction.h"
#include "reference/target.h"
#include "spec/record.h"

namespace assay {

// What was found, grouped by rule and shape of the difference: one cause should be one finding.
class FindingGroups {
 public:
  // What is done about their causes.
  enum class Causes {
    kApart,   // nothing: each group is a finding
    kJoined,  // groups that ask for the like are one finding
    kNamed,   // besides, the faults that answer alike are named, and what one explains is one
              // finding
  };

  // Takes the violations and warnings of a judged exchange.
  void Add(std::uint64_t exchange, const Request& request, const Verdict& verdict);
  // The same for what a suite found by comparing answers; such a finding is not sent again.
  void AddReport(std::uint64_t exchange, const Request& request, const Verdict& verdict);

  std::size_t size() const { return groups_.size(); }

  // Remembers every answer, so that a cause can be named.
  void Observe(std::uint64_t exchange, const Request& request, const ObservedAnswer& answer,
               const Response& response, const Verdict& verdict);
  // The same for an answer that broke off.
  void Observe(std::uint64_t exchange, const Request& request, const Error& broken,
               const Verdict& verdict);

  // Confirms each group by sending its smallest request again, reduces it while it still fails
  // (at most `budget` requests a group), makes one finding of the groups that have one cause, and
  // writes the findings in the order of their ids. Without a target nothing is sent; `steady` is
  // the target where its state may move, or null.
  std::vector<Finding> Settle(Target* target, const SteadyTarget* steady, const Judge& judge,
                              int budget, Causes causes);

 private:
  struct Group {
    Difference difference;
    Request request;             // the one with the fewest parameters so far
    std::uint64_t exchange = 0;  // its exchange
    std::uint64_t occurrences = 0;
    bool warning = false;
    bool reported = false;
    std::vector<std::uint64_t> evidence;
    std::vector<std::uint64_t> history;  // exchanges that show it together, its own last
  };
  void Add(std::uint64_t exchange, const Request& request, const Difference& difference,
           const Verdict& verdict, bool warning, bool reported);
  Finding Write(const Group& group, const Steps& steps) const;
  Steps StepsOf(const Group& group) const;
  Finding Reproduce(Target& target, const SteadyTarget* steady, const Judge& judge, int budget,
                    bool search, Group& group) const;
  struct Settled {
    std::string key;
    Group group;
    Finding finding;
  };
  static Settled Merge(std::vector<Settled> cluster, const Fault* fault);
  void Diagnose(const Judge& judge, std::vector<Settled>& settled) const;
  static void JoinUnexplained(std::vector<Settled>& settled);
  static void MergeAlike(std::vector<Settled>& settled);

  Diagnosis diagnosis_;
  std::map<std::string, Group> groups_;  // by rule and shape
};

// The id of the group: the rule and eight hex digits of the shape; the same from run to run.
std::string FindingId(const Difference& difference);

}  // namespace assay
