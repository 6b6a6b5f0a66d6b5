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
  // The same for an answer that broke off.
  void Observe(std::uint64_t exchange, const Request& request, const Error& broken,
               const std::vector<std::string>& failures);
  // Adds an exchange to a group afterwards.
  void Fail(std::uint64_t exchange, const std::string& failure);

  // The requests of these exchanges, after those whose tokens they need, in the order of the run; a
  // token reads as TokenOfAnswer has it. Empty where an exchange is not remembered.
  std::vector<Request> RequestsTo(const std::vector<std::uint64_t>& exchanges) const;

  // The reading among these under which the reference without a fault agrees best with what was
  // seen: a fault may have taught the judge a wrong one.
  Reading BestOf(const std::vector<Reading>& readings, const Dataset& dataset) const;

  // The reading near this one under which the reference with the fault (or none) agrees best with
  // what was seen, above all with these groups.
  Reading Fit(Reading reading, const Fault* fault, const Dataset& dataset,
              const std::vector<std::string>& failures) const;

  // When the failure of a group shows again.
  enum class Pattern { kAlways, kNowAndThen, kOverlapping };
  // The faults that reproduce the failing answers of the group when the reference commits them
  // under the reading, those first that also agree best with everything else that was seen; three
  // at the most. Empty: none fits, or the search would take too long.
  std::vector<std::string> Explain(const std::string& failure, Pattern pattern,
                                   const Dataset& dataset, const Reading& reading) const;
  // True where the target answered as the reference with the fault does to a request of the group,
  // though perhaps the answer is right, and what fails is a lesson of another one.
  bool Accounts(const Fault& fault, const std::string& failure, const Dataset& dataset,
                const Reading& reading) const;

 private:
  struct Observation {
    std::uint64_t exchange = 0;
    Request request;
    std::string next_token;
    std::uint64_t digest = 0;
    bool fails = false;
    bool broken = false;   // or slow: nothing that a server in process can be
    std::size_t size = 0;  // of the answer, bytes
  };
  class Imitation;
  // Up to so many failing ones of a group, spread over the run, those with short answers first.
  std::vector<std::size_t> Telling(const std::vector<std::size_t>& failing) const;
  std::vector<std::size_t> Chain(std::size_t index) const;
  std::optional<std::size_t> Find(std::uint64_t exchange) const;
  std::vector<std::size_t> Sample() const;
  // How many of the observations the fault answers otherwise, in the order of the run.
  std::size_t Disagreements(Imitation imitation, const std::vector<std::size_t>& sample,
                            std::size_t bound) const;
  // True where the fault reproduces most of the failing answers of the group.
  bool Reproduces(const Fault& fault, const std::string& failure, const Dataset& dataset,
                  const Reading& reading) const;
  static std::vector<std::string> BestNamed(
      std::vector<std::pair<std::size_t, const Fault*>> ranked);
  std::vector<std::string> ExplainByGroup(const std::string& failure, const Dataset& dataset,
                                          const Reading& reading) const;
  std::vector<std::string> ExplainOverlapping(const std::string& failure, const Dataset& dataset,
                                              const Reading& reading) const;
  std::vector<std::string> ExplainOverHttp(const std::vector<std::size_t>& failing,
                                           const Dataset& dataset, const Reading& reading) const;
  // An option of a question in place of the one that a reading has.
  struct Flip {
    Question question;
    Option option;
    std::size_t votes;
  };
  std::vector<Flip> Flips(const std::vector<std::size_t>& unexplained, const Fault* fault,
                          const Dataset& dataset, const Reading& reading) const;
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
