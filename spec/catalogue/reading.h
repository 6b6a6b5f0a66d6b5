#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "spec/catalogue/ids.h"
#include "spec/text/result.h"

namespace assay {

// A complete or partial choice of options: what a reading file holds.
struct Reading {
  std::string name;
  std::vector<std::pair<Question, Option>> pins;
  // If it is not 0: questions that are not pinned are answered by situation, as this seed draws.
  std::uint64_t situations = 0;
};

// "documented" and "observed" are built in, and "situations_SEED", under which the options depend
// on the situation as SEED draws them; anything else is the path of a reading file:
// {"format": "assay-reading/1", "name": …, "pins": {QUESTION: OPTION}}. Errors name file and key.
Result<Reading> LoadReading(const std::string& name_or_file);

}  // namespace assay
