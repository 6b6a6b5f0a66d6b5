#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reference/findings/groups.h"

namespace assay {

// Collects what is wrong during a session and makes findings of it.
class Collector {
 public:
  // What is certain: the differences of a judged exchange except doubtful ones. `reported`: a suite
  // found them by comparing answers.
  void Add(std::uint64_t exchange, const Request& request, const Verdict& verdict, bool reported);
  // What could not be settled, since the state moved: the doubtful differences.
  void AddDoubtful(std::uint64_t exchange, const Request& request, const Verdict& verdict);

  // Remembers an answer, or one that broke off, so that a cause can be named.
  void Observe(const Exchange& exchange, const Verdict& verdict);
  void Observe(std::uint64_t exchange, const Request& request, const Error& broken,
               const Verdict& verdict);

  // The findings in the order of their ids. `budget` bounds the requests for all groups together,
  // if given. `moved` says how the state moved, for what is inconclusive.
  std::vector<Finding> Settle(FindingGroups::Settlement settlement,
                              std::optional<std::uint64_t> budget, const Judge& judge,
                              const std::string& moved);

 private:
  FindingGroups groups_, unsettled_;
};

}  // namespace assay
