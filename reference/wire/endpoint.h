#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "spec/text/result.h"

namespace assay {

// The address at which a target listens.
struct Endpoint {
  bool tls = false;
  std::string host;  // a name or an address; an IPv6 address without brackets
  std::uint16_t port = 80;
  std::string path = "/";
  std::string socket_path = "";  // of a Unix socket, in place of host and port

  // The value of the Host header: the port only if it is not the scheme's own.
  std::string Authority() const;
  // "http://127.0.0.1:8080"; the path only if it is more than "/". "unix:/run/ecs.sock".
  std::string Url() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Reads "http://host:port/path", "https://host", "host:port" or "host" (the last two are http), or
// "unix:/path" for a Unix socket that speaks plain HTTP. An Error says what is wrong with the text
// and what a valid one looks like.
Result<Endpoint> ParseEndpoint(std::string_view url);

// True if the target is on this machine.
bool IsLoopback(const Endpoint& endpoint);
// Requests a second that nobody minds, unless told otherwise; 0 for no limit.
double PoliteRate(const Endpoint& endpoint);

}  // namespace assay
