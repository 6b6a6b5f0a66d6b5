#include "fuzz/direct_target.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string_view>

#include "reference/wire/transport_failure.h"

namespace assay {
namespace {

std::string g_request;  // that came last
std::string g_answer;   // to every request
const auto g_trace = std::make_shared<WorkerTrace>();

std::size_t Answer(const char* request, std::size_t size, const char** answer) {
  g_request.assign(request, size);
  *answer = g_answer.data();
  return g_answer.size();
}

std::size_t Hang(const char*, std::size_t, const char**) {
  while (true) pause();
}

Request Smallest() {
  Request request;
  request.Set("Action", "DescribeSnapshots");
  return request;
}

Result<Response> AnswerTo(const Request& request, std::string answer,
                          HttpTargetOptions options = {}) {
  g_answer = std::move(answer);
  DirectTarget target(Answer, "inprocess", std::move(options), g_trace);
  return SendOnce(target, request);
}

std::optional<TransportFailure> FailureWith(std::string answer) {
  const Result<Response> response = AnswerTo(Smallest(), std::move(answer));
  return response ? std::nullopt : FailureOf(response.error());
}

TEST(DirectTarget, GivesTheBytesOfTheRequestAndReadsThoseOfTheAnswer) {
  const auto response = AnswerTo(Smallest(),
                                 "HTTP/1.1 404 No\r\nContent-Type: text/xml\r\n"
                                 "x-acs-request-id: 7\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->content_type, "text/xml");
  EXPECT_EQ(response->request_id, "7");
  EXPECT_EQ(response->body, "ok");
  EXPECT_TRUE(g_request.starts_with(
      "GET /?Action=DescribeSnapshots&Version=2014-05-26 HTTP/1.1\r\nHost: inprocess\r\n"))
      << g_request;
  EXPECT_TRUE(g_request.ends_with("\r\n\r\n"));
}

TEST(DirectTarget, ReadsAnAnswerThatEndsWithTheConnectionAndOneToHead) {
  EXPECT_EQ(AnswerTo(Smallest(), "HTTP/1.1 200 OK\r\n\r\nall of it")->body, "all of it");
  Request head = Smallest();
  head.method = "HEAD";
  EXPECT_EQ(AnswerTo(head, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")->body, "");
}

TEST(DirectTarget, SaysWhatIsNoAnswer) {
  EXPECT_EQ(FailureWith(""), TransportFailure::kClosed);
  EXPECT_EQ(FailureWith("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
            TransportFailure::kClosed);
  EXPECT_EQ(FailureWith("<html>"), TransportFailure::kNoHttp);
  EXPECT_EQ(FailureWith("HTTP/1.1 2x0 OK\r\n\r\n"), TransportFailure::kMalformed);
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  EXPECT_EQ(FailureWith(whole + whole), TransportFailure::kMalformed);
  EXPECT_EQ(FailureWith(whole + "stray"), TransportFailure::kMalformed);
  EXPECT_EQ(FailureWith("HTTP/1.1 100 Continue\r\n\r\nstray"), TransportFailure::kMalformed);
}

TEST(DirectTarget, RefusesABodyOverTheBound) {
  HttpTargetOptions options;
  options.body_limit = 3;
  const auto response = AnswerTo(Smallest(), "HTTP/1.1 200 OK\r\n\r\nlong", options);
  ASSERT_FALSE(response);
  EXPECT_EQ(FailureOf(response.error()), TransportFailure::kTooLarge);
}

TEST(DirectTarget, HidesWhatTheTargetRepeatsOfSecrets) {
  HttpTargetOptions options;
  options.mask.Add("my-secret");
  options.sign = [](const Request&, WireRequest& wire) {
    wire.query.push_back({"Signature", "c2lnbmF0dXJl"});
  };
  const auto response =
      AnswerTo(Smallest(), "HTTP/1.1 200 OK\r\n\r\n<my-secret> c2lnbmF0dXJl", options);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "<***> ***");
  EXPECT_NE(g_request.find("Signature=c2lnbmF0dXJl"), std::string::npos) << g_request;
  const auto foreign = AnswerTo(Smallest(), "my-secret c2lnbmF0dXJl", options);
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().what.find("*** ***"), std::string::npos) << foreign.error().what;
}

TEST(DirectTargetDeathTest, ACallThatDoesNotReturnEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  HttpTargetOptions options;
  options.timeout = std::chrono::milliseconds(200);
  EXPECT_DEATH(
      {
        DirectTarget target(Hang, "inprocess", options, g_trace);
        (void)SendOnce(target, Smallest());
      },
      "did not answer within 0.2 s \\(--timeout\\)");
}

}  // namespace
}  // namespace assay
