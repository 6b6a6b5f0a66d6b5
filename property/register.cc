#include "property/register.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

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

class LawTest : public testing::Test {
 public:
  LawTest(const Law& law, Session& session, std::shared_ptr<const Vocabulary> vocabulary,
          std::uint64_t seed)
      : law_(law), session_(session), vocabulary_(std::move(vocabulary)), seed_(seed) {}

  void TestBody() override {
    const LawOutcome outcome = CheckLaw(law_, session_, *vocabulary_, seed_);
    if (outcome.breach) {
      const bool must = Catalogue::Get()[outcome.breach->difference.rule].level == Level::kMust;
      // A broken `should` rule is a warning; the session has it.
      if (must) ADD_FAILURE() << Message(law_, outcome);
      return;
    }
    if (outcome.lost) GTEST_SKIP() << "the target was lost: " << session_.lost()->Text();
  }

 private:
  const Law& law_;
  Session& session_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::uint64_t seed_;
};

}  // namespace

void RegisterProperties(Session& session, const Dataset& dataset, std::uint64_t seed) {
  const auto vocabulary = std::make_shared<const Vocabulary>(dataset);
  for (const Law& law : Laws()) {
    testing::RegisterTest("properties", law.name, nullptr, nullptr, __FILE__, __LINE__,
                          [&session, &law, vocabulary, seed]() -> testing::Test* {
                            return new LawTest(law, session, vocabulary, seed);
                          });
  }
}

}  // namespace assay
