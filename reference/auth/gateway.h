#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/auth/signature.h"
#include "reference/wire/http_server.h"
#include "reference/wire/message.h"

namespace assay {

// What an HTTP request carries, decoded by the rules of forms.
struct WireParameters {
  std::string path;  // "/"
  std::vector<Parameter> query;
  std::vector<Parameter> form;  // of a body that is a form, or that has no Content-Type
};
WireParameters DecodeParameters(const HttpRequest& http);

// Why the gateway turns a request away: the status, and the fields of the error envelope.
struct GatewayRefusal {
  int status = 400;
  std::string code, message;
};

struct GatewayOptions {
  bool authenticate = false;               // --auth on
  std::vector<Credentials> keys = {};      // whose requests are accepted
  std::function<std::int64_t()> now = {};  // seconds since 1970; empty: the system's (--now)
  // How far a time stamp may lie in the past or in the future: 31 minutes in parameters (help page
  // 157269 of 2025; earlier ones say 15), 15 in headers.
  std::int64_t parameter_validity_s = 31 * 60;
  std::int64_t header_validity_s = 15 * 60;
  // True if a fault lets that forgery go unnoticed, in a signature in headers or in parameters;
  // empty: none does.
  std::function<bool(Forgery, bool in_headers)> blind = {};
  double rate = 0;                    // requests a second that are let through (--throttle); 0: all
  std::size_t nonce_limit = 200'000;  // nonces remembered; older ones are forgotten first
};

// The stage in front of the service: refuses what the gateway of the real service refuses
// (api-facts, 6), in the order method, common parameters, signature present, key, security token,
// signature method and version, time, signature, nonce, version, action. Without authentication
// only method, version and action are looked at. Safe to call from several threads.
class Gateway {
 public:
  explicit Gateway(GatewayOptions options);
  ~Gateway();

  // Empty if the request may pass. `request` is `http` decoded (DecodeRequest()): only Action and
  // Version are read from it, and what it alone can decide is left to the service: a name in
  // another letter case, a value given twice, a missing Action or Version that is not asked for.
  std::optional<GatewayRefusal> Check(const HttpRequest& http, const Request& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
