// Any bytes as what a client sends to the reference server, with signatures and without: they are
// answered, or the connection is closed, in time; and the next client gets its answer.
#include <fmt/format.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reference/server/server.h"
#include "reference/wire/raw_socket_for_test.h"

namespace assay {
namespace {

// It serves as long as the process lives: OpenSSL would leave behind what it holds for a thread
// that ends after it.
Server* Started(bool authenticate) {
  static const Dataset dataset = GenerateDataset(20, 1);
  GatewayOptions gateway;
  gateway.authenticate = authenticate;
  gateway.keys = {{.key_id = "testid", .secret = "testsecret"}};
  auto server = Server::Start(dataset, {}, "127.0.0.1", 0, {.threads = 1}, std::move(gateway));
  if (!server) std::abort();
  return server->release();
}

// What comes back after these bytes and no more; aborts if the server keeps the connection.
std::string AnswerOf(std::uint16_t port, std::string_view bytes) {
  RawSocket client = RawSocket::ConnectedTo(port);
  if (!client.Send(bytes)) return {};
  ::shutdown(client.descriptor(), SHUT_WR);
  bool closed = false;
  std::string answer = client.ReadAll(&closed);
  if (!closed && !answer.empty() && !answer.starts_with("HTTP/1.")) std::abort();
  return answer;
}

// Whether it answers a plain request. A machine that does much else may need longer for it than a
// socket waits.
bool Answers(std::uint16_t port) {
  constexpr int kTries = 10;
  std::string answer;
  for (int i = 0; i < kTries; ++i) {
    answer = AnswerOf(port,
                      "GET /?Action=DescribeSnapshots&Version=2014-05-26&Format=JSON"
                      "&RegionId=cn-hangzhou HTTP/1.1\r\nHost: h\r\n\r\n");
    if (answer.find("RequestId") != std::string::npos) return true;
  }
  fmt::print(stderr, "the next client got in place of an answer: {}\n",
             answer.empty() ? "nothing" : answer);
  return false;
}

// The first byte says which of the two servers.
void RunOne(std::string_view input) {
  static Server* const servers[] = {Started(false), Started(true)};
  if (input.empty()) return;
  const std::uint16_t port = servers[input[0] & 1]->port();
  const std::string answer = AnswerOf(port, input.substr(1));
  if (!answer.empty() && !answer.starts_with("HTTP/1.")) std::abort();
  static int clients = 0;
  if (++clients % 16 != 0) return;
  if (!Answers(port)) std::abort();
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
