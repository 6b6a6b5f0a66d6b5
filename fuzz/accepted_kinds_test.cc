#include "fuzz/accepted_kinds.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fuzz/exchange_input.h"

namespace assay {
namespace {

Request Asking(std::vector<Parameter> parameters) {
  Request request;
  request.parameters = std::move(parameters);
  return request;
}

TEST(AcceptedKinds, ComeToEveryPageSizeInTurn) {
  AcceptedKinds kinds;
  EXPECT_EQ(kinds.ResizeNext(), "");
  for (std::uint64_t kind = 0; kind < 300; ++kind) {
    kinds.Keep(kind, Asking({{"SnapshotName", std::to_string(kind)}}));
  }
  kinds.Keep(300, Asking({{"Tag.1.Value", "\xF0\x9F\x98\x80"}}));
  std::set<std::string> sizes;
  for (int turn = 0; turn < 150 * 301; ++turn) {
    const auto input = ParseExchangeInput(kinds.ResizeNext(), "");
    ASSERT_EQ(input.requests.size(), 1U);
    const auto size = input.requests[0].Find("PageSize");
    if (size && input.requests[0].Find("Tag.1.Value")) sizes.insert(std::string(*size));
  }
  EXPECT_EQ(sizes.size(), 100U);
}

TEST(AcceptedKinds, AreThoseOfTheFewestParameters) {
  AcceptedKinds kinds;
  const auto kept = [&] { return ParseExchangeInput(kinds.ResizeNext(), "").requests.at(0); };
  kinds.Keep(7, Asking({{"Usage", "none"}, {"Status", "all"}}));
  EXPECT_TRUE(kept().Find("Status"));
  kinds.Keep(7, Asking({{"Usage", "image"}}));
  kinds.Keep(7, Asking({{"Usage", "disk"}}));
  kinds.Keep(7, Asking({{"Usage", "none"}, {"Category", "all"}}));
  EXPECT_EQ(kept().Find("Usage"), "image");
  EXPECT_FALSE(kept().Find("Status"));
}

TEST(AcceptedKinds, DoNotGoOnFromAToken) {
  AcceptedKinds kinds;
  kinds.Keep(1, Asking({{"Usage", "none"}, {"NextToken", "abc"}}));
  EXPECT_EQ(kinds.ResizeNext(), "");
}

TEST(AcceptedKinds, AreBounded) {
  AcceptedKinds kinds;
  for (std::uint64_t kind = 0; kind < 10'000; ++kind) kinds.Keep(kind, Asking({{"Usage", "none"}}));
  kinds.Keep(10'000, Asking({{"Usage", std::string(100'000, 'x')}}));
  kinds.Keep(0, Asking({}));
  EXPECT_FALSE(ParseExchangeInput(kinds.ResizeNext(), "").requests.at(0).Find("Usage"));
  std::string inputs;
  for (int turn = 0; turn < 4095; ++turn) inputs += kinds.ResizeNext();
  EXPECT_TRUE(ParseExchangeInput(kinds.ResizeNext(), "").requests.at(0).Find("PageSize"));
  EXPECT_LT(inputs.size(), 4096U * 64);
}

}  // namespace
}  // namespace assay
