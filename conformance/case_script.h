#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/case_answer.h"
#include "conformance/values.h"
#include "reference/session.h"

namespace assay {

// One case on its way.
struct CaseRun {
  const RuleCase* rule_case = nullptr;
  ConcreteCase made;
  bool sent = false;
  std::optional<CaseAnswer> answer;
};

// The case whose token the case needs, "" for none.
std::string NeededToken(const RuleCase& rule_case);

// Sends cases one after the other. A value of `$token.CASE` becomes the NextToken of the answer to
// that case, `$token.CASE.cut` its first half; a case whose token was not given is not sent. The
// runs outlive the script and hold the answers afterwards.
class CaseScript : public Script {
 public:
  explicit CaseScript(std::vector<CaseRun*> runs) : runs_(std::move(runs)) {}
  bool Next(const Response* previous, Request& request) override;

 private:
  void Keep(CaseRun& run, const Response& response);
  bool FillTokens(Request& request) const;

  std::vector<CaseRun*> runs_;
  std::size_t next_ = 0;
  std::vector<std::pair<std::string, std::string>> tokens_;  // by the name of the case
};

}  // namespace assay
