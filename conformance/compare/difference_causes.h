#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/compare/side_log.h"
#include "reference/judge/judge.h"
#include "reference/server/service.h"

namespace assay {

// Finds the open questions because of which two targets, both right, answer a request differently:
// those whose answer, changed alone, changes what the reference answers to it.
class DifferenceCauses {
 public:
  // The judges have seen all that there is to see, and outlive this.
  DifferenceCauses(const Judge& a, const Judge& b);

  // Sorted; empty if no question explains the difference. What a token does only when it is used
  // again is not tried. `token` is the origin of the request's token.
  std::vector<Question> Of(const Request& request, const TokenIssuer* token);

 private:
  std::uint64_t Ask(Service& service, const Request& request, const TokenIssuer* token);
  Service& With(std::optional<Question> question);  // A's reading, that question as B's

  const Dataset& dataset_;
  Reading a_, b_;                    // whole
  std::vector<Question> different_;  // in the two
  std::map<std::optional<Question>, std::unique_ptr<Service>> services_;
  std::unique_ptr<Service> all_of_b_;
  AnswerReader reader_;
};

}  // namespace assay
