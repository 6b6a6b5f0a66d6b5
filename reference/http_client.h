#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reference/endpoint.h"
#include "reference/target.h"
#include "reference/transport_failure.h"
#include "reference/wire_request.h"
#include "spec/result.h"

namespace assay {

struct HttpTargetOptions {
  int connections = 8;
  double rate = 0;  // requests a second, evenly spaced over all connections; 0 = unlimited
  std::chrono::milliseconds timeout{10000};   // of one request, connecting included
  std::size_t body_limit = 64 * 1024 * 1024;  // bytes; a longer body is a failure
  std::string ca_file;                        // PEM; trusted instead of the system's authorities
  bool verify = true;                         // false: any certificate of any name will do
  std::string version = "2014-05-26";         // added as `Version` where a request has none
  RequestSigner sign;                         // empty: requests go unsigned
};

// A target behind HTTP or HTTPS, driven over several kept-alive connections from the thread that
// calls Run(). An exchange that breaks is answered with an Error of transport_failure.h. A request
// on a reused connection that closes before the first byte of the answer is sent once more on a new
// one; nothing else is ever sent twice.
class HttpTarget : public Target {
 public:
  // Connects to nothing yet. An Error tells of a bad URL, option or CA file.
  static Result<std::unique_ptr<HttpTarget>> Open(std::string_view url, HttpTargetOptions options);
  ~HttpTarget() override;

  void Run(RequestSource& source) override;
  int Concurrency() const override;
  std::string Name() const override;  // the URL
  // How many connections were made or tried so far.
  std::int64_t ConnectionsOpened() const;

 private:
  class Pool;
  explicit HttpTarget(std::unique_ptr<Pool> pool);

  std::unique_ptr<Pool> pool_;
};

}  // namespace assay
