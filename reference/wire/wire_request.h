#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/wire/message.h"

namespace assay {

// The Content-Type of a request with a form.
inline constexpr std::string_view kFormContentType = "application/x-www-form-urlencoded";

// The same as a request with that encoding writes it.
std::string_view FormContentTypeOf(FormEncoding encoding);

// A request as it is about to travel, laid out but not yet encoded, so that a signer can still add
// parameters and headers. One object serves many requests; assigning to its fields keeps their
// memory.
struct WireRequest {
  std::string method;
  std::string host;              // the value of the Host header: "127.0.0.1:8080"
  std::string path;              // "/"
  std::vector<Parameter> query;  // decoded, in the order in which they are sent
  std::vector<Parameter> form;
  FormEncoding encoding = FormEncoding::kPercent;  // of both
  // Beyond Host, User-Agent, Content-Type and Content-Length; an Accept replaces the default.
  std::vector<std::pair<std::string, std::string>> headers;

  // Whether the parameter is in the query or in the form.
  bool Has(std::string_view name) const;
  // The body, byte for byte as it is sent: "" without a form.
  std::string Body() const;
};

// The value of the signature that the request carries, "" for none.
std::string SignatureOf(const WireRequest& wire);

// Called just before a request is encoded. Adds the common parameters and the signature.
using RequestSigner = std::function<void(const Request&, WireRequest&)>;

// Lays out method and parameters of a request by its placement. Adds `Version` if the request has
// none and `version` is not empty. `wire.host` and `wire.path` stay, `headers` are emptied.
void LayOut(const Request& request, std::string_view version, WireRequest* wire);

// Replaces `*out` by the bytes of an HTTP/1.1 request, head and body. A Content-Length is sent with
// a form and with every POST, PUT and PATCH.
void Encode(const WireRequest& wire, std::string_view user_agent, std::string* out);

}  // namespace assay
