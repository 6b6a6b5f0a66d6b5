#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reference/findings/answer_digest.h"
#include "reference/wire/message.h"
#include "spec/record/record.h"
#include "spec/record/token_trail.h"

namespace assay {

// A request whose answer gave a token, and where its own token came from.
struct TokenIssuer {
  Request request;
  std::shared_ptr<const TokenIssuer> before;  // nullptr if it has no token of the target
  std::uint64_t role = 0;                     // equal for equal requests after equal ones
};

// One judged exchange of one side of a comparison.
struct SideExchange {
  std::uint64_t id = 0;
  std::string suite, test;
  Request request;
  Response response;  // status 0: not answered
  // The request with its token by its role, so that the two sides of an exchange can be found.
  std::uint64_t role = 0;
  std::shared_ptr<const TokenIssuer> token;  // nullptr if it has none of the target's
  std::uint64_t digest = 0;                  // of the answer; equal if the answers are
  ExchangeVerdict verdict = ExchangeVerdict::kNotJudged;
};

// Keeps what one side answered until it is taken.
class SideLog : public Recorder {
 public:
  void Begin(const RunHeader&) override {}
  void Add(const ExchangeRecord& exchange) override;
  void Add(const Finding&) override {}
  void End(const RunTrailer&) override {}

  // The exchanges since the last call, in the order of judging.
  std::vector<SideExchange> Take();

 private:
  void FindRole(SideExchange& exchange) const;

  std::vector<SideExchange> exchanges_;
  TokenTrail trail_;
  std::uint64_t number_ = 0;                                             // of the exchange
  std::map<std::uint64_t, std::shared_ptr<const TokenIssuer>> issuers_;  // by the exchange
  AnswerReader reader_;
  AnswerDigester digester_;
};

// Two exchanges with the same request. Of those that one side was asked alone, nothing is known:
// walks end where the target ends them.
struct ExchangePair {
  SideExchange a, b;
  bool same() const { return a.digest == b.digest && a.response.status == b.response.status; }
};
std::vector<ExchangePair> PairUp(std::vector<SideExchange> a, std::vector<SideExchange> b,
                                 std::size_t* alone);

}  // namespace assay
