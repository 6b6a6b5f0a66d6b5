#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reference/judge/exchange.h"
#include "reference/judge/verdict.h"
#include "reference/watch/page_walk.h"

namespace assay {

// A sequence of requests in which each may depend on the answer before it.
class Script {
 public:
  virtual ~Script() = default;
  // Fills in the next request; false when there is none. `previous` is the last exchange, nullptr
  // for the first call and if there was no answer. It has no id yet.
  virtual bool Next(const Exchange* previous, Request& request) = 0;
};

// Sends fixed requests.
class FixedScript : public Script {
 public:
  explicit FixedScript(std::vector<Request> requests) : requests_(std::move(requests)) {}
  explicit FixedScript(Request request) : requests_{std::move(request)} {}
  bool Next(const Exchange*, Request& request) override;

 private:
  std::vector<Request> requests_;
  std::size_t next_ = 0;
};

// Sends the pages of a list.
class PageScript : public Script {
 public:
  explicit PageScript(PageWalk walk) : walk_(std::move(walk)) {}
  bool Next(const Exchange* previous, Request& request) override;

 private:
  PageWalk walk_;
};

// One exchange after it was judged.
struct JudgedExchange {
  std::uint64_t id = 0;
  Request request;
  bool answered = false;
  int status = 0;
  Verdict verdict;
  AnswerState state;
};

using ScriptResult = std::vector<JudgedExchange>;  // in the order sent

// Who sends: for the journal.
struct Origin {
  std::string suite;
  std::string test;
};

}  // namespace assay
