#include "fuzz/mutator.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fuzz/exchange_input.h"

namespace assay {
namespace {

constexpr const char* kPages = "reading 0\nPageSize=7\n\nPageSize=7\nNextToken=$token.1\n\n";

TEST(ExchangeInputs, SendNoBodyWithAGet) {
  for (const char* method : {"@GET form", "@POS form", "@ split"}) {
    const auto input = ParseExchangeInput(std::string(method) + "\nPageSize=1\n");
    ASSERT_EQ(input.requests.size(), 1U) << method;
    EXPECT_EQ(input.requests[0].placement, Placement::kQuery) << method;
  }
  EXPECT_EQ(ParseExchangeInput("@POST form\nPageSize=1\n").requests[0].placement, Placement::kForm);
}

TEST(ExchangeInput, NeverAsksForAnotherOperation) {
  const auto action = [](const char* value) {
    const auto input = ParseExchangeInput(std::string("RegionId=r\nAction=") + value + "\n");
    return std::string(input.requests.at(0).Find("Action").value_or("none"));
  };
  for (const char* other : {"DeleteSnapshot", "DescribeSnapshotLinks", "DescribeDisks",
                            " describeDisks", "x-DeleteDisk", "deletesnapshot"}) {
    EXPECT_EQ(action(other), "DescribeSnapshots") << other;
  }
  for (const char* none :
       {"", "1", "DescribeSnap", "describesnapshots", "NoSuchActionAtAll", "Del"}) {
    EXPECT_EQ(action(none), none);
  }
  const auto lower = ParseExchangeInput("action=DeleteSnapshot\nPageSize=1\n");
  EXPECT_FALSE(lower.requests.at(0).Find("action"));
}

TEST(Inputs, AreReadBackAsTheyAreWritten) {
  ExchangeInput input = ParseExchangeInput(kPages, "");
  ASSERT_EQ(input.requests.size(), 2U);
  EXPECT_EQ(input.requests[1].Find("NextToken"), "$token.1");
  EXPECT_EQ(WriteExchangeInput(input), kPages);
}

TEST(ExchangeInput, KeepsWhatALineCannotHold) {
  for (const char* value : {"a\nb", "\n\nStatus=all", "\r\n", "\\n", "\\", "a\\\\\nb", "\\t"}) {
    Request request;
    request.Set("Usage", value);
    const auto read = ParseExchangeInput(WriteExchangeInput({.requests = {request}}), "");
    ASSERT_EQ(read.requests.size(), 1U) << value;
    EXPECT_EQ(read.requests[0].parameters, request.parameters) << value;
  }
  EXPECT_EQ(ParseExchangeInput("Usage=C:\\temp\n", "").requests[0].Find("Usage"), "C:\\temp");
}

TEST(Inputs, AreCompletedForTheRegion) {
  const ExchangeInput input = ParseExchangeInput(kPages, "cn-beijing");
  EXPECT_EQ(input.requests[0].Find("RegionId"), "cn-beijing");
  EXPECT_EQ(input.requests[0].Find("Action"), "DescribeSnapshots");
}

TEST(Mutations, ComeToEverySizeOfPage) {
  std::map<std::string, std::set<std::string>> numbers;
  const auto resize = [&](std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t step = from; step < to; ++step) {
      const ExchangeInput input =
          ParseExchangeInput(ResizePage("Usage=none\n\nStatus=all\n", step), "");
      ASSERT_EQ(input.requests.size(), 1U);
      ASSERT_EQ(input.requests[0].parameters.size(), 2U);
      const Parameter& given = input.requests[0].parameters[1];
      numbers[given.name].insert(given.value);
    }
  };
  resize(0, 150);
  EXPECT_EQ(numbers["PageSize"].size(), 100U);
  resize(150, 300);
  EXPECT_EQ(numbers["MaxResults"].size(), 100U);
  resize(300, 600);
  EXPECT_EQ(numbers["PageNumber"].size(), 100U);
  EXPECT_EQ(ParseExchangeInput(ResizePage(kPages, 1), "").requests.size(), 2U);
}

TEST(Mutations, AreDifferentAndStayInputs) {
  const Dataset dataset = GenerateDataset(20, 1);
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string mutated = MutateExchange(kPages, dataset, seed);
    EXPECT_EQ(MutateExchange(kPages, dataset, seed), mutated);
    EXPECT_FALSE(ParseExchangeInput(mutated, "").requests.empty());
    seen.insert(mutated);
  }
  EXPECT_GT(seen.size(), 100U);
}

TEST(Crossings, TakeFromBoth) {
  const char* other = "reading 0\nStatus=failed\nUsage=none\n\n";
  bool joined = false, mixed = false;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const Request& request :
         ParseExchangeInput(CrossExchanges(kPages, other, seed), "").requests) {
      joined |= request.Find("Status") && request.Find("Usage") && !request.Find("PageSize");
      mixed |= request.Find("PageSize") && (request.Find("Status") || request.Find("Usage"));
    }
  }
  EXPECT_TRUE(joined);
  EXPECT_TRUE(mixed);
  EXPECT_EQ(CrossExchanges(kPages, "", 1), kPages);
}

}  // namespace
}  // namespace assay
