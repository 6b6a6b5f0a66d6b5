#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "reference/dataset.h"
#include "reference/session.h"

namespace assay {

// What one test found.
struct TestOutcome {
  std::vector<std::string> failures;  // rule, expected, actual and the request, a text each
  std::string skipped;                // why nothing was sent, "" otherwise
};

// One test against a target, whichever folder it comes from. `suite` and `name`, joined by a dot,
// are what --only and --skip match.
struct TargetTest {
  std::string suite;
  std::string name;
  std::function<TestOutcome(Session&)> run;
};

// The tests of a folder for a state; the dataset outlives them.
using TargetTests =
    std::function<std::vector<TargetTest>(const Dataset& dataset, std::uint64_t seed)>;

}  // namespace assay
