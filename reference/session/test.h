#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reference/session/session.h"
#include "reference/state/dataset.h"

namespace assay {

// Why a test sent nothing.
enum class Skip {
  kNoValue,  // the state holds no value to ask with
  kLeftOut,  // an option of the run leaves it out
  kSpent,    // no request may be sent any more
  kLost      // the target is gone
};

// What one test found.
struct TestOutcome {
  std::vector<std::string> failures;  // one text each: rule, expected, actual and the request
  std::optional<Skip> skip;           // if nothing was sent
  std::string reason;                 // for the skip, in words

  void SkipFor(Skip why, std::string text) {
    skip = why;
    reason = std::move(text);
  }
};

// One test against a target. `suite` and `name`, joined by a dot, are its one name: for --only and
// --skip, in the journal and in GoogleTest. For the tests of rules that is the rule's id.
template <typename Context>
struct BasicTest {
  std::string suite;
  std::string name;
  std::function<TestOutcome(Context&)> run;
  bool alone = false;  // what it uses is not safe for several threads

  std::string FullName() const { return suite + "." + name; }
};

using SessionTest = BasicTest<Session>;

// The tests of a folder for a state; `dataset` outlives them.
using TestSource =
    std::function<std::vector<SessionTest>(const Dataset& dataset, std::uint64_t seed)>;

}  // namespace assay
