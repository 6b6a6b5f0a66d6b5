#include "property/register.h"

#include <fmt/format.h>

#include <memory>
#include <sstream>

#include "property/laws.h"

namespace assay {
namespace {

std::string Message(const Law& law, const LawOutcome& outcome) {
  const Breach& breach = *outcome.breach;
  std::ostringstream cases;
  showValue(*outcome.counterexample, cases);
  return fmt::format("{}\n  rule: {}\n  expected: {}\n  actual: {}\n  exchange: {}\n{}",
                     law.statement, Id(breach.difference.rule), breach.difference.expected,
                     breach.difference.actual, breach.exchange.id, cases.str());
}

TestOutcome RunLaw(const Law& law, Session& session, const Vocabulary& vocabulary,
                   std::uint64_t seed) {
  const LawOutcome outcome = CheckLaw(law, session, vocabulary, seed);
  if (outcome.breach) {
    const bool must = Catalogue::Get()[outcome.breach->difference.rule].level == Level::kMust;
    // A broken `should` rule is a warning, which the session already has.
    if (must) return {.failures = {Message(law, outcome)}};
  } else if (outcome.lost) {
    return {.skip = Skip::kLost, .reason = "the target was lost: " + session.lost()->Text()};
  }
  return {};
}

}  // namespace

std::vector<SessionTest> PropertyTests(const Dataset& dataset, std::uint64_t seed) {
  const auto vocabulary = std::make_shared<const Vocabulary>(dataset);
  std::vector<SessionTest> out;
  for (const Law& law : Laws()) {
    out.push_back({"properties", law.name,
                   [&law, vocabulary, seed](Session& session) {
                     return RunLaw(law, session, *vocabulary, seed);
                   },
                   true});
  }
  return out;
}

}  // namespace assay
