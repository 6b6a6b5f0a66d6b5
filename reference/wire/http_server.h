#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/text/result.h"

namespace assay {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name, in whatever case it is written, or nothing.
std::optional<std::string_view> FindHeader(const HttpHeaders& headers, std::string_view name);

// A request as it came over the wire: nothing is decoded. Everything in it is hostile input.
struct HttpRequest {
  std::string method;  // as written; any token
  std::string target;  // the raw request target: "/?Action=DescribeSnapshots"
  HttpHeaders headers;
  std::string body;  // with chunks put together; trailers are dropped

  std::optional<std::string_view> Find(std::string_view name) const {
    return FindHeader(headers, name);
  }
};

// A handler's answer, and how it is to be sent. Content-Length, Date and Connection are added if
// the handler gives none. Line breaks in names and values of headers are sent as blanks.
struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;  // not sent to HEAD, and not with a status 204 or 304
  bool close_after = false;
  std::chrono::milliseconds delay{0};  // before the first byte; other connections do not wait
  // Sends no more than that many bytes, head included, and closes.
  std::optional<std::size_t> cut_after;

  // Sets the header, replacing one of the same name.
  void Set(std::string_view name, std::string_view value);
};

// Answers one request; called from several threads at once. The response comes with status 200 and
// otherwise empty, its body with the memory of the connection's earlier answers. Must not throw and
// should not block: other connections share its thread.
using HttpHandler = std::function<void(const HttpRequest&, HttpResponse&)>;

struct HttpServerOptions {
  int threads = 0;                                // 0 = one for each core
  std::size_t header_limit = 128 * 1024;          // bytes of request line and headers; beyond: 431
  std::size_t body_limit = 4 * 1024 * 1024;       // bytes; beyond: 413
  std::chrono::milliseconds read_timeout{10000};  // for a request to arrive, an answer to leave
  std::chrono::milliseconds idle_timeout{60000};  // between two requests of a connection
  // PEM files of a certificate chain and its key: with both, the server speaks TLS; with neither,
  // plain HTTP.
  std::string tls_cert;
  std::string tls_key;
};

// An asynchronous HTTP/1.1 server, plain or over TLS, that knows nothing of what it serves. A
// request that is not HTTP is answered with 400, 413 or 431 and the connection closed; one that
// comes too slowly with 408. A TLS handshake that fails, or lasts longer than `read_timeout`, ends
// its connection.
class HttpServer {
 public:
  // Listens at once and serves from threads of its own. `host` is an IPv4 or IPv6 address or
  // "localhost"; port 0 takes a free one. An Error says why the address cannot be had, or what is
  // wrong with certificate or key.
  static Result<std::unique_ptr<HttpServer>> Listen(std::string_view host, std::uint16_t port,
                                                    HttpHandler handler,
                                                    HttpServerOptions options = {});
  // Stops and waits for a handler that is still at work.
  ~HttpServer();

  std::uint16_t port() const;
  // "http://127.0.0.1:8080", or with "https" over TLS
  std::string Url() const;
  // Closes everything, soon. May be called from any thread, and more than once.
  void Stop();
  // Returns after Stop() was called.
  void Wait();

 private:
  class Service;
  explicit HttpServer(std::unique_ptr<Service> service);

  std::unique_ptr<Service> service_;
};

}  // namespace assay
