// Any bytes as what a target sends: the client takes an answer from them or says what is wrong, in
// time.
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "reference/target/http_client.h"
#include "reference/wire/raw_socket_for_test.h"

namespace assay {
namespace {

// Sends the same bytes to everybody who has sent the head of a request, and closes.
class BytesServer {
 public:
  BytesServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const sockaddr_in address = RawSocket::Loopback(0);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    // It serves as long as the process lives.
    std::thread([this] { Serve(); }).detach();
  }

  std::string Url() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  void SetAnswer(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    answer_ = bytes;
  }

 private:
  [[noreturn]] void Serve() {
    while (true) {
      RawSocket client(::accept(listener_, nullptr, nullptr));
      client.ReadUntil("\r\n\r\n");
      const std::lock_guard lock(mutex_);
      client.Send(answer_);
    }
  }

  const int listener_;
  std::mutex mutex_;
  std::string answer_;
};

// Whether the client has an answer, or an error with a text, for these bytes in time.
bool Answers(std::string_view bytes) {
  using std::chrono::seconds;
  static BytesServer* const server = new BytesServer;
  static HttpTargetOptions options{.connections = 1, .timeout = seconds(2)};
  static const auto target = HttpTarget::Open(server->Url(), options);
  if (!target) std::abort();
  server->SetAnswer(bytes);
  Request request;
  request.Set("Action", "DescribeSnapshots");
  const auto started = std::chrono::steady_clock::now();
  const Result<Response> response = SendOnce(**target, request);
  if (!response && response.error().Text().empty()) std::abort();
  return std::chrono::steady_clock::now() - started <= seconds(5);
}

// On a machine that was busy or paused an answer can be late once.
void RunOne(std::string_view bytes) {
  if (!Answers(bytes) && !Answers(bytes)) std::abort();
}

}  // namespace
}  // namespace assay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
