#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reference/judge/verdict.h"
#include "spec/record/record.h"

namespace assay {

// Findings that are settled while the search for others goes on: what shows one of them again is
// counted, and not taken for something new.
class SetAside {
 public:
  // From now on the symptom, shown by requests that ask for all that the finding's request asks
  // for, is nothing new.
  void Add(const Finding& finding);
  // The verdict without what is nothing new. Counts that once more.
  Verdict Filter(const Request& request, Verdict verdict);
  // How often the finding of that id showed again.
  std::uint64_t Again(const std::string& id) const;

 private:
  struct Settled {
    std::set<std::string> asks;  // KindOfRequest() of the smallest request
    std::string id;
  };
  const Settled* Find(const Request& request, const Difference& difference) const;

  std::map<std::string, std::vector<Settled>> settled_;  // by symptom
  std::map<std::string, std::uint64_t> again_;           // by the finding's id
};

}  // namespace assay
