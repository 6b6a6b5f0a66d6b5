#pragma once

#include <deque>
#include <iterator>
#include <optional>
#include <string>

#include "reference/judge/judge.h"
#include "reference/wire/message.h"

namespace assay {

// Finds two wrong answers each of which is right for the other's request: they were exchanged on
// their way. Only the latest few are remembered, and only so many pairs are tried in a run.
class ExchangedAnswers {
 public:
  // Takes a wrong answer. If one before it belongs to this request, and this one to that: the text
  // of that request.
  std::optional<std::string> PartnerOf(const Request& request, const Response& response,
                                       const AnswerState& state, const Judge& judge);

 private:
  struct Wrong {
    Request request;
    Response response;
  };
  bool IsRight(const Request& request, const Response& response, const AnswerState& state,
               const Judge& judge);

  std::deque<Wrong> latest_;
  ExchangeReader reader_;
  int tried_ = 0;
};

}  // namespace assay
