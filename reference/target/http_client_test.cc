#include "reference/target/http_client.h"

#include <gtest/gtest.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <mutex>
#include <thread>

#include "reference/wire/http_server.h"
#include "reference/wire/raw_socket_for_test.h"
#include "reference/wire/tls_identity_for_test.h"

namespace assay {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::unique_ptr<HttpTarget> Open(const std::string& url, HttpTargetOptions options = {}) {
  auto target = HttpTarget::Open(url, std::move(options));
  EXPECT_TRUE(target) << target.error().Text();
  return std::move(target).value();
}

HttpTargetOptions WithTimeout(milliseconds timeout) {
  HttpTargetOptions options;
  options.timeout = timeout;
  return options;
}

Request Named(std::string name) {
  Request request;
  request.parameters = {{"Name", std::move(name)}};
  return request;
}

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  options.threads = 2;
  auto server = HttpServer::Listen("127.0.0.1", 0, std::move(handler), options);
  EXPECT_TRUE(server);
  return std::move(server).value();
}

// Sends one request to a server that answers every request on every connection with these bytes.
Result<Response> AnswerTo(const Request& request, const std::string& bytes,
                          HttpTargetOptions options = WithTimeout(milliseconds(500)),
                          bool close = true) {
  const ScriptedServer server([&](RawSocket& socket, int) {
    socket.ReadMessage();
    socket.Send(bytes);
    if (!close) socket.ReadAll();
  });
  const auto target = Open(server.Url(), std::move(options));
  return Send(*target, request);
}

Result<Response> AnswerTo(const std::string& bytes) { return AnswerTo(Request{}, bytes); }

void ExpectFailure(const Result<Response>& response, TransportFailure failure) {
  ASSERT_FALSE(response) << "status " << response.value().status;
  EXPECT_EQ(FailureOf(response.error()), failure) << response.error().Text();
  EXPECT_EQ(response.error().exit, ExitCode::kCouldNotJudge);
  EXPECT_TRUE(response.error().where.starts_with("http")) << response.error().where;
}

TEST(HttpTarget, RefusesOptionsThatMakeNoSense) {
  HttpTargetOptions none;
  none.connections = 0;
  HttpTargetOptions backwards;
  backwards.rate = -1;
  HttpTargetOptions never;
  never.timeout = milliseconds(0);
  HttpTargetOptions no_file;
  no_file.ca_file = "/no/such/file.pem";
  for (const HttpTargetOptions& options : {none, backwards, never, no_file})
    EXPECT_FALSE(HttpTarget::Open("https://127.0.0.1:1", options));
}

TEST(HttpTarget, SendsARequestAndReadsItsAnswer) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    response.status = 404;
    response.Set("Content-Type", "application/json;charset=utf-8");
    response.Set("X-Acs-Request-Id", "04F0F334-1335-436C-A1D7-6C044FE73368");
    response.Set("x-acs-retry-after", "1500");
    response.body = request.method + request.target + request.body;
  });
  const auto target = Open(server->Url());
  EXPECT_EQ(target->Name(), server->Url());
  const auto response = Send(*target, Named("a b"));
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response.value().status, 404);
  EXPECT_EQ(response.value().content_type, "application/json;charset=utf-8");
  EXPECT_EQ(response.value().request_id, "04F0F334-1335-436C-A1D7-6C044FE73368");
  EXPECT_EQ(response.value().retry_after_ms, 1500);
  EXPECT_EQ(response.value().body, "GET/?Name=a%20b&Version=2014-05-26");
}

TEST(HttpTarget, SendsTheHeadersOfAClient) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    response.body = std::string(*request.Find("Host")) + " " +
                    std::string(*request.Find("Accept")) + " " +
                    std::string(*request.Find("User-Agent"));
  });
  const auto target = Open("http://LOCALHOST:" + std::to_string(server->port()));
  const auto response = Send(*target, Request{});
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_TRUE(response.value().body.starts_with("localhost:" + std::to_string(server->port()) +
                                                " */* assay/"))
      << response.value().body;
}

TEST(HttpTarget, LetsASignerAddToEveryRequest) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    response.body = request.target + " " + std::string(request.Find("Authorization").value_or("-"));
  });
  HttpTargetOptions options;
  options.version = "";
  options.sign = [](const Request& request, WireRequest& wire) {
    wire.query.push_back({"Signature", "s"});
    wire.headers.emplace_back("Authorization", "for " + request.Text());
  };
  const auto target = Open(server->Url() + "/base", options);
  const auto response = Send(*target, Named("n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response.value().body, "/base?Name=n&Signature=s for Name=n");
}

TEST(HttpTarget, MeasuresTheTimeToTheLastByte) {
  const auto server =
      Serve([](const HttpRequest&, HttpResponse& response) { response.delay = milliseconds(20); });
  const auto target = Open(server->Url());
  const auto response = Send(*target, Request{});
  ASSERT_TRUE(response);
  EXPECT_GE(response.value().latency_us, 19000);
  EXPECT_LT(response.value().latency_us, 1000000);
}

TEST(HttpTarget, HandsOnAnswersOfAnyKind) {
  const struct {
    const char* bytes;
    int status;
    const char* body;
  } cases[] = {
      {"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: "
       "13\r\n\r\n<html></html>",
       502, "<html></html>"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: "
       "y\r\n\r\n",
       200, "abcde"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"},
      {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", 200, "ab"},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302, ""},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       200, "x"},
      {"HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n", 299, ""},
  };
  for (const auto& [bytes, status, body] : cases) {
    const auto response = AnswerTo(bytes);
    ASSERT_TRUE(response) << bytes << "\n" << response.error().Text();
    EXPECT_EQ(response.value().status, status);
    EXPECT_EQ(response.value().body, body);
  }
}

TEST(HttpTarget, ReadsAnAnswerThatComesByteByByte) {
  const ScriptedServer server([](RawSocket& socket, int) {
    socket.ReadMessage();
    for (const char byte : std::string("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n"
                                       "Content-Length: 3\r\n\r\nabc"))
      socket.Send({&byte, 1});
    socket.ReadAll();
  });
  const auto target = Open(server.Url());
  const auto response = Send(*target, Request{});
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response.value().content_type, "a/b");
  EXPECT_EQ(response.value().body, "abc");
}

TEST(HttpTarget, ExpectsNoBodyAfterHead) {
  Request head;
  head.method = "HEAD";
  const auto response = AnswerTo(head, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
                                 WithTimeout(milliseconds(500)), /*close=*/false);
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response.value().body, "");
}

TEST(HttpTarget, ReadsRetryAfterInSecondsAndAsADate) {
  const auto wait = [](const std::string& headers) {
    return AnswerTo("HTTP/1.1 500 x\r\n" + headers + "Content-Length: 0\r\n\r\n")
        .value()
        .retry_after_ms;
  };
  EXPECT_EQ(wait("Retry-After: 3\r\n"), 3000);
  EXPECT_EQ(wait("x-acs-retry-after: 70\r\nRetry-After: 3\r\n"), 70);
  EXPECT_EQ(wait("Retry-After: 3\r\nx-acs-retry-after: 70\r\n"), 70);
  EXPECT_EQ(wait("Retry-After: soon\r\n"), 0);
  EXPECT_EQ(wait("x-acs-retry-after: -5\r\n"), 0);
  EXPECT_EQ(wait("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n"), 0);
  EXPECT_GT(wait("Retry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\n"), 0);
}

TEST(HttpTarget, KeepsItsConnectionOverRuns) {
  const auto server =
      Serve([](const HttpRequest&, HttpResponse& response) { response.body = "x"; });
  const auto target = Open(server->Url());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_EQ(target->ConnectionsOpened(), 1);
}

TEST(HttpTarget, ReplacesAConnectionThatTheServerCloses) {
  const auto server = Serve([](const HttpRequest&, HttpResponse& response) {
    response.body = "x";
    response.close_after = true;
  });
  const auto target = Open(server->Url());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_EQ(target->ConnectionsOpened(), 3);
}

TEST(HttpTarget, NoticesThatARestingConnectionWasClosed) {
  HttpServerOptions options;
  options.idle_timeout = milliseconds(20);
  const auto server =
      Serve([](const HttpRequest&, HttpResponse& response) { response.body = "x"; }, options);
  const auto target = Open(server->Url());
  EXPECT_TRUE(Send(*target, Request{}));
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_EQ(target->ConnectionsOpened(), 2);
}

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

TEST(HttpTarget, TakesNoStrayBytesForTheNextAnswer) {
  std::atomic<bool> answered{false}, strayed{false};
  const ScriptedServer server([&](RawSocket& socket, int number) {
    while (!socket.ReadMessage().empty()) {
      socket.Send(kOk);
      if (number > 0) continue;
      while (!answered) std::this_thread::yield();
      socket.Send("stray");
      strayed = true;
    }
  });
  const auto target = Open(server.Url());
  EXPECT_TRUE(Send(*target, Request{}));
  answered = true;
  while (!strayed) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(1));  // only a connection that was idle is checked
  EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_EQ(target->ConnectionsOpened(), 2);
}

TEST(HttpTarget, SendsOnceMoreWhereAReusedConnectionClosesSilently) {
  std::atomic<int> seen{0};
  const ScriptedServer server([&](RawSocket& socket, int) {
    // Answers one request on each connection and closes upon the second.
    for (int i = 0; i < 2 && !socket.ReadMessage().empty(); ++i) {
      ++seen;
      if (i == 0) socket.Send(kOk);
    }
  });
  const auto target = Open(server.Url());
  EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_EQ(target->ConnectionsOpened(), 2);
  EXPECT_EQ(seen, 3);
}

TEST(HttpTarget, SendsNothingAThirdTime) {
  std::atomic<int> seen{0};
  const ScriptedServer server([&](RawSocket& socket, int number) {
    for (int i = 0; i < 2 && !socket.ReadMessage().empty(); ++i) {
      ++seen;
      if (number > 0 || i > 0) return;
      socket.Send(kOk);
    }
  });
  const auto target = Open(server.Url());
  EXPECT_TRUE(Send(*target, Request{}));
  ExpectFailure(Send(*target, Request{}), TransportFailure::kClosed);
  EXPECT_EQ(seen, 3);
}

TEST(HttpTarget, SendsNothingTwiceOnceAByteOfTheAnswerCame) {
  std::atomic<int> seen{0};
  const ScriptedServer server([&](RawSocket& socket, int) {
    for (int i = 0; i < 2 && !socket.ReadMessage().empty(); ++i) {
      ++seen;
      socket.Send(i == 0 ? kOk : kOk.substr(0, 1));
    }
  });
  const auto target = Open(server.Url());
  EXPECT_TRUE(Send(*target, Request{}));
  ExpectFailure(Send(*target, Request{}), TransportFailure::kClosed);
  EXPECT_EQ(seen, 2);
}

TEST(HttpTarget, SendsNothingTwiceOnANewConnection) {
  std::atomic<int> seen{0};
  const ScriptedServer server([&](RawSocket& socket, int) {
    if (!socket.ReadMessage().empty()) ++seen;
  });
  const auto target = Open(server.Url());
  ExpectFailure(Send(*target, Request{}), TransportFailure::kClosed);
  EXPECT_EQ(seen, 1);
}

TEST(HttpTarget, SaysThatAConnectionIsRefused) {
  std::uint16_t port = 0;
  {
    const ScriptedServer gone([](RawSocket&, int) {});
    port = gone.port();
  }
  const auto target = Open("127.0.0.1:" + std::to_string(port));
  const auto response = Send(*target, Request{});
  ExpectFailure(response, TransportFailure::kRefused);
  EXPECT_EQ(response.error().Text(), "http://127.0.0.1:" + std::to_string(port) +
                                         ": connection refused: is the server running?");
}

TEST(HttpTarget, SaysThatAHostIsUnknown) {
  // No name server is asked for a label of more than 63 bytes.
  const auto target = Open("http://" + std::string(70, 'a') + "/");
  ExpectFailure(Send(*target, Request{}), TransportFailure::kUnknownHost);
}

TEST(HttpTarget, GivesUpOnASilentServer) {
  const ScriptedServer server([](RawSocket& socket, int) { socket.ReadAll(); });
  const auto target = Open(server.Url(), WithTimeout(milliseconds(50)));
  const auto start = Clock::now();
  const auto response = Send(*target, Request{});
  EXPECT_GE(Clock::now() - start, milliseconds(50));
  EXPECT_LT(Clock::now() - start, milliseconds(500));
  ExpectFailure(response, TransportFailure::kTimeout);
  EXPECT_TRUE(response.error().what.starts_with("no answer within 0.05 s"))
      << response.error().what;
}

TEST(HttpTarget, GivesUpOnAServerThatTrickles) {
  const ScriptedServer server([](RawSocket& socket, int) {
    socket.ReadMessage();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 1000 && socket.Send("a"); ++i) std::this_thread::sleep_for(milliseconds(5));
  });
  const auto target = Open(server.Url(), WithTimeout(milliseconds(50)));
  ExpectFailure(Send(*target, Request{}), TransportFailure::kTimeout);
}

TEST(HttpTarget, GoesOnAfterATimeOut) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    if (request.target.find("slow") != std::string::npos) response.delay = milliseconds(150);
    response.body = request.target;
  });
  const auto target = Open(server->Url(), WithTimeout(milliseconds(50)));
  ExpectFailure(Send(*target, Named("slow")), TransportFailure::kTimeout);
  const auto response = Send(*target, Named("quick"));
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_NE(response.value().body.find("quick"), std::string::npos);
}

TEST(HttpTarget, TellsBrokenAnswersApart) {
  const struct {
    std::string bytes;
    TransportFailure failure;
  } cases[] = {
      {"", TransportFailure::kClosed},
      {"HTTP/1.1 200 OK\r\nContent-Le", TransportFailure::kClosed},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", TransportFailure::kClosed},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", TransportFailure::kClosed},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", TransportFailure::kMalformed},
      {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc", TransportFailure::kMalformed},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nq\r\n", TransportFailure::kMalformed},
      {"{\"RequestId\": \"no head at all\"}\r\n\r\n", TransportFailure::kNoHttp},
      {"SSH-2.0-OpenSSH_9.2\r\n", TransportFailure::kNoHttp},
      {"HTTP/1.1 two hundred\r\n\r\n", TransportFailure::kMalformed},
      {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", TransportFailure::kMalformed},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(300 * 1024, 'a'), TransportFailure::kMalformed},
  };
  for (const auto& [bytes, failure] : cases) {
    SCOPED_TRACE(bytes.substr(0, 100));
    ExpectFailure(AnswerTo(bytes), failure);
  }
}

TEST(HttpTarget, SaysWhatCameInPlaceOfAnAnswer) {
  const struct {
    std::string bytes;
    const char* words;
  } cases[] = {
      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "101"},
      {"HTTP/1.1 100 Continue\r\n\r\n", "an interim answer (1xx) and no other"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(300 * 1024, 'a'), "header is over 262144 bytes"},
      {"HTTP/2 200 OK\r\n\r\n", "not HTTP/1.1 or HTTP/1.0"},
      {std::string("\x15\x03\x01\x00\x02\x02\x46", 7), "write https://"},
      {"{\"RequestId\":\"a\"}", "HTTP/0.9"},
  };
  for (const auto& [bytes, words] : cases) {
    const auto response = AnswerTo(bytes);
    ASSERT_FALSE(response) << words;
    EXPECT_NE(response.error().what.find(words), std::string::npos) << response.error().what;
  }
  std::string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
  ExpectFailure(AnswerTo(interim), TransportFailure::kMalformed);
}

TEST(HttpTarget, HidesSecretsInAllThatItHandsOn) {
  HttpTargetOptions options = WithTimeout(milliseconds(500));
  options.mask.Add("topsecret");
  options.sign = [](const Request&, WireRequest& wire) {
    wire.query.push_back({"Signature", "c2lnbmF0dXJl="});
  };
  const auto response = AnswerTo(Request{},
                                 "HTTP/1.1 200 OK\r\nContent-Type: x/topsecret\r\n\r\n"
                                 "topsecret c2lnbmF0dXJl= c2lnbmF0dXJl%3D",
                                 options);
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response->body, "*** *** ***");
  EXPECT_EQ(response->content_type, "x/***");
}

TEST(HttpTarget, GivesUpWhatIsUnderWayWhenTheSignGoesUp) {
  StopSign stop;
  stop.StopAt(Clock::now() + milliseconds(200), "after 0.2 s");
  HttpTargetOptions options;
  options.stop = &stop;
  const auto begun = Clock::now();
  ExpectFailure(AnswerTo(Request{}, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", options,
                         /*close=*/false),
                TransportFailure::kStopped);
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(8)) << "less than the time of a request";
}

TEST(HttpTarget, CountsTheHeadAlsoWhereItComesLineByLine) {
  const ScriptedServer server([](RawSocket& socket, int) {
    socket.ReadMessage();
    socket.Send("HTTP/1.1 200 OK\r\nX");
    for (int i = 0; i < 6; ++i) {
      // A read that ends just after the first byte of a line is where Beast forgets to add up.
      std::this_thread::sleep_for(milliseconds(2));
      socket.Send(": " + std::string(60000, 'a') + "\r\nX");
    }
    socket.Send(": b\r\nContent-Length: 0\r\n\r\n");
  });
  const auto target = Open(server.Url());
  ExpectFailure(Send(*target, Request{}), TransportFailure::kMalformed);
}

TEST(HttpTarget, TakesALengthThatIsNeverReachedForATimeOut) {
  ExpectFailure(AnswerTo(Request{}, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                         WithTimeout(milliseconds(50)), /*close=*/false),
                TransportFailure::kTimeout);
}

TEST(HttpTarget, RefusesABodyOverTheBound) {
  HttpTargetOptions options = WithTimeout(milliseconds(500));
  options.body_limit = 4;
  ExpectFailure(AnswerTo(Request{}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", options),
                TransportFailure::kTooLarge);
  ExpectFailure(AnswerTo(Request{}, "HTTP/1.1 200 OK\r\n\r\nabcde", options),
                TransportFailure::kTooLarge);
  ExpectFailure(AnswerTo(Request{},
                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n",
                         options),
                TransportFailure::kTooLarge);
  EXPECT_TRUE(AnswerTo(Request{}, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", options));
}

TEST(HttpTarget, ReadsAnEarlyAnswerToARequestThatIsNotReadToItsEnd) {
  HttpServerOptions server_options;
  server_options.body_limit = 1000;
  const auto server = Serve([](const HttpRequest&, HttpResponse&) {}, server_options);
  const auto target = Open(server->Url());
  Request request = Named(std::string(8 * 1024 * 1024, 'a'));
  request.method = "POST";
  request.placement = Placement::kForm;
  const auto response = Send(*target, request);
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response.value().status, 413);
}

// Yields `count` requests, at most `at_once` of them unanswered, and keeps count.
class CountedSource : public RequestSource {
 public:
  CountedSource(int count, int at_once) : left_(count), at_once_(at_once) {}

  const Request* Next() override {
    if (left_ == 0 || outstanding_ == at_once_) return nullptr;
    --left_;
    most_outstanding = std::max(most_outstanding, ++outstanding_);
    requests_.push_back(std::make_unique<Request>(Named(std::to_string(left_))));
    return requests_.back().get();
  }
  void Answered(const Request* request, Result<Response>& response) override {
    --outstanding_;
    ++answered;
    const std::string name = "Name=" + request->parameters[0].value + "&";
    if (response && response->body.find(name) != std::string::npos) ++right;
  }

  int most_outstanding = 0;
  int answered = 0;
  int right = 0;

 private:
  int left_;
  const int at_once_;
  int outstanding_ = 0;
  std::vector<std::unique_ptr<Request>> requests_;
};

void EchoTarget(const HttpRequest& request, HttpResponse& response) {
  response.body = request.target;
}

TEST(HttpTarget, UsesAllItsConnectionsAtOnce) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    response.body = request.target;
    response.delay = milliseconds(30);
  });
  const auto target = Open(server->Url());
  CountedSource source(32, 100);
  const auto start = Clock::now();
  target->Run(source);
  EXPECT_LT(Clock::now() - start, milliseconds(32 * 30 / 3));
  EXPECT_EQ(source.right, 32);
  EXPECT_EQ(source.most_outstanding, 8);
  EXPECT_EQ(target->Concurrency(), 8);
  EXPECT_EQ(target->ConnectionsOpened(), 8);
}

TEST(HttpTarget, GivesEachAnswerToItsOwnRequest) {
  const auto server = Serve(EchoTarget);
  const auto target = Open(server->Url());
  CountedSource source(5000, 100);
  target->Run(source);
  EXPECT_EQ(source.answered, 5000);
  EXPECT_EQ(source.right, 5000);
}

TEST(HttpTarget, OffersIdleConnectionsAgainWhenAnAnswerComes) {
  const auto server = Serve(EchoTarget);
  const auto target = Open(server->Url());
  CountedSource source(100, 3);
  target->Run(source);
  EXPECT_EQ(source.right, 100);
  EXPECT_EQ(source.most_outstanding, 3);
}

TEST(HttpTarget, SendsOneByOneOverASingleConnection) {
  const auto server = Serve(EchoTarget);
  HttpTargetOptions options;
  options.connections = 1;
  const auto target = Open(server->Url(), options);
  CountedSource source(100, 100);
  target->Run(source);
  EXPECT_EQ(source.right, 100);
  EXPECT_EQ(source.most_outstanding, 1);
  EXPECT_EQ(target->ConnectionsOpened(), 1);
}

TEST(HttpTarget, ReturnsAtOnceFromAnEmptySource) {
  const auto target = Open("http://127.0.0.1:1");
  CountedSource source(0, 1);
  target->Run(source);
  EXPECT_EQ(target->ConnectionsOpened(), 0);
}

TEST(HttpTarget, AnswersEveryRequestOfAServerThatIsGone) {
  std::string url;
  {
    const ScriptedServer gone([](RawSocket&, int) {});
    url = gone.Url();
  }
  const auto target = Open(url);
  CountedSource source(500, 100);
  target->Run(source);
  EXPECT_EQ(source.answered, 500);
  EXPECT_EQ(source.right, 0);
}

TEST(HttpTarget, SpacesRequestsEvenlyByTheRate) {
  std::mutex mutex;
  std::vector<Clock::time_point> arrivals;
  const auto server = Serve([&](const HttpRequest& request, HttpResponse& response) {
    const std::lock_guard lock(mutex);
    arrivals.push_back(Clock::now());
    response.body = request.target;
  });
  HttpTargetOptions options;
  options.rate = 100;
  const auto target = Open(server->Url(), options);
  CountedSource source(16, 100);
  const auto start = Clock::now();
  target->Run(source);
  const auto took = Clock::now() - start;
  EXPECT_EQ(source.right, 16);
  EXPECT_GE(took, milliseconds(140));
  EXPECT_LT(took, milliseconds(600));
  for (std::size_t i = 5; i < arrivals.size(); ++i)
    EXPECT_GE(arrivals[i] - arrivals[i - 5], milliseconds(30)) << "a burst before " << i;
}

TEST(HttpTarget, HoldsTheRateOverRunsAndDoesNotWaitAfterTheLastAnswer) {
  const auto server = Serve(EchoTarget);
  HttpTargetOptions options;
  options.rate = 2;
  const auto target = Open(server->Url(), options);
  const auto start = Clock::now();
  EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_LT(Clock::now() - start, milliseconds(450));
  EXPECT_TRUE(Send(*target, Request{}));
  EXPECT_GE(Clock::now() - start, milliseconds(450));
}

// What a failed exchange says, of a target that shows a certificate made so.
std::string RefusalOf(const TlsIdentity::Options& identity_options, const std::string& host) {
  const TlsIdentity identity(identity_options);
  const auto server = Serve(EchoTarget, WithTls(identity));
  HttpTargetOptions options = WithTimeout(milliseconds(1500));
  options.ca_file = identity.cert_file();
  const auto target = Open("https://" + host + ":" + std::to_string(server->port()), options);
  const auto response = Send(*target, Request{});
  ExpectFailure(response, TransportFailure::kTls);
  return response ? "" : response.error().what;
}

class HttpsTarget : public testing::Test {
 protected:
  HttpsTarget() { options_.timeout = milliseconds(1500); }

  std::string Url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(server_->port());
  }

  TlsIdentity identity_;
  std::unique_ptr<HttpServer> server_ = Serve(EchoTarget, WithTls(identity_));
  HttpTargetOptions options_;
};

TEST_F(HttpsTarget, RefusesACertificateThatNobodyVouchesFor) {
  const auto target = Open(server_->Url(), options_);
  const auto response = Send(*target, Request{});
  ExpectFailure(response, TransportFailure::kTls);
  EXPECT_NE(response.error().what.find("not trusted: self-signed certificate; give the certificate "
                                       "of the authority that issued it as CA file"),
            std::string::npos)
      << response.error().what;
}

TEST_F(HttpsTarget, AcceptsACertificateOfTheGivenAuthority) {
  options_.ca_file = identity_.cert_file();
  const auto target = Open(server_->Url(), options_);
  const std::string large(100000, 's');
  for (int i = 0; i < 3; ++i) {
    const auto response = Send(*target, Named(large));
    ASSERT_TRUE(response) << response.error().Text();
    EXPECT_NE(response.value().body.find(large), std::string::npos);
  }
  EXPECT_EQ(target->ConnectionsOpened(), 1);
}

// Connects to whatever it is asked for, and passes bytes on.
void PassOn(RawSocket& client, std::uint16_t port) {
  client.ReadUntil("\r\n\r\n");
  client.Send("HTTP/1.1 200 Connection established\r\n\r\n");
  RawSocket server = RawSocket::ConnectedTo(port);
  const auto pump = [](RawSocket& from, RawSocket& to) {
    for (std::string byte; !(byte = from.ReadBytes(1)).empty();) to.Send(byte);
  };
  std::thread back([&] { pump(server, client); });
  pump(client, server);
  shutdown(server.descriptor(), SHUT_RDWR);
  back.join();
}

TEST_F(HttpsTarget, IsReachedThroughAProxy) {
  const ScriptedServer proxy([&](RawSocket& socket, int) { PassOn(socket, server_->port()); });
  options_.ca_file = identity_.cert_file();
  options_.proxy = *ParseEndpoint(proxy.Url());
  const auto target = Open(server_->Url(), options_);
  const auto response = Send(*target, Named("through"));
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_NE(response.value().body.find("through"), std::string::npos);
}

TEST_F(HttpsTarget, SaysThatAProxyRefuses) {
  const ScriptedServer proxy([](RawSocket& socket, int) {
    socket.ReadUntil("\r\n\r\n");
    socket.Send("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  options_.proxy = *ParseEndpoint(proxy.Url());
  const auto response = Send(*Open(server_->Url(), options_), Request{});
  ExpectFailure(response, TransportFailure::kUnreachable);
  EXPECT_NE(response.error().what.find("407"), std::string::npos) << response.error().what;
}

TEST_F(HttpsTarget, LogsInToItsProxy) {
  std::string seen;
  const ScriptedServer proxy([&](RawSocket& socket, int) {
    seen = socket.ReadUntil("\r\n\r\n");
    socket.Send("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  options_.proxy = *ParseEndpoint(proxy.Url());
  options_.proxy_authorization = "Basic dTpw";
  (void)Send(*Open(server_->Url(), options_), Request{});
  EXPECT_TRUE(seen.starts_with("CONNECT ")) << seen;
  EXPECT_NE(seen.find("\r\nProxy-Authorization: Basic dTpw\r\n"), std::string::npos) << seen;
}

TEST_F(HttpsTarget, SaysThatTheFileOfItsCertificateHoldsNoKey) {
  options_.client_cert = identity_.cert_file();
  const auto target = HttpTarget::Open(server_->Url(), options_);
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().Text().find("holds no key of the certificate; name its file with "
                                       "--client-key"),
            std::string::npos)
      << target.error().Text();
}

TEST(HttpTargets, TellAProxyTheWholeAddressAndSendTheirHeaders) {
  std::string seen;
  const ScriptedServer proxy([&](RawSocket& socket, int) {
    seen = socket.ReadMessage();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  HttpTargetOptions options = WithTimeout(milliseconds(1500));
  options.proxy = *ParseEndpoint(proxy.Url());
  options.headers = {{"X-Trace", "a1"}};
  options.proxy_authorization = "Basic dTpw";
  ASSERT_TRUE(Send(*Open("http://target.invalid:81/base", options), Named("x")));
  EXPECT_NE(seen.find("\r\nProxy-Authorization: Basic dTpw\r\n"), std::string::npos) << seen;
  EXPECT_TRUE(seen.starts_with("GET http://target.invalid:81/base?Name=x")) << seen;
  EXPECT_NE(seen.find("\r\nHost: target.invalid:81\r\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("\r\nX-Trace: a1\r\n"), std::string::npos) << seen;
}

TEST(HttpTargets, ReachAUnixSocket) {
  const std::string path = testing::TempDir() + "assay_" + std::to_string(getpid()) + ".sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  std::thread server([&] {
    RawSocket socket(accept(listener, nullptr, nullptr));
    socket.ReadMessage();
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  });
  const auto response = Send(*Open("unix:" + path, WithTimeout(milliseconds(1500))), Request{});
  server.join();
  close(listener);
  unlink(path.c_str());
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response.value().body, "hi");
}

TEST_F(HttpsTarget, AcceptsAChainThatLeadsToTheGivenAuthority) {
  const TlsIdentity intermediate({.issuer = &identity_});
  const TlsIdentity leaf({.issuer = &intermediate});
  std::ofstream(leaf.cert_file(), std::ios::app) << std::ifstream(intermediate.cert_file()).rdbuf();
  const auto server = Serve(EchoTarget, WithTls(leaf));
  options_.ca_file = identity_.cert_file();
  const auto target = Open(server->Url(), options_);
  const auto response = Send(*target, Request{});
  EXPECT_TRUE(response) << response.error().Text();
}

TEST_F(HttpsTarget, AcceptsACertificateForAName) {
  const TlsIdentity identity({.alternative_name = "DNS:localhost"});
  const auto server = Serve(EchoTarget, WithTls(identity));
  options_.ca_file = identity.cert_file();
  const auto target = Open("https://localhost:" + std::to_string(server->port()), options_);
  const auto response = Send(*target, Request{});
  EXPECT_TRUE(response) << response.error().Text();
}

TEST(HttpsRefusal, NamesAnotherHost) {
  EXPECT_NE(RefusalOf({.alternative_name = "DNS:other.example"}, "localhost")
                .find("not trusted: hostname mismatch; name the target by a host"),
            std::string::npos);
  EXPECT_NE(RefusalOf({.alternative_name = "IP:127.0.0.2"}, "127.0.0.1")
                .find("not trusted: IP address mismatch; name the target by a host"),
            std::string::npos);
}

TEST(HttpsRefusal, NamesAnExpiredCertificate) {
  EXPECT_NE(RefusalOf({.ends_in_s = -60}, "127.0.0.1")
                .find("not trusted: certificate has expired; renew it"),
            std::string::npos);
}

TEST(HttpsRefusal, NamesACertificateOfTheFuture) {
  EXPECT_NE(RefusalOf({.ends_in_s = 10000}, "127.0.0.1")
                .find("not trusted: certificate is not yet valid; renew it"),
            std::string::npos);
}

TEST_F(HttpsTarget, AcceptsAnyCertificateWithoutVerification) {
  options_.verify = false;
  const auto target = Open(Url("localhost"), options_);
  EXPECT_TRUE(Send(*target, Request{}));
}

TEST_F(HttpsTarget, SaysSoWhereTheServerSpeaksNoTls) {
  const auto plain = Serve(EchoTarget);
  const auto target = Open("https://127.0.0.1:" + std::to_string(plain->port()), options_);
  ExpectFailure(Send(*target, Request{}), TransportFailure::kTls);
}

TEST_F(HttpsTarget, GivesUpOnAHandshakeThatNeverEnds) {
  const ScriptedServer silent([](RawSocket& socket, int) { socket.ReadAll(); });
  options_.timeout = milliseconds(50);
  const auto target = Open("https://127.0.0.1:" + std::to_string(silent.port()), options_);
  const auto response = Send(*target, Request{});
  ExpectFailure(response, TransportFailure::kTimeout);
  EXPECT_NE(response.error().what.find("handshake"), std::string::npos) << response.error().what;
}

TEST(TransportFailure, IsToldFromTheBeginningOfAnError) {
  const Error error = TransportError(TransportFailure::kTimeout, "http://h", " 3 s");
  EXPECT_EQ(error.Text(), "http://h: no answer within 3 s");
  EXPECT_EQ(FailureOf(error), TransportFailure::kTimeout);
  EXPECT_EQ(FailureOf(Error{"a file", "not readable"}), std::nullopt);
}

}  // namespace
}  // namespace assay
