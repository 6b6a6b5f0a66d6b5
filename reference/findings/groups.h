#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reference/findings/diagnosis.h"
#include "reference/findings/reproduction.h"
#include "reference/judge/judge.h"
#include "reference/target/stop_sign.h"
#include "reference/target/target.h"
#include "spec/record/record.h"

namespace assay {

// What was found, grouped by rule and shape of the difference: one cause should be one finding.
class FindingGroups {
 public:
  // How findings of one cause are treated.
  enum class Causes {
    kApart,   // nothing: each group is a finding
    kJoined,  // groups that ask for similar things are one finding
    kNamed,   // besides, the faults that answer alike are named, and what one explains is one
              // finding
  };

  // Takes the violations and warnings of a judged exchange.
  void Add(std::uint64_t exchange, const Request& request, const Verdict& verdict);
  // The same for what a suite found by comparing answers; such a finding is not sent again.
  void AddReport(std::uint64_t exchange, const Request& request, const Verdict& verdict);

  std::size_t size() const { return count_; }

  // Remembers every answer, so that a cause can be named.
  void Observe(const Exchange& exchange, const Verdict& verdict);
  // The same for an answer that broke off.
  void Observe(std::uint64_t exchange, const Request& request, const Error& broken,
               const Verdict& verdict);

  struct Settlement {
    Target* target = nullptr;                // without one nothing is sent
    const WatchedTarget* watched = nullptr;  // the same, if its state may move
    bool knows_state = true;
    int budget = 0;                  // requests, to confirm and reduce one group
    const StopSign* stop = nullptr;  // nothing is confirmed once it is up
    Causes causes = Causes::kApart;
    // Requests of which the target was found to remember something, and those that make it forget.
    std::vector<Request> predecessors = {}, undoing = {};
  };
  // Confirms each group by sending its smallest request again, reduces it while it still fails,
  // makes one finding of the groups that have one cause, and writes the findings in the order of
  // their ids.
  std::vector<Finding> Settle(Settlement settlement, const Judge& judge);

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
    std::set<std::string> asks;          // KindOfRequest() of the request
    std::size_t predecessor = 0;  // that it shows after: its number among the settlement's, from 1
  };
  void AddAll(std::uint64_t exchange, const Request& request, const Verdict& verdict,
              bool reported);
  void AddOne(std::uint64_t exchange, const Request& request, const Difference& difference,
              const Verdict& verdict, bool reported);
  Group& GroupFor(const std::string& key, const Request& request);
  static void Absorb(const Group& other, Group& group);
  Steps StepsOf(const Group& group) const;
  Finding Reproduce(Settlement& settlement, const Judge& judge, bool search, Group& group) const;
  struct Settled {
    std::string key;
    Group group;
    Finding finding;
    const Fault* fault = nullptr;  // that was named as its cause
  };
  static Settled Merge(std::vector<Settled> cluster, const Fault* fault);
  // What the target seems to be: the reading learned, and the faults found so far.
  struct Suspicion {
    Reading reading;
    FaultList known;
  };
  bool DiagnoseFirst(const Judge& judge, Suspicion& suspicion, std::vector<Settled>& settled,
                     std::vector<Settled>& out) const;
  void Diagnose(const Judge& judge, std::vector<Settled>& settled) const;
  void AddExamples(const Judge& judge, std::vector<Settled>& settled) const;
  void JoinOfTwoAnswers(const Judge& judge, const Suspicion& suspicion,
                        std::vector<Settled>& settled, std::vector<Settled>& out) const;
  // Shows after an earlier request alone.
  static bool IsRemembered(const Settled& entry);
  static bool IsExchanged(const Settled& entry);
  static void JoinExchanged(std::vector<Settled>& settled);
  static bool IsOfOneRequestTwice(const Settled& entry);
  static void JoinOfOnePredecessor(std::vector<Settled>& settled);
  static void JoinOfOneRequest(std::vector<Settled>& settled);
  static void JoinOfOneKind(std::vector<Settled>& settled);
  static void JoinUnexplained(std::vector<Settled>& settled);
  static void MergeAlike(std::vector<Settled>& settled);

  Diagnosis diagnosis_;
  // By rule and shape; each by the kinds of requests that show it, of which none contains another.
  std::map<std::string, std::vector<Group>> groups_;
  std::size_t count_ = 0;
};

// What was seen once, as a finding that is neither confirmed nor grouped.
Finding SightingOf(const Difference& difference, const Request& request,
                   std::vector<std::uint64_t> evidence);

// The symptom: the rule and eight hex digits of the shape; the same from run to run.
std::string SymptomId(const Difference& difference);
// The symptom of a finding's id, which adds four hex digits for the kind of request.
std::string SymptomOf(std::string_view id);

}  // namespace assay
