#include "fuzz/wire_connection.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "reference/wire/transport_failure.h"

namespace assay {
namespace {

constexpr std::size_t kMostReceived = 4 << 20;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::vector<SocketAddress> AddressesOf(const Endpoint& endpoint) {
  std::vector<SocketAddress> out;
  if (!endpoint.socket_path.empty()) {
    SocketAddress& address = out.emplace_back();
    auto* path = reinterpret_cast<sockaddr_un*>(&address.storage);
    path->sun_family = AF_UNIX;
    const std::size_t length = std::min(endpoint.socket_path.size(), sizeof path->sun_path - 1);
    std::memcpy(path->sun_path, endpoint.socket_path.data(), length);
    address.size = sizeof(sockaddr_un);
    return out;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(endpoint.port);
  if (getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &found) != 0) return out;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    SocketAddress& address = out.emplace_back();
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
  }
  return out;
}

int MillisecondsUntil(WireConnection::Clock::time_point until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - WireConnection::Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

// The events that the descriptor has until then, 0 for none.
short Poll(int descriptor, short events, WireConnection::Clock::time_point until) {
  pollfd one{descriptor, events, 0};
  while (poll(&one, 1, MillisecondsUntil(until)) < 0 && errno == EINTR) continue;
  return one.revents;
}

// 0, or the number of the error.
int Connect(int descriptor, const SocketAddress& address, WireConnection::Clock::time_point until) {
  const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
  if (connect(descriptor, to, address.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (Poll(descriptor, POLLOUT, until) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

Result<WireConnection> WireConnection::Open(const Endpoint& endpoint,
                                            std::chrono::milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  int error = 0;
  for (const SocketAddress& address : AddressesOf(endpoint)) {
    const int kind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    WireConnection connection(socket(address.storage.ss_family, kind, 0));
    error = connection.descriptor_ < 0 ? errno : Connect(connection.descriptor_, address, until);
    if (error != 0) continue;
    const int on = 1;
    setsockopt(connection.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connection;
  }
  const auto failure = error == 0              ? TransportFailure::kUnknownHost
                       : error == ECONNREFUSED ? TransportFailure::kRefused
                       : error == ETIMEDOUT    ? TransportFailure::kTimeout
                                               : TransportFailure::kUnreachable;
  return TransportError(failure, endpoint.Url(),
                        error == 0 ? "" : fmt::format(": {}", std::strerror(error)));
}

WireConnection::WireConnection(WireConnection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      state_(other.state_),
      received_(std::move(other.received_)) {}

WireConnection::~WireConnection() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool WireConnection::Send(std::string_view bytes, Clock::time_point until) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;  // what came before it can still be read
    const short ready = Poll(descriptor_, POLLOUT | POLLIN, until);
    if (ready == 0) return false;
    if ((ready & POLLIN) != 0 && !Read() && (ready & POLLOUT) == 0) return false;
  }
  return true;
}

bool WireConnection::Receive(Clock::time_point until) {
  if (state_ != State::kOpen || received_.size() >= kMostReceived) return false;
  return Poll(descriptor_, POLLIN, until) != 0 && Read();
}

// Takes what is there. False if there is nothing.
bool WireConnection::Read() {
  if (received_.size() >= kMostReceived) return false;
  std::array<char, 65536> piece;
  const ssize_t count = recv(descriptor_, piece.data(), piece.size(), 0);
  if (count > 0) {
    received_.append(piece.data(), static_cast<std::size_t>(count));
    return true;
  }
  if (count == 0) {
    state_ = State::kClosed;
  } else if (errno != EAGAIN && errno != EINTR) {
    state_ = State::kReset;
  }
  return false;
}

void WireConnection::EndSending() { shutdown(descriptor_, SHUT_WR); }

}  // namespace assay
