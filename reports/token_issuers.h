#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "spec/record.h"

namespace assay {

// Knows which exchange gave the token that a later one uses, so that a walk can be sent again from
// its beginning.
class TokenIssuers {
 public:
  // Takes the exchanges of a record in their order.
  void Take(const ExchangeRecord& exchange);
  // Whether all tokens that the exchange uses, whole or cut, came with exchanges that were taken.
  bool Know(const ExchangeRecord& exchange) const;
  // The exchanges, and all that their tokens come from.
  std::set<std::uint64_t> Complete(std::set<std::uint64_t> exchanges) const;

 private:
  // Of the token, or of one that it was cut from; 0 where there is none.
  std::uint64_t IssuerOf(const std::string& token) const;

  std::map<std::string, std::uint64_t> issuers_;      // by token; sorted: some are sent cut
  std::map<std::uint64_t, std::uint64_t> came_from_;  // by the exchange that uses one
};

}  // namespace assay
