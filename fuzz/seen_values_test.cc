#include "fuzz/seen_values.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fuzz/exchange_input.h"

namespace assay {
namespace {

TEST(SeenValues, AreSetTogetherHoweverRareTheyAre) {
  SeenValues seen;
  for (int i = 0; i < 100; ++i) seen.Add("PageSize=10\nStatus=all\n");
  seen.Add("PageSize=37\n");
  seen.Add("Tag.1.Value=\xF0\x9F\x98\x80\n");
  bool together = false;
  for (std::uint64_t seed = 0; seed < 500 && !together; ++seed) {
    const auto request = ParseExchangeInput(seen.SetSome("Usage=none\n", seed), "").requests.at(0);
    together = request.Find("PageSize") == "37" && request.Find("Tag.1.Value").has_value();
  }
  EXPECT_TRUE(together);
}

TEST(SeenValues, ChangeNothingBeforeOneWasSeen) {
  EXPECT_EQ(SeenValues().SetSome("reading 0\nUsage=none\n\n", 1), "reading 0\nUsage=none\n\n");
}

TEST(SeenValues, AreThoseOfDocumentedParameters) {
  SeenValues seen;
  seen.Add("Made.Up=1\nAction=No\nTag.17.Key=env\n");
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(seen.SetSome("", seed), "reading 0\nTag.1.Key=env\n\n");
  }
}

TEST(SeenValues, LeaveWalksWhole) {
  SeenValues seen;
  seen.Add("Usage=none\n");
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::string text = seen.SetSome("MaxResults=10\n\nNextToken=$token.last\n\n", seed);
    EXPECT_EQ(ParseExchangeInput(text, "").requests.size(), 2U) << text;
  }
}

TEST(SeenValues, AreBoundedInNumberAndLength) {
  SeenValues seen;
  seen.Add("PageSize=" + std::string(10'000, '9') + "\n");
  for (int i = 0; i < 5'000; ++i)
    seen.Add("N" + std::to_string(i) + "=1\nPageSize=" + std::to_string(i) + "\n");
  std::set<std::string> sizes;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const ExchangeInput input = ParseExchangeInput(seen.SetSome("Usage=none\n", seed), "");
    for (const auto& [name, value] : input.requests.at(0).parameters) {
      if (name == "PageSize") sizes.insert(value);
      EXPECT_LT(value.size(), 10'000U);
    }
  }
  EXPECT_LE(sizes.size(), 512U);
}

}  // namespace
}  // namespace assay
