#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "reference/dataset.h"
#include "reference/describe_snapshots/faults/fault.h"
#include "reference/message.h"
#include "reference/observed.h"
#include "spec/catalogue.h"

namespace assay {

// What an answer says, whatever its spelling: request ids and tokens by their role, everything else
// by its value. Equal answers have equal digests.
struct AnswerDigest {
  std::uint64_t value = 0;
  std::string next_token;  // "" where there is none
};
class AnswerDigester {
 public:
  // `answer` is the response as it was read.
  AnswerDigest Of(const ObservedAnswer& answer, const Response& response);

 private:
  std::unordered_set<std::size_t> request_ids_;
};

// Remembers what a target answered, and finds the faults of the catalogue that answer alike.
class Diagnosis {
 public:
  // One exchange of the run; `failures` are the keys of its groups, none where it conforms. Beyond
  // a bounded number nothing more is remembered.
  void Observe(std::uint64_t exchange, const Request& request, const ObservedAnswer& answer,
               const Response& response, const std::vector<std::string>& failures);
  // Adds an exchange to a group afterwards.
  void Fail(std::uint64_t exchange, const std::string& failure);

  // The reading among these under which the reference without a fault agrees best with what was
  // seen: a fault may have taught the judge a wrong one.
  Reading BestOf(const std::vector<Reading>& readings, const Dataset& dataset) const;

  // The faults that reproduce the failing answers of the group when the reference commits them
  // under the reading, those first that also agree best with everything else that was seen; three
  // at the most. Empty: none fits, or the search would take too long.
  std::vector<std::string> Explain(const std::string& failure, const Dataset& dataset,
                                   const Reading& reading) const;
  enum class Share { kMost, kAny };
  // True where that fault reproduces most, or any, of the failing answers of the group.
  bool Reproduces(const Fault& fault, const std::string& failure, const Dataset& dataset,
                  const Reading& reading, Share share = Share::kMost) const;

 private:
  struct Observation {
    std::uint64_t exchange = 0;
    Request request;
    std::string next_token;
    std::uint64_t digest = 0;
    bool fails = false;
    std::size_t size = 0;  // of the answer, bytes
  };
  class Imitation;
  // Up to so many failing ones of a group, spread over the run, those with short answers first.
  std::vector<std::size_t> Telling(const std::vector<std::size_t>& failing) const;
  std::vector<std::size_t> Chain(std::size_t index) const;
  std::vector<std::size_t> Sample() const;
  // How many of the observations the fault answers otherwise, in the order of the run.
  std::size_t Disagreements(const Fault* fault, const std::vector<std::size_t>& sample,
                            const Dataset& dataset, const Reading& reading,
                            std::size_t bound) const;
  const std::vector<std::string>& ExplainByWholeRun(const Dataset& dataset,
                                                    const Reading& reading) const;

  std::vector<Observation> observations_;
  std::unordered_map<std::string, std::vector<std::size_t>> failing_;  // by group
  std::unordered_map<std::string, std::size_t> issued_;                // token -> who got it
  AnswerDigester digester_;
  mutable std::size_t asked_ = 0;                              // what imitations answered
  mutable std::optional<std::vector<std::string>> whole_run_;  // the same for every group
};

}  // namespace assay
