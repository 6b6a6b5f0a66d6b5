#include "fuzz/recorded_walks.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay {
namespace {

// The exchanges of one record, by their parameters and the token of the answer.
class Record {
 public:
  explicit Record(std::size_t most = 100) : walks_(most) {}

  Record& Add(std::vector<Parameter> parameters, const std::string& token = "") {
    walks_.Add(
        {.id = ++last_, .request = {.parameters = std::move(parameters)}, .next_token = token});
    return *this;
  }
  RecordedWalks& walks() { return walks_; }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (const ExchangeInput& input : walks_.Finish()) texts.push_back(WriteExchangeInput(input));
    return texts;
  }

 private:
  RecordedWalks walks_;
  std::uint64_t last_ = 0;
};

using Texts = std::vector<std::string>;

TEST(RecordedWalks, PutPagesBehindEachOther) {
  Record record;
  record.Add({{"MaxResults", "2"}}, "tokenA")
      .Add({{"Status", "failed"}})
      .Add({{"NextToken", "tokenA"}}, "tokenB")
      .Add({{"NextToken", "tokenB"}});
  EXPECT_EQ(record.Texts(), (Texts{"reading 0\nStatus=failed\n\n",
                                   "reading 0\nMaxResults=2\n\nNextToken=$token.1\n\n"
                                   "NextToken=$token.2\n\n"}));
}

TEST(RecordedWalks, CountEqualRequestsOnce) {
  Record record;
  record.Add({{"Status", "all"}}).Add({{"Status", "all"}});
  EXPECT_EQ(record.Texts().size(), 1U);
  EXPECT_EQ(record.walks().equal(), 1U);
}

TEST(RecordedWalks, TakeTheTokenOfAnEqualRequestForTheSameWalk) {
  Record record;
  record.Add({{"MaxResults", "2"}}, "first").Add({{"MaxResults", "2"}}, "second");
  record.Add({{"NextToken", "first"}}).Add({{"NextToken", "second"}});
  EXPECT_EQ(record.Texts(), Texts{"reading 0\nMaxResults=2\n\nNextToken=$token.1\n\n"});
}

TEST(RecordedWalks, PartWhereRequestsDiffer) {
  Record record;
  record.Add({{"MaxResults", "2"}}, "tokenA").Add({{"NextToken", "tokenA"}});
  record.Add({{"NextToken", "tokenA"}, {"Status", "all"}});
  EXPECT_EQ(record.Texts().size(), 2U);
}

TEST(RecordedWalks, NameHalfATokenAndLeaveOthersAsTheyAre) {
  Record record;
  record.Add({{"MaxResults", "2"}}, "abcde");
  record.Add({{"NextToken", "abc"}}).Add({{"NextToken", "ab"}}).Add({{"NextToken", "other"}});
  EXPECT_EQ(record.Texts(),
            (Texts{"reading 0\nMaxResults=2\n\nNextToken=$token.1.cut\n\n",
                   "reading 0\nNextToken=ab\n\n", "reading 0\nNextToken=other\n\n"}));
}

TEST(RecordedWalks, EndAtTheMostRequestsOfAnInput) {
  Record record;
  record.Add({{"MaxResults", "1"}}, "token1");
  for (int page = 1; page < 12; ++page) {
    record.Add({{"NextToken", "token" + std::to_string(page)}}, "token" + std::to_string(page + 1));
  }
  const Texts texts = record.Texts();
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(ParseExchangeInput(texts[0], "").requests.size(), kMostRequests);
  EXPECT_EQ(record.walks().deep(), 4U);
}

TEST(RecordedWalks, KeepNoMoreThanAsked) {
  Record record(3);
  for (int size = 0; size < 5; ++size) record.Add({{"PageSize", std::to_string(size)}});
  EXPECT_EQ(record.Texts().size(), 3U);
  EXPECT_EQ(record.walks().beyond(), 2U);
}

}  // namespace
}  // namespace assay
