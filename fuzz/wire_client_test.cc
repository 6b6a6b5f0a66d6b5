#include "fuzz/wire_client.h"

#include <gtest/gtest.h>

#include "reference/session/smallest_request.h"
#include "reference/wire/raw_socket_for_test.h"

namespace assay {
namespace {

using End = WireOutcome::End;
using Next = WireOutcome::Next;
using std::chrono::milliseconds;

const std::string kShortAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string kPlainText = "GET / HTTP/1.1\\r\\n\nHost: $host\\r\\n\n\\r\\n\n";

WireClient ClientOf(const ScriptedServer& server) {
  HttpTargetOptions http;
  http.timeout = milliseconds(400);
  WireClient client(*ParseEndpoint(server.Url()), http, SmallestRequest("cn-hangzhou", "JSON"));
  client.NoteLatency(std::chrono::microseconds(2000));
  return client;
}

TEST(WireClient, AsksThePlainRequestBehindAnAnswer) {
  ScriptedServer server([](RawSocket& socket, int) {
    for (int i = 0; i < 2; ++i) {
      if (socket.ReadUntil("\r\n\r\n").empty()) return;
      socket.Send(kShortAnswer);
    }
  });
  const WireOutcome outcome = ClientOf(server).Send(kPlainText);
  EXPECT_EQ(outcome.end, End::kOpen);
  ASSERT_EQ(outcome.answers.whole.size(), 1U);
  EXPECT_EQ(outcome.next, Next::kAnswered);
  EXPECT_EQ(outcome.next_answer.response.body, "ok");
}

TEST(WireClient, EndsSendingIfNothingComes) {
  ScriptedServer server([](RawSocket& socket, int) {
    bool closed = false;
    (void)socket.ReadAll(&closed);
    if (closed) socket.Send("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
  });
  const WireOutcome outcome = ClientOf(server).Send("GET / HTTP/1.1\\r\\n");
  EXPECT_TRUE(outcome.half_closed);
  ASSERT_EQ(outcome.answers.whole.size(), 1U);
  EXPECT_EQ(outcome.answers.whole[0].response.status, 400);
  EXPECT_EQ(outcome.next, Next::kNotAsked);
}

TEST(WireClient, TellsWhatHangsFromWhatCloses) {
  ScriptedServer server([](RawSocket& socket, int number) {
    const std::string head = socket.ReadUntil("\r\n\r\n");
    if (number > 0) std::this_thread::sleep_for(milliseconds(1500));
  });
  WireClient client = ClientOf(server);
  EXPECT_EQ(client.Send(kPlainText).end, End::kClosed);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.Send(kPlainText).end, End::kHung);
  EXPECT_EQ(client.Send("GET / HTTP/1.1\\n\n\\n").end, End::kHung);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(1400));
}

TEST(WireClient, LeavesWhereTheTextSaysSo) {
  ScriptedServer server([](RawSocket& socket, int) { (void)socket.ReadAll(); });
  EXPECT_EQ(ClientOf(server).Send("GET / HT\n@close\nTP/1.1").end, End::kLeft);
}

TEST(WireClient, SendsLargeMessagesThatNobodyReads) {
  ScriptedServer server([](RawSocket& socket, int) { socket.Send(kShortAnswer); });
  const WireOutcome outcome = ClientOf(server).Send("$repeat(65536,aaaaaaaaaaaaaaa)");
  EXPECT_NE(outcome.end, End::kHung);
}

TEST(WireClient, SaysThatNothingListens) {
  std::uint16_t port = 0;
  {
    ScriptedServer server([](RawSocket&, int) {});
    port = server.port();
  }
  WireClient client(*ParseEndpoint("127.0.0.1:" + std::to_string(port)), {}, Request{});
  EXPECT_EQ(client.Send(kPlainText).end, End::kUnreachable);
}

}  // namespace
}  // namespace assay
