#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "fuzz/exchange_input.h"
#include "spec/record/record.h"
#include "spec/record/token_trail.h"

namespace assay {

// The requests of one record, each behind those that gave the token it uses: `$token.N` then stands
// for that. Equal ones count once.
class RecordedWalks {
 public:
  // Keeps so many requests.
  explicit RecordedWalks(std::size_t most) : most_(most) {}

  // The next exchange of the record.
  void Add(const ExchangeRecord& exchange);
  // An input for each request that no other one goes on from.
  std::vector<ExchangeInput> Finish();

  // Requests that were left out: equal to earlier ones; too far behind the first page, or behind
  // one that is left out; and more than are kept.
  std::size_t equal() const { return equal_; }
  std::size_t deep() const { return deep_; }
  std::size_t beyond() const { return beyond_; }

 private:
  struct Step {
    Request request;
    std::size_t before = 0;  // the step whose token it uses; 0 for none
    std::size_t length = 1;  // of the walk up to here
    bool goes_on = false;
  };
  std::size_t PutBehindItsLike(Request& request) const;
  std::size_t StepOf(Request request);

  const std::size_t most_;
  std::vector<Step> steps_{1};                              // the first stands for none
  std::unordered_map<std::string, std::size_t> known_;      // by what they ask behind what
  std::unordered_map<std::uint64_t, std::size_t> step_of_;  // by exchange
  TokenTrail trail_;
  std::size_t token_bytes_ = 0;
  std::size_t equal_ = 0, deep_ = 0, beyond_ = 0;
};

}  // namespace assay
