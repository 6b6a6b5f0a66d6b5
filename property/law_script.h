#pragma once

#include <string>

#include "property/generators.h"
#include "reference/session/session.h"
#include "spec/record/token_trail.h"

namespace assay {

// Sends the requests of a case one after the other, with the tokens of the earlier answers in place
// of what refers to them (if there is none, the request goes without).
class LawScript : public Script {
 public:
  explicit LawScript(std::vector<Request> requests) : requests_(std::move(requests)) {}
  bool Next(const Exchange* previous, Request& request) override;

 private:
  void PutTokenIn(Request& request) const;

  std::vector<Request> requests_;
  GivenTokens tokens_;  // "first" and "last"
  bool has_token_ = false;
  std::size_t next_ = 0;
};

}  // namespace assay
