#include "conformance/run/test_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "conformance/cases/moving_state.h"

namespace assay {
namespace {

bool MatchesGlob(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob.front() == '*') {
    return MatchesGlob(glob.substr(1), text) ||
           (!text.empty() && MatchesGlob(glob, text.substr(1)));
  }
  if (text.empty() || (glob.front() != '?' && glob.front() != text.front())) return false;
  return MatchesGlob(glob.substr(1), text.substr(1));
}

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view name) {
  for (const std::string& several : patterns) {
    for (std::size_t from = 0; from <= several.size();) {
      const std::size_t to = std::min(several.find(':', from), several.size());
      if (MatchesGlob(std::string_view(several).substr(from, to - from), name)) return true;
      from = to + 1;
    }
  }
  return false;
}

// No name has a hyphen, which GoogleTest's filters read as "except".
Done CheckPatterns(const std::string& flag, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (!pattern.empty() && pattern.find('-') == std::string::npos) continue;
    return Error{flag, fmt::format("`{}` matches no test: names have letters, digits, dots and "
                                   "underscores; `*` matches any text, as in page.size.*",
                                   pattern)};
  }
  return Ok();
}

Result<Shard> ShardOfFlag(const std::string& text) {
  const std::optional<Shard> shard = ParseShard(text);
  if (shard && shard->index >= 1) return *shard;
  return Error{"--shard",
               fmt::format("`{}` is not a share; write I/N with I from 1 to N, as in 1/4", text)};
}

// GoogleTest counts shards from 0.
Result<Shard> ShardOfEnvironment() {
  const char* total = std::getenv("GTEST_TOTAL_SHARDS");
  const char* index = std::getenv("GTEST_SHARD_INDEX");
  if (!total && !index) return Shard{};
  const int count = ParseInteger(total ? total : "").value_or(0);
  const int from_zero = ParseInteger(index ? index : "").value_or(-1);
  if (from_zero >= 0 && from_zero < count) return Shard{from_zero + 1, count};
  return Error{"GTEST_TOTAL_SHARDS, GTEST_SHARD_INDEX",
               "set both, the index from 0 to the number of shards less one"};
}

}  // namespace

bool TestSelection::Matches(std::string_view name) const {
  return (only.empty() || MatchesAny(only, name)) && !MatchesAny(skip, name);
}

Result<TestSelection> MakeSelection(const std::vector<std::string>& only,
                                    const std::vector<std::string>& skip,
                                    const std::string& shard) {
  const Result<Shard> share = shard.empty() ? ShardOfEnvironment() : ShardOfFlag(shard);
  if (!share) return share.error();
  if (const Done done = CheckPatterns("--only", only); !done) return done.error();
  if (const Done done = CheckPatterns("--skip", skip); !done) return done.error();
  return TestSelection{only, skip, *share};
}

std::size_t RunTests(const std::vector<SuiteTest>& tests, const TestSelection& selection,
                     const std::function<bool(std::size_t)>& run) {
  std::size_t selected = 0;
  std::size_t ran = 0;
  for (std::size_t i = 0; i < tests.size(); ++i) {
    if (!selection.Matches(tests[i].FullName())) continue;
    const std::size_t turn = selected++ % static_cast<std::size_t>(selection.shard.count);
    if (turn + 1 != static_cast<std::size_t>(selection.shard.index)) continue;
    ++ran;
    if (!run(i)) break;
  }
  return ran;
}

TestOutcome RunTest(SuiteContext& context, const SuiteTest& test) {
  TestOutcome outcome;
  if (const auto& lost = context.session.lost()) {
    outcome.SkipFor(Skip::kLost, "the target was lost: " + lost->Text());
    return outcome;
  }
  if (context.session.spent()) {
    context.notes.LeftOut(test.suite);
    outcome.SkipFor(Skip::kSpent, "left out: " + context.session.WhySpent());
    return outcome;
  }
  return RunWhileTheStateMoves(context, test.run);
}

}  // namespace assay
