#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// What bytes mean as requests of HTTP/1.1, read as strictly as RFC 9112 allows a server to: only
// what every server must read alike counts as certain.
struct WireFraming {
  // All bytes are whole requests, of which every server knows where each ends.
  bool certain = false;
  std::vector<std::string> methods;  // of the whole requests
  // The last request leaves the connection open.
  bool keeps_alive = false;
  // The first line ends as a request line of HTTP/1 does. What answers another one may have no
  // status line, as in HTTP/0.9.
  bool has_version = false;
  // Perhaps it asks for an answer without a body (HEAD), or for a tunnel (CONNECT).
  bool may_lack_body = false;
  // What is odd first: "two lengths", "a control character in a header", … "" if it is certain.
  std::string oddity;
  // All that is odd in the first request that is odd.
  std::set<std::string> oddities;
  // RFC 9112, 6.3: the length cannot be known, though the head is well formed otherwise. The server
  // has to answer 400 and to close.
  bool has_no_length = false;
  // RFC 9112, 6.1: Content-Length and Transfer-Encoding; the server has to close after its answer.
  bool has_both_lengths = false;
};

WireFraming ReadFraming(std::string_view bytes);

}  // namespace assay
