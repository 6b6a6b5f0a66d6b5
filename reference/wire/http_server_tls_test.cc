// What is different, or could be, if the server speaks TLS.

#include <gtest/gtest.h>

#include "reference/target/http_client.h"
#include "reference/wire/http_server_for_test.h"
#include "reference/wire/tls_identity_for_test.h"

namespace assay {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// The first bytes of a client's hello, whose length says that more is to come.
constexpr std::string_view kHalfHello("\x16\x03\x01\x02\x00\x01\x00", 7);

class HttpsServer : public testing::Test {
 protected:
  void Serve(HttpHandler handler, HttpServerOptions options = {}) {
    options.threads = 2;
    auto server =
        HttpServer::Listen("127.0.0.1", 0, std::move(handler), WithTls(identity_, options));
    ASSERT_TRUE(server) << server.error().Text();
    server_ = std::move(server).value();
  }
  void ServeWithReadTimeout(milliseconds timeout) {
    HttpServerOptions options;
    options.read_timeout = timeout;
    Serve(Echo, options);
  }
  RawSocket Connect() const {
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    EXPECT_TRUE(socket.StartTls());
    return socket;
  }
  // What the server says to these bytes, up to its ending TLS.
  std::string SaidBeforeClosing(std::string_view bytes) const {
    RawSocket socket = Connect();
    socket.Send(bytes);
    return ReadToTheEnd(socket);
  }
  // What it answers if these bytes come in place of TLS.
  std::string SaidInPlain(std::string_view bytes) const {
    RawSocket socket = RawSocket::ConnectedTo(server_->port());
    socket.Send(bytes);
    return ReadToTheEnd(socket);
  }
  void ExpectServed(RawSocket& socket) const {
    socket.Send("GET /still HTTP/1.1\r\n\r\n");
    EXPECT_EQ(BodyOf(socket.ReadMessage()), "GET /still ");
  }

  TlsIdentity identity_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpsServer, SaysHttpsInItsUrl) {
  Serve(Echo);
  EXPECT_EQ(server_->Url(), "https://127.0.0.1:" + std::to_string(server_->port()));
}

TEST_F(HttpsServer, KeepsAConnectionForManyRequests) {
  Serve(Echo);
  RawSocket socket = Connect();
  for (int i = 0; i < 2000; ++i) {
    const std::string target = "/" + std::to_string(i);
    socket.Send("GET " + target + " HTTP/1.1\r\n\r\n");
    ASSERT_EQ(BodyOf(socket.ReadMessage()), "GET " + target + " ");
  }
}

TEST_F(HttpsServer, AnswersPipelinedRequestsInOrder) {
  Serve(Echo);
  RawSocket socket = Connect();
  ExpectPipelinedRequestsAnsweredInOrder(socket);
}

TEST_F(HttpsServer, ReadsARequestThatComesByteByByte) {
  Serve(Echo);
  RawSocket socket = Connect();
  for (const char byte : std::string("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"))
    ASSERT_TRUE(socket.Send({&byte, 1}));
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "POST /a abc");
}

TEST_F(HttpsServer, CarriesLargeBodiesBothWays) {
  Serve(Echo);
  RawSocket socket = Connect();
  std::string body;
  for (int i = 0; body.size() < 4000000; ++i) body += std::to_string(i);
  for (int i = 0; i < 2; ++i) {
    socket.Send("POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    ASSERT_TRUE(socket.Send(body));
    // Not EXPECT_EQ, which would print all of it.
    EXPECT_TRUE(BodyOf(socket.ReadMessage()) == "POST / " + body);
  }
}

TEST_F(HttpsServer, SendsALongAnswerToASlowReader) {
  const std::string large(8 * 1024 * 1024, 'z');
  Serve([&](const HttpRequest&, HttpResponse& response) { response.body = large; });
  RawSocket socket = Connect();
  socket.Send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(BodyOf(socket.ReadMessage()) == large);
  EXPECT_TRUE(BodyOf(socket.ReadMessage()) == large);
}

TEST_F(HttpsServer, InvitesTheBodyThatAClientHoldsBack) {
  Serve(Echo);
  RawSocket socket = Connect();
  socket.Send("POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(socket.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.Send("abc");
  EXPECT_EQ(BodyOf(socket.ReadMessage()), "POST / abc");
}

TEST_F(HttpsServer, ServesManyConnectionsAtOnce) {
  Serve(Echo);
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 20; ++i) {
        RawSocket socket = Connect();
        const std::string target = "/" + std::to_string(client) + "/" + std::to_string(i);
        socket.Send("GET " + target + " HTTP/1.1\r\n\r\n");
        if (BodyOf(socket.ReadMessage()) == "GET " + target + " ") ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 8 * 20);
}

TEST_F(HttpsServer, SpeaksTls12AndNothingOlder) {
  Serve(Echo);
  RawSocket socket = RawSocket::ConnectedTo(server_->port());
  EXPECT_TRUE(socket.StartTls(TLS1_2_VERSION));
  ExpectServed(socket);
  EXPECT_FALSE(RawSocket::ConnectedTo(server_->port()).StartTls(TLS1_1_VERSION));
}

TEST_F(HttpsServer, EndsTlsWhereItCloses) {
  Serve([](const HttpRequest&, HttpResponse& response) {
    response.body = "bye";
    response.close_after = true;
  });
  EXPECT_EQ(BodyOf(SaidBeforeClosing("GET / HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\n\r\n")), "bye");
}

TEST_F(HttpsServer, EndsTlsWhereTheClientDoes) {
  Serve(Echo);
  RawSocket socket = Connect();
  ExpectServed(socket);
  socket.EndTls();
  bool closed = false;
  EXPECT_EQ(socket.ReadAll(&closed), "");
  EXPECT_TRUE(closed);
}

TEST_F(HttpsServer, EndsTlsAfterAnAnswerThatIsCut) {
  Serve([](const HttpRequest&, HttpResponse& response) {
    response.body = std::string(1000, 'a');
    response.cut_after = 500;
  });
  EXPECT_EQ(SaidBeforeClosing("GET / HTTP/1.1\r\n\r\n").size(), 500u);
}

TEST_F(HttpsServer, EndsTlsWhereAConnectionRestsTooLong) {
  HttpServerOptions options;
  options.idle_timeout = milliseconds(40);
  Serve(Echo, options);
  EXPECT_EQ(SaidBeforeClosing(""), "");
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing("GET / HTTP/1.1\r\n\r\n")), "HTTP/1.1 200 OK");
}

TEST_F(HttpsServer, TellsAClientThatItIsTooSlow) {
  ServeWithReadTimeout(milliseconds(200));
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing("GET / HTTP/1.1\r\nHost:")),
            "HTTP/1.1 408 Request Timeout");
}

TEST_F(HttpsServer, RefusesABodyOverTheLimitAndStillSaysSo) {
  HttpServerOptions options;
  options.body_limit = 1000;
  Serve(Echo, options);
  EXPECT_EQ(StatusLineOf(SaidBeforeClosing("POST / HTTP/1.1\r\nContent-Length: 3145728\r\n\r\n" +
                                           std::string(3 * 1024 * 1024, 'a'))),
            "HTTP/1.1 413 Payload Too Large");
}

TEST_F(HttpsServer, WaitsForAHandshakeNoLongerThanForARequest) {
  ServeWithReadTimeout(milliseconds(200));
  for (const std::string_view begun : {std::string_view(), kHalfHello}) {
    const auto start = Clock::now();
    EXPECT_EQ(SaidInPlain(begun), "");
    EXPECT_GE(Clock::now() - start, milliseconds(190));
    EXPECT_LT(Clock::now() - start, milliseconds(1500));
  }
}

TEST_F(HttpsServer, ClosesOnGarbageInPlaceOfAHandshake) {
  Serve(Echo);
  RawSocket other = Connect();
  const std::string garbage(300000, '\xa5');
  SaidInPlain(garbage);
  SaidInPlain("\x16\x03\x01" + garbage);
  ExpectServed(other);
}

TEST_F(HttpsServer, TellsAPlainClientToSpeakTls) {
  Serve(Echo);
  RawSocket other = Connect();
  const std::string said = SaidInPlain("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(StatusLineOf(said), "HTTP/1.1 400 Bad Request");
  EXPECT_NE(BodyOf(said).find("use https://"), std::string::npos) << said;
  ExpectServed(other);
}

TEST_F(HttpsServer, ClosesOnGarbageAfterTheHandshake) {
  Serve(Echo);
  RawSocket other = Connect();
  RawSocket socket = Connect();
  const std::string garbage(300000, '\xa5');
  ::send(socket.descriptor(), garbage.data(), garbage.size(), MSG_NOSIGNAL);
  EXPECT_EQ(socket.ReadAll(), "");
  ExpectServed(other);
}

TEST_F(HttpsServer, OutlivesClientsThatVanishAmidAHandshake) {
  Serve(Echo);
  for (int i = 0; i < 50; ++i) RawSocket::ConnectedTo(server_->port()).Send(kHalfHello);
  RawSocket socket = Connect();
  ExpectServed(socket);
}

TEST_F(HttpsServer, StopsWhileHandshakesAreOpen) {
  Serve(Echo);
  std::vector<RawSocket> sockets;
  for (int i = 0; i < 10; ++i) {
    sockets.push_back(RawSocket::ConnectedTo(server_->port()));
    if (i % 2 == 0) sockets.back().Send(kHalfHello);
  }
  RawSocket served = Connect();
  ExpectServed(served);
  const auto start = Clock::now();
  server_->Stop();
  server_->Wait();
  server_.reset();
  EXPECT_LT(Clock::now() - start, milliseconds(1000));
  for (RawSocket& socket : sockets) EXPECT_EQ(socket.ReadAll(), "");
}

TEST_F(HttpsServer, EndsWhileAnAnswerIsStillDelayed) {
  std::atomic<bool> asked{false};
  Serve([&](const HttpRequest&, HttpResponse& response) {
    response.delay = std::chrono::hours(1);
    asked = true;
  });
  RawSocket socket = Connect();
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  const auto start = Clock::now();
  while (!asked && Clock::now() - start < std::chrono::seconds(2)) std::this_thread::yield();
  server_.reset();
  EXPECT_TRUE(asked);
  EXPECT_LT(Clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace assay
