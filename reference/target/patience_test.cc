#include "reference/target/patience.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using enum Patience::Next;

Result<Response> Answer(int status, std::string body = "") {
  return Response{.status = status, .content_type = "", .body = std::move(body)};
}
Result<Response> Throttled(std::int64_t retry_after_ms = 0) {
  return Response{.status = 503,
                  .content_type = "",
                  .body = R"({"Code":"Throttling.User"})",
                  .retry_after_ms = retry_after_ms};
}

TEST(Patience, TakesAnAnswerAtOnce) {
  EXPECT_EQ(Patience(3).After({}, Answer(200)), kTake);
  EXPECT_EQ(Patience(3).After({}, Answer(404)), kTake);
}

TEST(Patience, TriesAgainAfterFailuresAndThenTakesWhatCame) {
  const Result<Response> broken = Error{"", "closed", ExitCode::kCouldNotJudge};
  Patience patience(3);
  EXPECT_EQ(patience.After({}, Answer(500)), kAgain);
  EXPECT_EQ(patience.After({}, broken), kAgain);
  EXPECT_EQ(patience.After({}, Answer(500)), kTake);
  EXPECT_EQ(Patience(1).After({}, broken), kTake);
}

TEST(Patience, TriesAgainAfterSlowAnswersIfTheyCount) {
  Result<Response> slow = Answer(200);
  slow->latency_us = 4'000'000;
  EXPECT_EQ(Patience(3).After({}, slow), kTake);
  EXPECT_EQ(Patience(3, true).After({}, slow), kAgain);
}

TEST(Patience, HasNoneWithOtherMethods) {
  Request request;
  request.method = "DELETE";
  EXPECT_EQ(Patience(3).After(request, Answer(500)), kTake);
}

TEST(Patience, BearsThrottlingLongerAndWaitsAsItIsAsked) {
  Patience patience(3);
  EXPECT_EQ(patience.After({}, Throttled()), kWait);
  EXPECT_EQ(patience.delay(), std::chrono::milliseconds(200));
  EXPECT_EQ(patience.After({}, Throttled()), kWait);
  EXPECT_EQ(patience.delay(), std::chrono::milliseconds(400));
  EXPECT_EQ(patience.After({}, Throttled(7)), kWait);
  EXPECT_EQ(patience.delay(), std::chrono::milliseconds(7));
  EXPECT_EQ(patience.After({}, Throttled(60'000)), kWait);
  EXPECT_EQ(patience.delay(), std::chrono::milliseconds(10'000));
  for (int i = 5; i < kThrottledTries; ++i) EXPECT_EQ(patience.After({}, Throttled(1)), kWait) << i;
  EXPECT_EQ(patience.After({}, Throttled(1)), kTake);
}

TEST(Patience, EndsHoweverLongEachWaitIs) {
  std::chrono::milliseconds waited{};
  for (Patience patience(3); patience.After({}, Throttled()) == kWait;) waited += patience.delay();
  EXPECT_LE(waited, kLongestWait);
  EXPECT_GT(2 * waited, kLongestWait);
}

// A target may repeat the names and values of a request, also such names.
TEST(Patience, WaitsForACodeAndForNoOtherText) {
  for (const char* body : {R"({"Code":"Throttling.User"})", "{\"Code\" :\n \"Throttling\"}",
                           "<Error><RequestId>x</RequestId><Code>Throttling.Api</Code></Error>"}) {
    EXPECT_EQ(Patience(3).After({}, Answer(400, body)), kWait) << body;
  }
  for (const char* body :
       {R"({"Code":"InvalidParameter","Message":"There is no Throttling.User."})",
        R"({"Code":"InvalidParameter","Message":"Throttling"})",
        R"({"Code":"InvalidParameter","Message":"a \"Code\":\"Throttling\""})",
        "<Error><Code>InvalidParameter</Code><Message>Throttling</Message></Error>"}) {
    EXPECT_EQ(Patience(3).After({}, Answer(400, body)), kTake) << body;
  }
}

}  // namespace
}  // namespace assay
