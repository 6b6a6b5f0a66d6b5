#include "fuzz/hints.h"

#include <gtest/gtest.h>

#include "fuzz/exchange_input.h"
#include "fuzz/mutator.h"

namespace assay {
namespace {

std::string NamedBy(std::string_view code, std::string_view message) {
  ObservedAnswer refusal;
  refusal.code = {ObservedValue::Kind::kText, code};
  refusal.message = {ObservedValue::Kind::kText, message};
  return NamedParameter(refusal);
}

TEST(Hints, AreParametersThatARefusalNames) {
  EXPECT_EQ(NamedBy("InvalidParameter", "The specified PageSize is not valid."), "PageSize");
  EXPECT_EQ(NamedBy("InvalidSnapshotIds.Malformed", "The list is wrong."), "SnapshotIds");
  EXPECT_EQ(NamedBy("InvalidParameter", "Tag.N.Key is too long."), "Tag.1.Key");
  EXPECT_EQ(NamedBy("Throttling", "Slow down."), "");
}

TEST(Hints, AreKeptByInput) {
  RememberHint("one", {2, "PageSize"});
  ASSERT_TRUE(FindHint("one").has_value());
  EXPECT_EQ(FindHint("one")->request, 2U);
  EXPECT_FALSE(FindHint("another").has_value());
}

TEST(Hints, SayWhatToChange) {
  const Dataset dataset = GenerateDataset(20, 1);
  int changed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::string mutated =
        MutateExchange("Status=failed\n\n", dataset, seed, Hint{0, "SnapshotLinkId"});
    const ExchangeInput input = ParseExchangeInput(mutated, "");
    changed += !input.requests.empty() && input.requests[0].Find("SnapshotLinkId") ? 1 : 0;
  }
  EXPECT_GT(changed, 35);
}

}  // namespace
}  // namespace assay
