#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "reference/wire/http_server_for_test.h"

namespace assay {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
  options.threads = options.threads == 0 ? 2 : options.threads;
  auto server = HttpServer::Listen("127.0.0.1", 0, std::move(handler), options);
  EXPECT_TRUE(server);
  return std::move(server).value();
}

// What the server says to these bytes, up to its closing the connection.
std::string SaidBeforeClosing(const HttpServer& server, std::string_view bytes) {
  RawSocket socket = RawSocket::ConnectedTo(server.port());
  socket.Send(bytes);
  return ReadToTheEnd(socket);
}

TEST(HttpServer, KeepsAConnectionForTheNextRequest) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  for (const std::string target : {"/one", "/two", "/three"}) {
    socket.Send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = socket.ReadMessage();
    EXPECT_EQ(StatusLineOf(answer), "HTTP/1.1 200 OK");
    EXPECT_EQ(BodyOf(answer), "GET " + target + " ");
  }
}

TEST(HttpServer, SaysWhatAndHowLongAnAnswerIsAndWhen) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = socket.ReadMessage();
  EXPECT_NE(answer.find("\r\nContent-Type: text/plain\r\n"), std::string::npos) << answer;
  EXPECT_NE(answer.find("\r\nContent-Length: 6\r\n"), std::string::npos) << answer;
  EXPECT_NE(answer.find(" GMT\r\n"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("Connection:"), std::string::npos) << answer;
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  ExpectPipelinedRequestsAnsweredInOrder(socket);
}

TEST(HttpServer, AnswersHeadWithTheLengthAndNoBody) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("HEAD /x HTTP/1.1\r\n\r\nGET /y HTTP/1.1\r\n\r\n");
  const std::string head = socket.ReadUntil("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos) << head;
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "GET /y ");
}

TEST(HttpServer, SendsNoBodyWithStatus204) {
  const auto server = Serve([](const HttpRequest&, HttpResponse& response) {
    response.status = 204;
    response.body = "not to be sent";
  });
  const std::string said =
      SaidBeforeClosing(*server, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(StatusLineOf(said), "HTTP/1.1 204 No Content");
  EXPECT_EQ(said.find("Content-Length"), std::string::npos);
  EXPECT_EQ(BodyOf(said), "");
}

TEST(HttpServer, PutsAChunkedBodyTogetherAndDropsItsTrailers) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    response.body = request.body + (request.Find("X-Late") ? " with" : " without");
  });
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send(
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\na=1&\r\nA;name=value\r\nb=23456789\r\n0\r\nX-Late: 1\r\n\r\n"
      "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "a=1&b=23456789 without");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), " without");
}

TEST(HttpServer, ReadsARequestThatComesByteByByte) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  const std::string fixed = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  const std::string chunked =
      "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (const char byte : fixed + chunked) ASSERT_TRUE(socket.Send({&byte, 1}));
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "POST /a abc");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "POST /b abcde");
}

TEST(HttpServer, InvitesTheBodyThatAClientHoldsBack) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(socket.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.Send("abc");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "POST / abc");
}

TEST(HttpServer, HandsOnTheRawTarget) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  const std::string target = "/?SnapshotIds=[\"s-1\",\"s-2\"]&Name=%zz\xc3\xa9+{|}^`\\#";
  socket.Send("GET " + target + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "GET " + target + " ");
}

TEST(HttpServer, TakesALongTargetUpToTheLimit) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  const std::string target = "/?x=" + std::string(120 * 1024, 'a');
  socket.Send("GET " + target + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "GET " + target + " ");
}

TEST(HttpServer, RefusesAHeadOverTheLimit) {
  HttpServerOptions options;
  options.header_limit = 4096;
  const auto server = Serve(Echo, options);
  const std::string status = "HTTP/1.1 431 Request Header Fields Too Large";
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing(*server, "GET /" + std::string(5000, 'a'))), status);
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing(
                *server, "GET / HTTP/1.1\r\nX: " + std::string(5000, 'a') + "\r\n\r\n")),
            status);
}

TEST(HttpServer, CountsTheHeadAlsoWhereItComesLineByLine) {
  HttpServerOptions options;
  options.header_limit = 2048;
  const auto server = Serve(Echo, options);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\nX");
  for (int i = 0; i < 4; ++i) {
    // A read that ends just after the first byte of a line is where Beast forgets to add up.
    std::this_thread::sleep_for(milliseconds(2));
    socket.Send(": " + std::string(900, 'a') + "\r\nX");
  }
  socket.Send(": b\r\n\r\n");
  EXPECT_EQ(StatusLineOf(socket.ReadAll()), "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST(HttpServer, RefusesABodyOverTheLimitAndStillSaysSo) {
  HttpServerOptions options;
  options.body_limit = 1000;
  const auto server = Serve(Echo, options);
  const std::string status = "HTTP/1.1 413 Payload Too Large";
  const std::string large(3 * 1024 * 1024, 'a');
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing(
                *server, "POST / HTTP/1.1\r\nContent-Length: 3145728\r\n\r\n" + large)),
            status);
  EXPECT_EQ(
      StatusLineOf(SaidBeforeClosing(
          *server, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n300000\r\n" + large)),
      status);
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing(*server,
                                           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                                           "200\r\n" +
                                               std::string(512, 'a') + "\r\n200\r\n")),
            status);
}

TEST(HttpServer, ReadsOnAfterARefusalThatAResetWouldTakeBack) {
  HttpServerOptions options;
  options.body_limit = 1000;
  const auto server = Serve(Echo, options);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n");
  EXPECT_EQ(StatusLineOf(socket.ReadAll()), "HTTP/1.1 413 Payload Too Large");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(socket.Send("abc")) << "reset";
    std::this_thread::sleep_for(milliseconds(2));
  }
}

TEST(HttpServer, TakesABodyOfExactlyTheLimit) {
  HttpServerOptions options;
  options.body_limit = 1000;
  const auto server = Serve(Echo, options);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  const std::string body(1000, 'a');
  socket.Send("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + body);
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "POST / " + body);
}

class BadRequests : public testing::TestWithParam<std::string> {};

TEST_P(BadRequests, AreAnsweredWith400AndAClose) {
  const auto server = Serve(Echo);
  const std::string said = SaidBeforeClosing(*server, GetParam());
  EXPECT_EQ(StatusLineOf(said), "HTTP/1.1 400 Bad Request");
  EXPECT_NE(said.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(said.find("HTTP/1.1", 1), std::string::npos) << "a second answer: " << said;
}

INSTANTIATE_TEST_SUITE_P(
    HttpServer, BadRequests,
    testing::Values(
        "hello\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "GET /?Name=raw blank HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n",
        "GET / HTTP/1.1\r\nNo colon\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"));

TEST(HttpServer, CutsOffAClientThatIsTooSlow) {
  HttpServerOptions options;
  options.read_timeout = milliseconds(40);
  const auto server = Serve(Echo, options);
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing(*server, "GET / HTTP/1.1\r\nHost:")),
            "HTTP/1.1 408 Request Timeout");
  EXPECT_EQ(
      StatusLineOf(SaidBeforeClosing(*server, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")),
      "HTTP/1.1 408 Request Timeout");
}

TEST(HttpServer, ClosesAConnectionThatRestsTooLong) {
  HttpServerOptions options;
  options.idle_timeout = milliseconds(40);
  const auto server = Serve(Echo, options);
  EXPECT_EQ(SaidBeforeClosing(*server, ""), "");
  const std::string said = SaidBeforeClosing(*server, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusLineOf(said), "HTTP/1.1 200 OK");
  EXPECT_EQ(said.find("408"), std::string::npos);
}

TEST(HttpServer, ClosesWhereTheClientAsksForIt) {
  const auto server = Serve(Echo);
  EXPECT_NE(SaidBeforeClosing(*server, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
                .find("Connection: close\r\n"),
            std::string::npos);
  EXPECT_NE(SaidBeforeClosing(*server, "GET / HTTP/1.0\r\n\r\n").find("Connection: close\r\n"),
            std::string::npos);
}

TEST(HttpServer, KeepsAnOldConnectionWhereTheClientAsksForIt) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  for (int i = 0; i < 2; ++i) {
    socket.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(socket.ReadMessage().find("Connection: keep-alive\r\n"), std::string::npos);
  }
}

TEST(HttpServer, ClosesWhereTheHandlerWantsIt) {
  const auto server = Serve([](const HttpRequest&, HttpResponse& response) {
    response.body = "bye";
    response.close_after = true;
  });
  const std::string said =
      SaidBeforeClosing(*server, "GET / HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\n\r\n");
  EXPECT_NE(said.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(BodyOf(said), "bye");
}

TEST(HttpServer, CutsAnAnswerWhereTheHandlerWantsIt) {
  const auto server = Serve([](const HttpRequest& request, HttpResponse& response) {
    response.body = std::string(1000, 'a');
    response.cut_after = request.target == "/head" ? 10 : 500;
  });
  EXPECT_EQ(SaidBeforeClosing(*server, "GET /head HTTP/1.1\r\n\r\n"), "HTTP/1.1 2");
  const std::string said = SaidBeforeClosing(*server, "GET /body HTTP/1.1\r\n\r\n");
  EXPECT_EQ(said.size(), 500u);
  EXPECT_NE(said.find("Content-Length: 1000\r\n"), std::string::npos);
}

TEST(HttpServer, ADelayedAnswerHoldsUpNobodyElse) {
  HttpServerOptions options;
  options.threads = 1;
  const auto server = Serve(
      [](const HttpRequest& request, HttpResponse& response) {
        response.body = request.target;
        if (request.target == "/slow") response.delay = milliseconds(100);
      },
      options);
  const auto start = Clock::now();
  RawSocket slow = RawSocket::ConnectedTo(server->port());
  slow.Send("GET /slow HTTP/1.1\r\n\r\nGET /after HTTP/1.1\r\n\r\n");
  RawSocket quick = RawSocket::ConnectedTo(server->port());
  quick.Send("GET /quick HTTP/1.1\r\n\r\n");
  EXPECT_EQ(BodyOf(quick.ReadMessage()), "/quick");
  EXPECT_LT(Clock::now() - start, milliseconds(100));
  EXPECT_EQ(BodyOf(slow.ReadMessage()), "/slow");
  EXPECT_GE(Clock::now() - start, milliseconds(100));
  EXPECT_EQ(BodyOf(slow.ReadMessage()), "/after");
}

TEST(HttpServer, GivesTheHandlerAnEmptyResponseEachTime) {
  std::atomic<bool> clean{true};
  const auto server = Serve([&](const HttpRequest& request, HttpResponse& response) {
    clean = clean && response.status == 200 && response.headers.empty() && response.body.empty() &&
            response.delay.count() == 0 &&
            request.headers.size() == (request.target == "/two" ? 2u : 1u);
    response.status = 404;
    response.Set("X-Left", "over");
    response.body = "left over";
    response.delay = milliseconds(1);
  });
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  for (const char* request :
       {"GET /two HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n", "GET / HTTP/1.1\r\nA: 1\r\n\r\n"}) {
    socket.Send(request);
    EXPECT_EQ(StatusLineOf(socket.ReadMessage()), "HTTP/1.1 404 Not Found");
  }
  EXPECT_TRUE(clean);
}

TEST(HttpServer, SendsNoLineBreakInsideAHeader) {
  const auto server = Serve([](const HttpRequest&, HttpResponse& response) {
    response.Set("X-Echo", "a\r\nX-Injected: b");
  });
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(socket.ReadMessage().find("X-Echo: a  X-Injected: b\r\n"), std::string::npos);
}

TEST(HttpServer, KeepsALengthThatTheHandlerGives) {
  const auto server = Serve([](const HttpRequest&, HttpResponse& response) {
    response.Set("content-length", "7");
    response.body = "abc";
    response.close_after = true;
  });
  const std::string said = SaidBeforeClosing(*server, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(said.find("content-length: 7\r\n"), std::string::npos);
  EXPECT_EQ(said.find("Content-Length"), std::string::npos);
}

TEST(HttpServer, SendsALongAnswerToASlowReader) {
  const std::string large(8 * 1024 * 1024, 'z');
  const auto server =
      Serve([&](const HttpRequest&, HttpResponse& response) { response.body = large; });
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(BodyOf(socket.ReadMessage()), large);
  EXPECT_EQ(BodyOf(socket.ReadMessage()), large);
}

TEST(HttpServer, CutsOffAClientThatDoesNotTakeItsAnswer) {
  HttpServerOptions options;
  options.read_timeout = milliseconds(40);
  const std::string large(8 * 1024 * 1024, 'z');
  const auto server =
      Serve([&](const HttpRequest&, HttpResponse& response) { response.body = large; }, options);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(150));
  EXPECT_LT(socket.ReadMessage().size(), large.size());
}

TEST(HttpServer, TakesADelayThatIsWantedForNoTimeOut) {
  HttpServerOptions options;
  options.read_timeout = milliseconds(30);
  options.idle_timeout = milliseconds(30);
  const auto server =
      Serve([&](const HttpRequest&, HttpResponse& response) { response.delay = milliseconds(80); },
            options);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusLineOf(socket.ReadMessage()), "HTTP/1.1 200 OK");
}

TEST(HttpServer, ServesManyConnectionsAtOnce) {
  const auto server = Serve(Echo);
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&, client] {
      RawSocket socket = RawSocket::ConnectedTo(server->port());
      for (int i = 0; i < 200; ++i) {
        const std::string target = "/" + std::to_string(client) + "/" + std::to_string(i);
        socket.Send("GET " + target + " HTTP/1.1\r\n\r\n");
        if (BodyOf(socket.ReadMessage()) == "GET " + target + " ") ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 8 * 200);
}

// Takes every descriptor that the process may still open, and gives them back.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 128;
    setrlimit(RLIMIT_NOFILE, &low);
    for (int taken = dup(0); taken >= 0; taken = dup(0)) taken_.push_back(taken);
  }
  ~NoDescriptorsLeft() {
    for (const int taken : taken_) close(taken);
    setrlimit(RLIMIT_NOFILE, &before_);
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(HttpServer, LivesThroughATimeWithoutDescriptors) {
  const auto server = Serve(Echo);
  // Every worker answers once before: the sanitizer needs descriptors, too, when it first meets a
  // type.
  std::vector<RawSocket> early;
  for (int i = 0; i < 4; ++i) {
    early.push_back(RawSocket::ConnectedTo(server->port()));
    early.back().Send("GET /early HTTP/1.1\r\n\r\n");
    ASSERT_EQ(BodyOf(early.back().ReadMessage()), "GET /early ");
  }
  RawSocket socket = RawSocket::Unconnected();
  RawSocket another = RawSocket::Unconnected();
  {
    const NoDescriptorsLeft none;
    ASSERT_TRUE(socket.Connect(server->port()));
    std::this_thread::sleep_for(milliseconds(10));
  }
  ASSERT_TRUE(another.Connect(server->port()));
  for (RawSocket* late : {&socket, &another}) {
    late->Send("GET /late HTTP/1.1\r\n\r\n");
    EXPECT_EQ(BodyOf(late->ReadMessage()), "GET /late ");
  }
}

TEST(HttpServer, StopEndsWaitAndClosesConnections) {
  const auto server = Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "GET / ");
  std::thread stopper([&] { server->Stop(); });
  server->Wait();
  stopper.join();
  bool closed = false;
  EXPECT_EQ(socket.ReadAll(&closed), "");
  EXPECT_TRUE(closed);
}

TEST(HttpServer, EndsWhileAnAnswerIsStillDelayed) {
  const auto start = Clock::now();
  RawSocket socket = RawSocket::Unconnected();
  {
    std::atomic<bool> asked{false};
    const auto server = Serve([&](const HttpRequest&, HttpResponse& response) {
      response.delay = std::chrono::hours(1);
      asked = true;
    });
    ASSERT_TRUE(socket.Connect(server->port()));
    socket.Send("GET / HTTP/1.1\r\n\r\n");
    while (!asked && Clock::now() - start < std::chrono::seconds(2)) std::this_thread::yield();
    EXPECT_TRUE(asked);
  }
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(2));
}

TEST(HttpServer, SaysWhyAnAddressCannotBeHad) {
  const auto server = Serve(Echo);
  const struct {
    const char* host;
    std::uint16_t port;
    const char* what;
  } cases[] = {{"127.0.0.1", server->port(), "the port is taken"},
               {"example", 0, "not an address"},
               {"127.0.0.256", 0, "not an address"},
               {"", 0, "not an address"},
               {"192.0.2.1", 0, "no such address"}};
  for (const auto& [host, port, what] : cases) {
    const auto refused = HttpServer::Listen(host, port, Echo);
    ASSERT_FALSE(refused) << host;
    EXPECT_NE(refused.error().what.find(what), std::string::npos) << refused.error().Text();
    EXPECT_EQ(refused.error().exit, ExitCode::kBadUsage);
  }
}

TEST(HttpServer, ListensOnLocalhostAndOnIpv6) {
  const auto local = HttpServer::Listen("localhost", 0, Echo);
  ASSERT_TRUE(local);
  EXPECT_EQ(local.value()->Url(), "http://127.0.0.1:" + std::to_string(local.value()->port()));
  const auto v6 = HttpServer::Listen("[::1]", 0, Echo);
  if (!v6) GTEST_SKIP() << "no IPv6 on this machine: " << v6.error().Text();
  EXPECT_EQ(v6.value()->Url(), "http://[::1]:" + std::to_string(v6.value()->port()));
}

TEST(HttpResponse, SetReplacesAHeaderInAnyCase) {
  HttpResponse response;
  response.Set("Content-Type", "a");
  response.Set("content-type", "b");
  response.Set("X", "c");
  EXPECT_EQ(response.headers, (HttpHeaders{{"Content-Type", "b"}, {"X", "c"}}));
  EXPECT_EQ(FindHeader(response.headers, "CONTENT-TYPE"), "b");
  EXPECT_EQ(FindHeader(response.headers, "Content"), std::nullopt);
}

}  // namespace
}  // namespace assay
