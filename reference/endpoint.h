#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "spec/result.h"

namespace assay {

// Where a target listens.
struct Endpoint {
  bool tls = false;
  std::string host;  // a name or an address; an IPv6 address without brackets
  std::uint16_t port = 80;
  std::string path = "/";

  // The value of the Host header: the port only where it is not the scheme's own.
  std::string Authority() const;
  // "http://127.0.0.1:8080"; the path only where it is more than "/".
  std::string Url() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// Reads "http://host:port/path", "https://host", "host:port" or "host" (the last two are http).
// An Error says what is wrong with the text and what a right one looks like.
Result<Endpoint> ParseEndpoint(std::string_view url);

}  // namespace assay
