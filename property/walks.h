#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "reference/observed.h"
#include "reference/session.h"

namespace assay {

// Pages that a walk reads at the most; a longer one is left unfinished.
inline constexpr std::size_t kMostPages = 100;

// Asks for page 1, 2, … of a list by number until one is not full.
class PageWalk : public Script {
 public:
  PageWalk(Request request, std::size_t page_size);
  bool Next(const Response* previous, Request& request) override;

 private:
  Request request_;
  std::size_t page_size_;
  std::size_t page_ = 0;
  AnswerReader reader_;
};

// Follows the NextToken of a list to its end.
class TokenWalk : public Script {
 public:
  TokenWalk(Request request, std::size_t max_results);
  bool Next(const Response* previous, Request& request) override;

 private:
  Request request_;
  std::size_t page_ = 0;
};

// What a walk listed.
struct Listing {
  bool answered = false;         // the first page came, as a list or a refusal
  bool refused = false;          // the first page was refused
  bool complete = false;         // the walk came to its end
  bool sound = true;             // the judge found no page wrong
  std::vector<std::string> ids;  // in the order listed
  JudgedExchange first, last;    // exchanges of the walk
};
Listing ListingOf(const ScriptResult& result);

}  // namespace assay
