#include "spec/record/token_trail.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(TokenReference, NamesAnAnswerByNumberOrName) {
  const auto second = ParseTokenReference(TokenOfAnswer(2));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->number(), 2u);
  EXPECT_FALSE(second->cut);
  const auto of_case = ParseTokenReference("$token.first_page.cut");
  ASSERT_TRUE(of_case);
  EXPECT_EQ(of_case->answer, "first_page");
  EXPECT_EQ(of_case->number(), 0u);
  EXPECT_TRUE(of_case->cut);
}

TEST(TokenReference, IsNoOtherText) {
  for (const char* text :
       {"", "$token", "$token.", "$token.cut.", "token.2", "$token.A", "$token.2 "}) {
    EXPECT_FALSE(ParseTokenReference(text)) << text;
  }
}

TEST(GivenTokens, StandInPlaceOfWhatRefersToThem) {
  GivenTokens tokens;
  tokens.Add("1", "older");
  tokens.Add("1", "abcde");
  Request request;
  request.parameters = {{"NextToken", "$token.1"}, {"X", "$token.1.cut"}, {"Y", "$token"}};
  EXPECT_TRUE(tokens.Substitute(request));
  EXPECT_EQ(request.Text(), "NextToken=abcde&X=abc&Y=%24token");
}

TEST(GivenTokens, SayThatOneWasNotGiven) {
  GivenTokens tokens;
  tokens.Add("1", "");
  for (const char* value : {"$token.1", "$token.1.cut", "$token.2"}) {
    Request request;
    request.Set("NextToken", value);
    EXPECT_FALSE(tokens.Substitute(request)) << value;
    EXPECT_EQ(request.Find("NextToken"), "");
  }
}

Request With(const char* name, const char* value) {
  Request request;
  request.Set(name, value);
  return request;
}

TEST(TokenTrail, LeadsBackToTheFirstPage) {
  TokenTrail trail;
  trail.Add(3, Request{}, "second");
  trail.Add(5, With("NextToken", "second"), "third");
  trail.Add(8, With("nexttoken", "thi"), "");
  trail.Add(9, With("NextToken", "made up"), "");
  EXPECT_EQ(trail.Complete({8}), (std::set<std::uint64_t>{3, 5, 8}));
  EXPECT_EQ(trail.Complete({9}), std::set<std::uint64_t>{9});
  EXPECT_EQ(trail.Complete({3, 99}), (std::set<std::uint64_t>{3, 99}));
  EXPECT_TRUE(trail.Knows(Request{}));
  EXPECT_TRUE(trail.Knows(With("NextToken", "second")));
  EXPECT_FALSE(trail.Knows(With("NextToken", "secondary")));
  EXPECT_TRUE(trail.Knows(With("PageSize", "secondary")));
}

TEST(TokenTrail, TellsHowATokenWasCut) {
  TokenTrail trail;
  trail.Add(3, Request{}, "second");
  EXPECT_EQ(trail.OriginOf("second")->missing, 0u);
  EXPECT_EQ(trail.OriginOf("sec")->exchange, 3u);
  EXPECT_EQ(trail.OriginOf("sec")->missing, 3u);
  EXPECT_FALSE(trail.OriginOf(""));
}

}  // namespace
}  // namespace assay
