#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/target/stop_sign.h"
#include "reference/target/target.h"
#include "reference/wire/endpoint.h"
#include "reference/wire/transport_failure.h"
#include "reference/wire/wire_request.h"
#include "spec/text/result.h"
#include "spec/text/secret_mask.h"

namespace assay {

// Bytes of the body of one answer; a page of 100 snapshots has some 100,000.
inline constexpr std::size_t kAnswerLimit = 8 * 1024 * 1024;

// What Assay calls itself: "assay/1.2.3".
std::string_view UserAgent();

struct HttpTargetOptions {
  int connections = 8;
  double rate = 0;  // requests a second, evenly spaced over all connections; 0 = unlimited
  std::chrono::milliseconds timeout{10000};  // of one request, from connecting to the last byte
  std::size_t body_limit = kAnswerLimit;     // bytes; a longer body is a failure
  std::string ca_file;                       // PEM; trusted instead of the system's authorities
  bool verify = true;                        // false: any certificate of any name will do
  std::string version = "2014-05-26";        // added as `Version` if a request has none
  RequestSigner sign;                        // empty: requests go unsigned
  std::vector<std::pair<std::string, std::string>> headers;  // sent with every request
  std::optional<Endpoint> proxy;                             // through which the target is reached
  std::string proxy_authorization;  // the value of the header that logs in to it
  std::string client_cert;          // PEM, for a target that asks for one; "" for none
  std::string client_key;           // "" if the certificate's file holds it
  SecretMask mask;                  // hides what must not be kept in all that the target says
  const StopSign* stop = nullptr;   // ends what is under way; outlives the target
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
