#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/compare/side_log.h"
#include "reference/judge/judge.h"
#include "reference/server/service.h"

namespace assay {

// What the findings of one side say that it does wrong.
class KnownWrongs {
 public:
  void Add(const Finding& finding);

  const std::vector<const Fault*>& faults() const { return faults_; }
  bool IsEvidence(std::uint64_t exchange) const { return evidence_.contains(exchange); }
  // True if it gives all that the smallest request gives of a finding without a known fault.
  bool HoldsAFailingRequest(const Request& request) const;

 private:
  std::vector<const Fault*> faults_;  // that the reference commits alike
  std::vector<Request> failing_;      // of the other findings
  std::set<std::uint64_t> evidence_;
};

using BothWrongs = std::array<KnownWrongs, 2>;  // of A and B

// Finds the open questions because of which two targets, both right, answer a request differently:
// those whose answer, changed alone, changes what the reference answers to it.
class DifferenceCauses {
 public:
  // The judges have seen all that there is to see, and outlive this.
  DifferenceCauses(const Judge& a, const Judge& b, const BothWrongs& wrongs);

  // Sorted; empty if no question explains the difference. What a token does only when it is used
  // again is not tried. `token` is the origin of the request's token.
  std::vector<Question> Of(const Request& request, const TokenIssuer* token);

  // True if what is wrong with a side by its findings changes what it answers to this request,
  // too. `digests`: of the answers of A and B, 0 if they are not known; one that the reference
  // gives is right, whatever else the side does.
  bool IsOfAFinding(const Request& request, const TokenIssuer* token,
                    const std::array<std::uint64_t, 2>& digests);

 private:
  std::uint64_t Ask(Service& service, const Request& request, const TokenIssuer* token);
  Service& With(std::optional<Question> question);  // A's reading, that question as B's

  const Dataset& dataset_;
  Reading a_, b_;                    // whole
  std::vector<Question> different_;  // in the two
  std::map<std::optional<Question>, std::unique_ptr<Service>> services_;
  std::unique_ptr<Service> all_of_b_;
  BothWrongs wrongs_;
  std::array<std::unique_ptr<Service>, 2> faulty_;  // each side's reading, with its faults
  AnswerReader reader_;
};

}  // namespace assay
