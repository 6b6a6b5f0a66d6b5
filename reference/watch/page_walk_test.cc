#include "reference/watch/page_walk.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

ObservedAnswer PageWith(std::string_view token) {
  ObservedAnswer page;
  page.next_token = {ObservedValue::Kind::kText, token};
  return page;
}

// The texts of the requests of a walk whose pages come with these tokens.
std::vector<std::string> Walked(PageWalk& walk, const std::vector<std::string_view>& tokens) {
  std::vector<std::string> out;
  Request request;
  if (!walk.Next(nullptr, request)) return out;
  out.push_back(request.Text());
  for (const std::string_view token : tokens) {
    const ObservedAnswer page = PageWith(token);
    if (!walk.Next(&page, request)) break;
    out.push_back(request.Text());
  }
  return out;
}

TEST(PageWalk, CountsPagesAsLongAsTheyAreWanted) {
  int seen = 0;
  PageWalk walk({}, PageWalk::By::kNumber, {20}, [&](const ObservedAnswer&) { return ++seen < 3; });
  EXPECT_EQ(Walked(walk, {"", "", "", ""}),
            (std::vector<std::string>{"PageNumber=1&PageSize=20", "PageNumber=2&PageSize=20",
                                      "PageNumber=3&PageSize=20"}));
  EXPECT_EQ(walk.asked(), 3u);
}

TEST(PageWalk, FollowsTokensWithTheSizesInTurn) {
  PageWalk walk({}, PageWalk::By::kToken, {10, 33}, [](const ObservedAnswer&) { return true; });
  EXPECT_EQ(Walked(walk, {"a", "b", "", "c"}),
            (std::vector<std::string>{"MaxResults=10", "MaxResults=33&NextToken=a",
                                      "MaxResults=10&NextToken=b"}));
}

TEST(PageWalk, EndsIfThereIsNoAnswer) {
  PageWalk walk({}, PageWalk::By::kNumber, {1}, [](const ObservedAnswer&) { return true; });
  Request request;
  EXPECT_TRUE(walk.Next(nullptr, request));
  EXPECT_FALSE(walk.Next(nullptr, request));
}

TEST(PageWalk, KeepsTheOrderOfParametersThatTheListHas) {
  Request list = WholeList("cn-hangzhou", "JSON");
  list.Set("PageSize", "5");
  PageWalk walk(list, PageWalk::By::kNumber, {5}, [](const ObservedAnswer&) { return true; });
  EXPECT_EQ(Walked(walk, {}),
            std::vector<std::string>{"Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&"
                                     "PageSize=5&PageNumber=1"});
}

}  // namespace
}  // namespace assay
