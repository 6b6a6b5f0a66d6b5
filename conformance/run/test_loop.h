#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/cases/suite_context.h"
#include "spec/text/shard.h"

namespace assay {

// Which tests run: those whose full name matches a pattern of `only`, if there is any, and none of
// `skip`. In patterns `*` matches any text and `?` a character; a colon separates several. The
// shard counts the tests that are left.
struct TestSelection {
  std::vector<std::string> only, skip;
  Shard shard;

  bool Matches(std::string_view name) const;
  bool IsWhole() const { return only.empty() && skip.empty() && shard.count == 1; }
};

// Checks the values of --only, --skip and --shard; without --shard, GoogleTest's variables for
// shards count. The Error names the flag.
Result<TestSelection> MakeSelection(const std::vector<std::string>& only,
                                    const std::vector<std::string>& skip, const std::string& shard);

// Calls `run` with the position of each selected test until it returns false; the number of calls.
std::size_t RunTests(const std::vector<SuiteTest>& tests, const TestSelection& selection,
                     const std::function<bool(std::size_t)>& run);

// Runs one test, again if the state of the target changed during it. It is skipped if the target
// was lost, or if no request may be sent any more; the context's notes count the latter.
TestOutcome RunTest(SuiteContext& context, const SuiteTest& test);

}  // namespace assay
