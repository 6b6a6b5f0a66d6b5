#pragma once

#include <string>

#include "property/generators.h"
#include "reference/session.h"

namespace assay {

// Sends the requests of a case one after the other, with the tokens of the earlier answers in place
// of kLastToken, kFirstToken and kCutToken (where there is none, the request goes without).
class LawScript : public Script {
 public:
  explicit LawScript(std::vector<Request> requests) : requests_(std::move(requests)) {}
  bool Next(const Response* previous, Request& request) override;

 private:
  void PutTokenIn(Request& request) const;

  std::vector<Request> requests_;
  std::vector<std::string> tokens_;
  std::size_t next_ = 0;
};

}  // namespace assay
