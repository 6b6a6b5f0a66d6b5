#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "reference/wire/endpoint.h"
#include "spec/text/result.h"

namespace assay {

// A connection on which any bytes are sent, plain, over TCP or a Unix socket. What comes is kept;
// beyond 4 MiB nothing more is read.
class WireConnection {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t {
    kOpen,
    kClosed,  // by the peer, in due form
    kReset    // the peer threw the connection away; what it had sent may be lost
  };

  // The Error is one of transport_failure.h.
  static Result<WireConnection> Open(const Endpoint& endpoint, std::chrono::milliseconds timeout);
  WireConnection(WireConnection&& other) noexcept;
  WireConnection& operator=(WireConnection&&) = delete;
  ~WireConnection();

  // Sends the bytes, and takes what comes meanwhile. False if they were not all taken in time.
  bool Send(std::string_view bytes, Clock::time_point until);
  // Waits until then for more. False if nothing came; then state() may say why.
  bool Receive(Clock::time_point until);
  // Says that nothing more is sent.
  void EndSending();

  State state() const { return state_; }
  const std::string& received() const { return received_; }

 private:
  explicit WireConnection(int descriptor) : descriptor_(descriptor) {}
  bool Read();

  int descriptor_;
  State state_ = State::kOpen;
  std::string received_;
};

}  // namespace assay
