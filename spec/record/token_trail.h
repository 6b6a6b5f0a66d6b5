#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "spec/record/request.h"

namespace assay {

// Stands for the NextToken that an earlier answer gives: `$token.2` for that of the second answer
// of a sequence, `$token.first` for that of the answer to the case of that name, `$token.2.cut` for
// the first half of it. Cases, properties, inputs of fuzzers, findings and journals write it so.
struct TokenReference {
  std::string answer;  // "2", "first"
  bool cut = false;

  // 2 of "2"; 0 of a name.
  std::size_t number() const;
};

// "$token.2" of 2.
std::string TokenOfAnswer(std::size_t answer);
// What the text refers to; nothing if it is any other text.
std::optional<TokenReference> ParseTokenReference(std::string_view text);

// The tokens that the answers of one sequence gave.
class GivenTokens {
 public:
  // The newest of a name counts; "" if the answer gave none.
  void Add(std::string answer, std::string token) { tokens_[std::move(answer)] = std::move(token); }
  // The token, or its half; "" if it was not given.
  std::string Of(const TokenReference& reference) const;
  // Puts the tokens in place of what refers to them. False if a token was not given: then "" stands
  // there.
  bool Substitute(Request& request) const;

 private:
  std::map<std::string, std::string, std::less<>> tokens_;  // by answer
};

// Knows which answer gave the token that a later request uses, whole or cut, so that a walk can be
// sent again from its beginning.
class TokenTrail {
 public:
  struct Origin {
    std::uint64_t exchange = 0;
    std::size_t missing = 0;  // bytes at the end that were cut off
  };

  // Takes exchanges in their order, each with the token that its answer gives, "" for none.
  void Add(std::uint64_t exchange, const Request& request, const std::string& next_token);
  // Where a token comes from; nothing if no answer so far gave it, or one that begins with it.
  std::optional<Origin> OriginOf(const std::string& token) const;
  // Whether all tokens that the request uses came with answers that were taken.
  bool Knows(const Request& request) const;
  // The exchanges, and all that their tokens come from.
  std::set<std::uint64_t> Complete(std::set<std::uint64_t> exchanges) const;

 private:
  std::map<std::string, std::uint64_t> issuers_;      // by token; sorted: some are sent cut
  std::map<std::uint64_t, std::uint64_t> came_from_;  // by the exchange that uses one
};

}  // namespace assay
