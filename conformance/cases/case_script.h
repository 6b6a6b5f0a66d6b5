#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conformance/cases/case_answer.h"
#include "conformance/cases/case_maker.h"
#include "reference/session/session.h"
#include "spec/record/token_trail.h"

namespace assay {

// One case on its way.
struct CaseRun {
  const RuleCase* rule_case = nullptr;
  ConcreteCase made;
  bool sent = false;
  std::optional<CaseAnswer> answer;
};

// The cases of a script each. One that needs a token, or a nonce that was used, goes into the
// script of the case that gets or uses it; every other one has its own, so that they go side by
// side.
using CaseGroups = std::vector<std::vector<CaseRun*>>;
void AddToGroups(CaseRun* run, CaseGroups& groups);

// Sends cases one after the other, with the tokens of the earlier ones (spec/record/token_trail.h);
// a case whose token was not given is not sent. The runs outlive the script and hold the answers
// afterwards.
class CaseScript : public Script {
 public:
  explicit CaseScript(std::vector<CaseRun*> runs) : runs_(std::move(runs)) {}
  bool Next(const Exchange* previous, Request& request) override;

 private:
  void Keep(CaseRun& run, const ObservedAnswer& answer);

  std::vector<CaseRun*> runs_;
  std::size_t next_ = 0;
  GivenTokens tokens_;  // by the name of the case
};

}  // namespace assay
