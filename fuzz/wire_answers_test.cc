#include "fuzz/wire_answers.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(WireAnswers, AreReadOneAfterTheOther) {
  const WireAnswers answers =
      ReadAnswers("HTTP/1.1 100 Continue\r\n\r\n" + kOk +
                      "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                  {"GET", "GET"}, false);
  ASSERT_EQ(answers.whole.size(), 2U);
  EXPECT_EQ(answers.whole[0].response.body, "ok");
  EXPECT_TRUE(answers.whole[0].keeps_alive);
  EXPECT_EQ(answers.whole[1].response.status, 400);
  EXPECT_EQ(answers.problem, "");
  EXPECT_FALSE(answers.is_cut);
}

TEST(WireAnswers, ToHeadHaveNoBody) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
  EXPECT_EQ(ReadAnswers(head, {"HEAD"}, false).whole.size(), 1U);
  EXPECT_TRUE(ReadAnswers(head, {"GET"}, false).is_cut);
}

TEST(WireAnswers, MayEndWithTheConnection) {
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\nall there is";
  EXPECT_TRUE(ReadAnswers(answer, {}, false).is_cut);
  ASSERT_EQ(ReadAnswers(answer, {}, true).whole.size(), 1U);
  EXPECT_FALSE(ReadAnswers(answer, {}, true).whole[0].keeps_alive);
  EXPECT_TRUE(ReadAnswers(kOk.substr(0, kOk.size() - 1), {}, true).is_cut);
  EXPECT_TRUE(ReadAnswers("HTTP/1.1 200", {}, true).is_cut);
}

TEST(WireAnswers, SayWhatIsNone) {
  EXPECT_NE(ReadAnswers(kOk + "<html>", {}, true).problem.find("no HTTP"), std::string::npos);
  EXPECT_NE(ReadAnswers("HTTP/1.1 2x0 OK\r\n\r\n", {}, true).problem.find("malformed"),
            std::string::npos);
  EXPECT_TRUE(ReadAnswers("HTTP/1.1 101 Switching\r\n\r\n\x01\x02", {}, false).changed);
}

}  // namespace
}  // namespace assay
