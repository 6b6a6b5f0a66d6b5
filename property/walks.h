#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "reference/session/script.h"

namespace assay {

// Asks for page 1, 2, … of a list until one is not full, or for 100 pages.
std::unique_ptr<Script> WalkByNumber(Request request, std::int64_t page_size);
// Follows the NextToken of a list to its end, or for 100 pages.
std::unique_ptr<Script> WalkByToken(Request request, std::int64_t max_results);

// What a walk listed.
struct WalkResult {
  bool answered = false;         // the first page came, as a list or a refusal
  bool refused = false;          // the first page was refused
  bool complete = false;         // the walk came to its end
  bool sound = true;             // the judge found no page wrong
  std::vector<std::string> ids;  // in the order listed
  JudgedExchange first, last;    // exchanges of the walk
};
WalkResult WalkResultOf(const ScriptResult& result);

}  // namespace assay
