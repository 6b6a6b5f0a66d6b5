#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace assay {

// For tests: a blocking socket that sends and receives exact bytes. Every wait ends after two
// seconds.
class RawSocket {
 public:
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {
    const timeval limit{2, 0};
    const int on = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  RawSocket(RawSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)),
        tls_(std::move(other.tls_)),
        pending_(std::move(other.pending_)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() { Close(); }

  static RawSocket Unconnected() { return RawSocket(::socket(AF_INET, SOCK_STREAM, 0)); }
  static RawSocket ConnectedTo(std::uint16_t port) {
    RawSocket socket = Unconnected();
    socket.Connect(port);
    return socket;
  }

  bool Connect(std::uint16_t port) {
    const sockaddr_in address = Loopback(port);
    return ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  // As a TLS client that trusts everybody; from here on bytes go and come inside of TLS.
  bool StartTls(int max_version = 0) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);  // or old versions would fail on this side
    SSL_CTX_set_max_proto_version(context.get(), max_version);
    tls_.reset(SSL_new(context.get()));
    SSL_set_fd(tls_.get(), descriptor_);
    return SSL_connect(tls_.get()) == 1;
  }
  // Says the end of TLS and leaves the connection open.
  void EndTls() { SSL_shutdown(tls_.get()); }
  void Close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count =
          tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
               : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  // Bytes up to and including the first `end`, or all there are before the peer closes or stays
  // silent. What follows is kept for the next call.
  std::string ReadUntil(std::string_view end) {
    std::size_t at = std::string::npos;
    while ((at = pending_.find(end)) == std::string::npos && Receive()) continue;
    return Take(at == std::string::npos ? pending_.size() : at + end.size());
  }
  std::string ReadBytes(std::size_t count) {
    while (pending_.size() < count && Receive()) continue;
    return Take(std::min(count, pending_.size()));
  }
  // Head and body of one message that has a Content-Length, or none for an empty body.
  std::string ReadMessage() {
    std::string message = ReadUntil("\r\n\r\n");
    const std::size_t field = message.find("Content-Length: ");
    if (field == std::string::npos) return message;
    return message + ReadBytes(std::stoul(message.substr(field + 16)));
  }
  // Everything until the peer closes; `closed` tells whether it did, over TLS in due form.
  std::string ReadAll(bool* closed = nullptr) {
    while (Receive()) continue;
    if (closed != nullptr) *closed = at_end_;
    return Take(pending_.size());
  }
  int descriptor() const { return descriptor_; }

  static sockaddr_in Loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

 private:
  bool Receive() {
    char piece[16384];
    const ssize_t count = tls_ ? SSL_read(tls_.get(), piece, sizeof piece)
                               : ::recv(descriptor_, piece, sizeof piece, 0);
    at_end_ = tls_ ? SSL_get_error(tls_.get(), static_cast<int>(count)) == SSL_ERROR_ZERO_RETURN
                   : count == 0;
    if (count <= 0) return false;
    pending_.append(piece, static_cast<std::size_t>(count));
    return true;
  }
  std::string Take(std::size_t count) {
    // Whole, with its memory: tests measure what others hold.
    if (count == pending_.size()) return std::exchange(pending_, std::string());
    std::string taken = pending_.substr(0, count);
    pending_.erase(0, count);
    return taken;
  }

  int descriptor_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
  bool at_end_ = false;
  std::string pending_;
};

// For tests: listens on a free port of 127.0.0.1 and runs `script` for every connection, in a
// thread of its own, with the connection's number from 0.
class ScriptedServer {
 public:
  using Script = std::function<void(RawSocket&, int)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = RawSocket::Loopback(0);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& connection : connections_) connection.join();
    ::close(listener_);
  }

  std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  int accepted() const { return accepted_; }

 private:
  void Accept() {
    while (true) {
      const int descriptor = ::accept(listener_, nullptr, nullptr);
      if (descriptor < 0) return;
      const int number = accepted_++;
      connections_.emplace_back([this, descriptor, number] {
        RawSocket socket(descriptor);
        script_(socket, number);
      });
    }
  }

  Script script_;
  int listener_ = -1;
  std::atomic<int> accepted_{0};
  std::thread acceptor_;
  std::vector<std::thread> connections_;
};

}  // namespace assay
