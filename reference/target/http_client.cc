#include "reference/target/http_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cerrno>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "reference/target/answer_parser.h"
#include "reference/target/foreign_protocol.h"

namespace assay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Clock = std::chrono::steady_clock;
// Naming the executor's type spares the virtual calls of asio::any_io_executor.
using Executor = asio::io_context::executor_type;
using AnyStream = asio::generic::stream_protocol;  // TCP or a Unix socket
using Socket = asio::basic_stream_socket<AnyStream, Executor>;
using AnyEndpoint = AnyStream::endpoint;
using TcpEndpoint = asio::ip::tcp::endpoint;
using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using TlsStream = asio::ssl::stream<Socket&>;

constexpr std::size_t kReadSize = 64 * 1024;
// Bytes of all bodies that are under way together.
constexpr std::size_t kTogetherLimit = 128 * 1024 * 1024;
constexpr std::size_t kLongestKept = 1024 * 1024;  // bytes of a body whose memory is used again
constexpr int kMostInterim = 16;                   // answers of status 1xx before one that counts
constexpr std::chrono::milliseconds kLookAtSign{100};
// How much a source may catch up after the timer woke late, so that the rate is kept on average.
constexpr std::chrono::milliseconds kCatchUp{2};
// A connection that was idle longer than this is checked before it is used again.
constexpr std::chrono::microseconds kShortRest{100};

// One transport connection. Handlers of pending operations hold it, so that it outlives them.
struct Link {
  Link(asio::io_context& context, asio::ssl::context* tls_context) : socket(context) {
    if (tls_context != nullptr) tls.emplace(socket, *tls_context);
  }

  Socket socket;
  std::optional<TlsStream> tls;
  beast::flat_buffer in;
};
using LinkPtr = std::shared_ptr<Link>;

// How far a request has come, for the text of a time-out.
enum class Phase { kConnecting, kHandshaking, kExchanging };

// A place for one request at a time, and the link it uses.
struct Connection {
  const Request* request = nullptr;
  LinkPtr link;
  std::string out;
  std::string ask;  // what a proxy is asked, then its answer
  Result<Response> response = Response{};
  std::optional<AnswerParser> parser;
  Phase phase = Phase::kConnecting;
  bool reused = false;      // the link served an earlier request
  bool sent_whole = false;  // nothing of `out` is left
  std::uint64_t received = 0;
  std::string beginning;  // of what came, if it is no HTTP
  int interim = 0;        // answers of status 1xx so far
  SecretMask secrets;     // of this request: its signature
  Clock::time_point deadline;
  Clock::time_point sent_at;
  Clock::time_point rests_since;
};

// Whether something waits to be read on a link that owes us nothing: its end, or stray bytes.
bool IsStale(Link& link) {
  char byte = 0;
  return ::recv(link.socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
         (errno != EAGAIN && errno != EWOULDBLOCK);
}

// The first bytes, if they are not how HTTP begins, as far as it arrived; otherwise "".
std::string ForeignBeginning(const beast::flat_buffer& bytes) {
  constexpr std::string_view kBeginning = "HTTP/";
  const std::string_view came(static_cast<const char*>(bytes.data().data()), bytes.size());
  const std::size_t size = std::min(came.size(), kBeginning.size());
  return std::string(came.substr(0, size) == kBeginning.substr(0, size) ? "" : came.substr(0, 64));
}

// What is wrong with the bytes of an answer, in the words of those who did not read the RFC.
std::string WhatIsMalformed(const ErrorCode& error) {
  if (error == http::error::header_limit) {
    return ": its header is over " + std::to_string(kAnswerHeaderLimit) + " bytes";
  }
  if (error == http::error::bad_version) return ": its version is not HTTP/1.1 or HTTP/1.0";
  return ": " + error.message();
}

Response& Emptied(Result<Response>& slot) {
  if (!slot.has_value()) slot = Response{};
  Response& response = *slot;
  response.status = 0;
  response.content_type.clear();
  response.body.clear();
  response.retry_after_ms = 0;
  response.latency_us = 0;
  response.request_id.clear();
  response.encoding.clear();
  response.location.clear();
  return response;
}

bool IsEndOfStream(const ErrorCode& error) {
  return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

std::string Seconds(std::chrono::milliseconds time) {
  std::string text = std::to_string(static_cast<double>(time.count()) / 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + " s";
}

std::string_view FixForCertificate(long verdict) {
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "name the target by a host that its certificate is for";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "renew it, or correct this machine's clock";
    default:
      return "give the certificate of the authority that issued it as CA file";
  }
}

// Why the peer's certificate was refused, or what else went wrong.
std::string TlsProblem(Link& link, const ErrorCode& error) {
  const long verdict = SSL_get_verify_result(link.tls->native_handle());
  if (verdict == X509_V_OK) return ": " + error.message();
  return std::string(": the server's certificate is not trusted: ") +
         X509_verify_cert_error_string(verdict) + "; " + std::string(FixForCertificate(verdict));
}

bool IsAddress(const std::string& host) {
  ErrorCode error;
  asio::ip::make_address(host, error);
  return !error;
}

// OpenSSL checks the host itself: asio's callback would not say why a certificate was refused.
bool ExpectHost(const std::string& host, SSL_CTX* context) {
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
  return IsAddress(host) ? X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1
                         : X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

// What the client shows of itself, to a server that asks for it.
Done UseIdentity(asio::ssl::context& context, const HttpTargetOptions& options) {
  if (options.client_cert.empty()) return Ok();
  ErrorCode error;
  context.use_certificate_chain_file(options.client_cert, error);
  if (error) return Error{options.client_cert, "not a PEM certificate: " + error.message()};
  const std::string& key = options.client_key.empty() ? options.client_cert : options.client_key;
  context.use_private_key_file(key, asio::ssl::context::pem, error);
  if (error && options.client_key.empty()) {
    return Error{key, "holds no key of the certificate; name its file with --client-key"};
  }
  if (error) {
    return Error{key, "not the PEM key of " + options.client_cert + ": " + error.message()};
  }
  return Ok();
}

Done Configure(asio::ssl::context& context, const Endpoint& endpoint,
               const HttpTargetOptions& options) {
  ErrorCode error;
  if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1)
    return Error{"OpenSSL", "TLS 1.2 is not available"};
  if (const Done used = UseIdentity(context, options); !used) return used;
  if (!options.verify) {
    context.set_verify_mode(asio::ssl::verify_none, error);
    return Ok();
  }
  context.set_verify_mode(asio::ssl::verify_peer, error);
  if (!ExpectHost(endpoint.host, context.native_handle()))
    return Error{endpoint.host,
                 "cannot be compared with a certificate; write a host or an address"};
  if (options.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(options.ca_file, error);
    if (error) return Error{options.ca_file, "not a file of PEM certificates: " + error.message()};
  }
  return Ok();
}

Done CheckOptions(const HttpTargetOptions& options) {
  if (options.connections < 1 || options.connections > 10000)
    return Error{"connections", "must be from 1 to 10000"};
  if (!(options.rate >= 0) || std::isinf(options.rate))
    return Error{"rate", "must be 0 (unlimited) or a positive number of requests a second"};
  if (options.timeout.count() <= 0) return Error{"timeout", "must be more than 0"};
  if (options.proxy && options.proxy->tls) {
    return Error{"proxy",
                 "write its address as http://host:port: proxies that speak TLS are not "
                 "supported"};
  }
  return Ok();
}

// A server that writes head and body apart, with Nagle's algorithm on, sends the body only when the
// head is acknowledged, which the kernel likes to put off for 40 ms.
void AcknowledgeNow(Socket& socket) {
#ifdef TCP_QUICKACK
  const int on = 1;
  (void)setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

}  // namespace

// Everything a target does on the wire. Handlers compare the link they were started for with the
// connection's, so that one that comes late, after its request was given up, does nothing.
std::string_view UserAgent() { return "assay/" ASSAY_VERSION; }

class HttpTarget::Pool {
 public:
  Pool(Endpoint endpoint, HttpTargetOptions options)
      : endpoint_(std::move(endpoint)),
        options_(std::move(options)),
        url_(endpoint_.Url()),
        reached_(options_.proxy.value_or(endpoint_)),
        is_address_(IsAddress(endpoint_.host)),
        connections_(static_cast<std::size_t>(options_.connections)) {
    wire_.host = endpoint_.Authority();
    wire_.path = endpoint_.path;
    for (Connection& connection : connections_) idle_.push_back(&connection);
    std::reverse(idle_.begin(), idle_.end());
  }

  Done PrepareTls() {
    if (!endpoint_.tls) return Ok();
    tls_context_.emplace(asio::ssl::context::tls_client);
    return Configure(*tls_context_, endpoint_, options_);
  }

  void Run(RequestSource& source);
  int Concurrency() const { return options_.connections; }
  const std::string& Url() const { return url_; }
  std::int64_t Opened() const { return opened_; }

 private:
  void Offer();
  bool MayAsk();
  bool MaySendNow(Clock::time_point now);
  void Start(Connection& connection, const Request* request, Clock::time_point now);
  void Prepare(Connection& connection);
  void Connect(Connection& connection);
  void Resolve(Connection& connection);
  void ConnectTo(Connection& connection, const std::vector<AnyEndpoint>& addresses);
  void OnConnected(Connection& connection, const ErrorCode& error);
  void AskProxy(Connection& connection);
  void ReadProxy(Connection& connection);
  void OnProxy(Connection& connection, const ErrorCode& error);
  void Handshake(Connection& connection);
  void Write(Connection& connection);
  void WritePlain(Connection& connection);
  void OnWritten(Connection& connection, const ErrorCode& error);
  void Read(Connection& connection);
  void OnRead(Connection& connection, const ErrorCode& error, std::size_t count);
  void Parse(Connection& connection);
  void ExpectAnswer(Connection& connection);
  void OnEnd(Connection& connection, const ErrorCode& error);
  void Finish(Connection& connection, bool stream_ended);
  void Fail(Connection& connection, TransportFailure failure, std::string_view detail);
  void Answer(Connection& connection, Result<Response>& response);
  void Drop(Connection& connection);
  void ArmDeadline(Clock::time_point when);
  void OnDeadline();
  bool IsStopped() const { return options_.stop != nullptr && options_.stop->IsUp(); }
  Error StoppedError() const;
  void LookAtSign();
  void StopAll();
  std::size_t BytesUnderWay() const;
  std::string TimeoutDetail(const Connection& connection) const;

  // `handler`, skipped once the connection has moved on from the link it has now.
  template <typename Handler>
  auto IfCurrent(Connection& connection, Handler handler) {
    return [&connection, link = connection.link, handler](const ErrorCode& error, auto&&... rest) {
      if (connection.link == link) handler(error, rest...);
    };
  }

  const Endpoint endpoint_;
  const HttpTargetOptions options_;
  const std::string url_;
  const Endpoint reached_;  // what is connected to: the target, or its proxy
  const bool is_address_;
  std::optional<asio::ssl::context> tls_context_;
  asio::io_context context_{1};
  Timer deadline_timer_{context_};
  Timer rate_timer_{context_};
  Timer sign_timer_{context_};
  Resolver resolver_{context_};
  std::vector<AnyEndpoint> addresses_;
  std::vector<Connection> connections_;
  std::vector<Connection*> idle_;  // the last one is used next
  WireRequest wire_;
  RequestSource* source_ = nullptr;
  const Request* held_ = nullptr;  // taken from the source, waiting for its turn by the rate
  int outstanding_ = 0;
  bool deadline_armed_ = false;
  bool sign_armed_ = false;
  bool waits_for_source_ = false;
  Clock::time_point next_turn_{};
  std::int64_t opened_ = 0;
};

void HttpTarget::Pool::Run(RequestSource& source) {
  source_ = &source;
  context_.restart();
  if (options_.stop != nullptr && !sign_armed_) LookAtSign();
  Offer();
  while (outstanding_ > 0 || held_ != nullptr || waits_for_source_) context_.run_one();
  source_ = nullptr;
}

void HttpTarget::Pool::Offer() {
  while (!idle_.empty()) {
    if (IsStopped()) return StopAll();
    if (held_ == nullptr && !MayAsk()) return;
    const Request* request = held_ != nullptr ? held_ : source_->Next();
    if (request == nullptr) return;
    const Clock::time_point now = Clock::now();
    held_ = request;
    if (!MaySendNow(now)) return;
    held_ = nullptr;
    Connection& connection = *idle_.back();
    idle_.pop_back();
    Start(connection, request, now);
  }
}

// Whether the source may be asked, or has Offer() called when it may.
bool HttpTarget::Pool::MayAsk() {
  waits_for_source_ = false;
  const Clock::time_point when = source_->NotBefore();
  if (when == Clock::time_point{} || when <= Clock::now()) return true;
  waits_for_source_ = true;
  rate_timer_.expires_at(when);
  rate_timer_.async_wait([this](const ErrorCode& error) {
    if (error || source_ == nullptr) return;
    waits_for_source_ = false;
    Offer();
  });
  return false;
}

// Takes the next turn by the rate, or has Offer() called when it comes.
bool HttpTarget::Pool::MaySendNow(Clock::time_point now) {
  if (options_.rate == 0) return true;
  if (now >= next_turn_) {
    const std::chrono::duration<double> interval(1 / options_.rate);
    next_turn_ = std::max(next_turn_, now - kCatchUp) +
                 std::chrono::duration_cast<Clock::duration>(interval);
    return true;
  }
  rate_timer_.expires_at(next_turn_);
  rate_timer_.async_wait([this](const ErrorCode& error) {
    if (!error && source_ != nullptr) Offer();
  });
  return false;
}

void HttpTarget::Pool::Start(Connection& connection, const Request* request,
                             Clock::time_point now) {
  ++outstanding_;
  connection.request = request;
  connection.received = 0;
  connection.interim = 0;
  connection.deadline = now + options_.timeout;
  if (!deadline_armed_) ArmDeadline(connection.deadline);
  Prepare(connection);
  if (connection.link && now - connection.rests_since > kShortRest && IsStale(*connection.link))
    Drop(connection);
  connection.reused = connection.link != nullptr;
  if (connection.reused) {
    Write(connection);
  } else {
    Connect(connection);
  }
}

// Signed for each time that it is sent: a nonce counts once.
void HttpTarget::Pool::Prepare(Connection& connection) {
  LayOut(*connection.request, options_.version, &wire_);
  wire_.headers = options_.headers;
  if (options_.sign) {
    options_.sign(*connection.request, wire_);
    connection.secrets = SecretMask();
    connection.secrets.Add(SignatureOf(wire_));
  }
  // A proxy that takes single requests is told the whole address (RFC 9112, 3.2.2).
  const bool absolute = options_.proxy && !endpoint_.tls;
  if (absolute) {
    wire_.path = "http://" + endpoint_.Authority() + endpoint_.path;
    const std::string& login = options_.proxy_authorization;
    if (!login.empty()) wire_.headers.emplace_back("Proxy-Authorization", login);
  }
  Encode(wire_, UserAgent(), &connection.out);
  if (absolute) wire_.path = endpoint_.path;
}

void HttpTarget::Pool::Connect(Connection& connection) {
  ++opened_;
  connection.phase = Phase::kConnecting;
  connection.link = std::make_shared<Link>(context_, tls_context_ ? &*tls_context_ : nullptr);
  if (!reached_.socket_path.empty()) {
    const asio::local::stream_protocol::endpoint socket(reached_.socket_path);
    ConnectTo(connection, {AnyEndpoint(socket)});
  } else if (IsAddress(reached_.host)) {
    const TcpEndpoint address(asio::ip::make_address(reached_.host), reached_.port);
    ConnectTo(connection, {AnyEndpoint(address)});
  } else if (!addresses_.empty()) {
    ConnectTo(connection, addresses_);
  } else {
    Resolve(connection);
  }
}

void HttpTarget::Pool::Resolve(Connection& connection) {
  resolver_.async_resolve(
      reached_.host, std::to_string(reached_.port),
      IfCurrent(connection, [this, &connection](const ErrorCode& error, const auto& results) {
        if (error) {
          Fail(connection, TransportFailure::kUnknownHost,
               " \"" + reached_.host + "\": " + error.message());
          return;
        }
        addresses_.clear();
        for (const auto& result : results) addresses_.emplace_back(result.endpoint());
        ConnectTo(connection, addresses_);
      }));
}

void HttpTarget::Pool::ConnectTo(Connection& connection,
                                 const std::vector<AnyEndpoint>& addresses) {
  // Asio chooses the overload by what the handler can be called with, so it is spelled out here.
  asio::async_connect(
      connection.link->socket, addresses,
      [this, &connection, link = connection.link](const ErrorCode& error, const AnyEndpoint&) {
        if (connection.link == link) OnConnected(connection, error);
      });
}

void HttpTarget::Pool::OnConnected(Connection& connection, const ErrorCode& error) {
  if (error) {
    addresses_.clear();
    if (error == asio::error::connection_refused) {
      Fail(connection, TransportFailure::kRefused, ": is the server running?");
    } else {
      Fail(connection, TransportFailure::kUnreachable, ": " + error.message());
    }
    return;
  }
  ErrorCode ignored;
  connection.link->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  connection.link->socket.non_blocking(true, ignored);
  if (connection.link->tls && options_.proxy) {
    AskProxy(connection);
  } else if (connection.link->tls) {
    Handshake(connection);
  } else {
    Write(connection);
  }
}

// Has the proxy connect to the target (RFC 9110, 9.3.6); what follows is between the two of us.
void HttpTarget::Pool::AskProxy(Connection& connection) {
  const std::string address = endpoint_.Authority() + (endpoint_.port == 443 ? ":443" : "");
  const std::string& login = options_.proxy_authorization;
  connection.ask = "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n" +
                   (login.empty() ? "" : "Proxy-Authorization: " + login + "\r\n") + "\r\n";
  asio::async_write(connection.link->socket, asio::buffer(connection.ask),
                    IfCurrent(connection, [this, &connection](const ErrorCode& error, std::size_t) {
                      if (error) return OnProxy(connection, error);
                      ReadProxy(connection);
                    }));
}

void HttpTarget::Pool::ReadProxy(Connection& connection) {
  connection.ask.clear();
  asio::async_read_until(
      connection.link->socket, asio::dynamic_buffer(connection.ask, kAnswerHeaderLimit), "\r\n\r\n",
      IfCurrent(connection, [this, &connection](const ErrorCode& error, std::size_t) {
        OnProxy(connection, error);
      }));
}

void HttpTarget::Pool::OnProxy(Connection& connection, const ErrorCode& error) {
  const std::string& answer = connection.ask;
  const std::string first = answer.substr(0, answer.find('\r'));
  if (error || answer.size() < 12 || answer.compare(8, 4, " 200") != 0) {
    Fail(connection, TransportFailure::kUnreachable,
         ": the proxy " + reached_.Url() +
             " does not connect to it: " + (error ? error.message() : first.substr(0, 100)));
    return;
  }
  Handshake(connection);
}

void HttpTarget::Pool::Handshake(Connection& connection) {
  connection.phase = Phase::kHandshaking;
  TlsStream& tls = *connection.link->tls;
  // An address is never sent as server name (RFC 6066, section 3).
  if (!is_address_) SSL_set_tlsext_host_name(tls.native_handle(), endpoint_.host.c_str());
  tls.async_handshake(asio::ssl::stream_base::client,
                      IfCurrent(connection, [this, &connection](const ErrorCode& error) {
                        if (error) {
                          Fail(connection, TransportFailure::kTls,
                               TlsProblem(*connection.link, error));
                        } else {
                          Write(connection);
                        }
                      }));
}

void HttpTarget::Pool::Write(Connection& connection) {
  connection.phase = Phase::kExchanging;
  connection.sent_whole = false;
  if (!connection.link->tls) {
    WritePlain(connection);
    return;
  }
  asio::async_write(*connection.link->tls, asio::buffer(connection.out),
                    IfCurrent(connection, [this, &connection](const ErrorCode& error, std::size_t) {
                      OnWritten(connection, error);
                    }));
}

// Nearly always the kernel takes a request at once, and no round through the reactor is needed.
void HttpTarget::Pool::WritePlain(Connection& connection) {
  Socket& socket = connection.link->socket;
  ErrorCode error;
  const std::size_t count = socket.write_some(asio::buffer(connection.out), error);
  if (count == connection.out.size() || (error && error != asio::error::would_block)) {
    OnWritten(connection, error);
    return;
  }
  asio::async_write(
      socket, asio::buffer(connection.out) + count,
      IfCurrent(connection, [this, &connection](const ErrorCode& write_error, std::size_t) {
        OnWritten(connection, write_error);
      }));
}

// A failed write decides nothing yet: a server may answer early and close, and its answer can still
// be read. If it cannot, the read tells.
void HttpTarget::Pool::OnWritten(Connection& connection, const ErrorCode& error) {
  connection.sent_whole = !error;
  connection.sent_at = Clock::now();
  ExpectAnswer(connection);
  Read(connection);
}

void HttpTarget::Pool::ExpectAnswer(Connection& connection) {
  connection.parser.emplace(&Emptied(connection.response), options_.body_limit,
                            connection.request->method == "HEAD");
}

void HttpTarget::Pool::Read(Connection& connection) {
  Link& link = *connection.link;
  if (connection.received > 0) AcknowledgeNow(link.socket);
  const auto handler =
      IfCurrent(connection, [this, &connection](const ErrorCode& error, std::size_t count) {
        OnRead(connection, error, count);
      });
  if (link.tls) {
    link.tls->async_read_some(link.in.prepare(kReadSize), handler);
  } else {
    link.socket.async_read_some(link.in.prepare(kReadSize), handler);
  }
}

void HttpTarget::Pool::OnRead(Connection& connection, const ErrorCode& error, std::size_t count) {
  if (error) {
    OnEnd(connection, error);
    return;
  }
  connection.link->in.commit(count);
  if (connection.received == 0) connection.beginning = ForeignBeginning(connection.link->in);
  connection.received += count;
  Parse(connection);
}

void HttpTarget::Pool::Parse(Connection& connection) {
  beast::flat_buffer& in = connection.link->in;
  while (in.size() > 0) {
    ErrorCode error;
    in.consume(connection.parser->put(in.data(), error));
    if (error == http::error::need_more) {
      if (in.size() > kAnswerHeaderLimit)
        error = http::error::header_limit;
      else
        break;
    }
    if (error == http::error::body_limit) {
      Fail(connection, TransportFailure::kTooLarge,
           ": the body is over " + std::to_string(options_.body_limit) + " bytes");
      return;
    }
    if (error) {
      if (connection.beginning.empty()) {
        Fail(connection, TransportFailure::kMalformed, WhatIsMalformed(error));
      } else {
        Fail(connection, TransportFailure::kNoHttp,
             ": " + DescribeForeignBytes(connection.beginning));
      }
      return;
    }
    if (connection.parser->is_header_done() && connection.parser->IsSwitching()) {
      Fail(connection, TransportFailure::kMalformed,
           ": 101 (Switching Protocols), which no request asked for");
      return;
    }
    if (connection.parser->IsInterim()) {
      if (++connection.interim > kMostInterim) {
        Fail(connection, TransportFailure::kMalformed,
             ": more than " + std::to_string(kMostInterim) + " interim answers (1xx) and no other");
        return;
      }
      ExpectAnswer(connection);
    } else if (connection.parser->is_done()) {
      Finish(connection, /*stream_ended=*/false);
      return;
    }
  }
  if (BytesUnderWay() > kTogetherLimit) {
    Fail(connection, TransportFailure::kTooLarge,
         ": the answers under way are together over " + std::to_string(kTogetherLimit) + " bytes");
    return;
  }
  Read(connection);
}

// Only long bodies are looked for: a hundred thousand short ones would not be under way.
std::size_t HttpTarget::Pool::BytesUnderWay() const {
  std::size_t sum = 0;
  for (const Connection& connection : connections_) {
    if (connection.request != nullptr && connection.response)
      sum += connection.response->body.size();
  }
  return sum;
}

// The server closed, or the connection broke, before the parser saw the end of an answer.
void HttpTarget::Pool::OnEnd(Connection& connection, const ErrorCode& error) {
  if (IsEndOfStream(error) && connection.parser->got_some()) {
    ErrorCode parse_error;
    connection.parser->put_eof(parse_error);
    if (!parse_error) {
      Finish(connection, /*stream_ended=*/true);
      return;
    }
  }
  if (connection.reused && connection.received == 0) {
    connection.reused = false;
    Drop(connection);
    if (options_.sign) Prepare(connection);
    Connect(connection);
    return;
  }
  if (error.category() == asio::error::get_ssl_category()) {
    Fail(connection, TransportFailure::kTls, ": " + error.message());
    return;
  }
  if (connection.received > 0 && !connection.beginning.empty()) {
    Fail(connection, TransportFailure::kNoHttp, ": " + DescribeForeignBytes(connection.beginning));
    return;
  }
  const std::string cause = IsEndOfStream(error) ? "" : ", " + error.message();
  const bool only_interim = connection.interim > 0 && !connection.parser->got_some();
  Fail(connection, TransportFailure::kClosed,
       " (after " + std::to_string(connection.received) + " bytes" +
           (only_interim ? ", an interim answer (1xx) and no other" : "") + cause + ")");
}

void HttpTarget::Pool::Finish(Connection& connection, bool stream_ended) {
  const Clock::time_point now = Clock::now();
  const std::size_t stray = connection.link->in.size();
  if (stray > 0) {
    Fail(connection, TransportFailure::kMalformed,
         ": " + std::to_string(stray) + " bytes follow the end of the answer");
    return;
  }
  connection.response->latency_us =
      std::chrono::duration_cast<std::chrono::microseconds>(now - connection.sent_at).count();
  connection.rests_since = now;
  // A server that does not read chunks takes them for the next request.
  const bool chunked = connection.request->encoding == FormEncoding::kChunked;
  if (stream_ended || chunked || !connection.sent_whole || !connection.parser->keep_alive()) {
    Drop(connection);
  }
  Answer(connection, connection.response);
}

void HttpTarget::Pool::Fail(Connection& connection, TransportFailure failure,
                            std::string_view detail) {
  Drop(connection);
  Result<Response> broken = TransportError(failure, url_, detail);
  Answer(connection, broken);
}

void HttpTarget::Pool::Answer(Connection& connection, Result<Response>& response) {
  --outstanding_;
  HideSecrets(options_.mask, response);
  for (const Connection& other : connections_) HideSecrets(other.secrets, response);
  source_->Answered(std::exchange(connection.request, nullptr), response);
  // Memory is kept for answers as they should be.
  if (connection.response && connection.response->body.capacity() > kLongestKept) {
    connection.response->body = std::string();
  }
  idle_.push_back(&connection);
  Offer();
}

void HttpTarget::Pool::Drop(Connection& connection) {
  if (!connection.link) return;
  ErrorCode ignored;
  connection.link->socket.close(ignored);
  connection.link.reset();
}

// All requests have the same time, so the timer, once set, never needs to be set earlier.
void HttpTarget::Pool::ArmDeadline(Clock::time_point when) {
  deadline_armed_ = true;
  deadline_timer_.expires_at(when);
  deadline_timer_.async_wait([this](const ErrorCode& error) {
    if (!error) OnDeadline();
  });
}

void HttpTarget::Pool::OnDeadline() {
  deadline_armed_ = false;
  const Clock::time_point now = Clock::now();
  for (Connection& connection : connections_) {
    if (connection.request != nullptr && connection.deadline <= now)
      Fail(connection, TransportFailure::kTimeout, TimeoutDetail(connection));
  }
  std::optional<Clock::time_point> first;
  for (const Connection& connection : connections_) {
    if (connection.request != nullptr && (!first || connection.deadline < *first))
      first = connection.deadline;
  }
  if (first) ArmDeadline(*first);
}

Error HttpTarget::Pool::StoppedError() const {
  return TransportError(TransportFailure::kStopped, url_, " " + options_.stop->Why());
}

void HttpTarget::Pool::LookAtSign() {
  sign_armed_ = true;
  sign_timer_.expires_after(kLookAtSign);
  sign_timer_.async_wait([this](const ErrorCode& error) {
    sign_armed_ = false;
    if (error || source_ == nullptr) return;
    if (IsStopped()) return StopAll();
    LookAtSign();
  });
}

// Whatever the source still gives is answered at once.
void HttpTarget::Pool::StopAll() {
  waits_for_source_ = false;
  for (Connection& connection : connections_) {
    if (connection.request == nullptr) continue;
    Drop(connection);
    --outstanding_;
    idle_.push_back(&connection);
    Result<Response> stopped = StoppedError();
    source_->Answered(std::exchange(connection.request, nullptr), stopped);
  }
  while (const Request* request =
             held_ != nullptr ? std::exchange(held_, nullptr) : source_->Next()) {
    Result<Response> stopped = StoppedError();
    source_->Answered(request, stopped);
  }
}

std::string HttpTarget::Pool::TimeoutDetail(const Connection& connection) const {
  std::string detail = " " + Seconds(options_.timeout);
  if (connection.phase == Phase::kConnecting) return detail + ": the connection was never made";
  if (connection.phase == Phase::kHandshaking) return detail + ": the TLS handshake did not end";
  if (connection.received == 0) return detail + ": connected, but not a byte came";
  return detail + ": only " + std::to_string(connection.received) + " bytes came";
}

Result<std::unique_ptr<HttpTarget>> HttpTarget::Open(std::string_view url,
                                                     HttpTargetOptions options) {
  Result<Endpoint> endpoint = ParseEndpoint(url);
  if (!endpoint) return endpoint.error();
  if (const Done checked = CheckOptions(options); !checked) return checked.error();
  try {
    auto pool = std::make_unique<Pool>(*endpoint, std::move(options));
    if (const Done prepared = pool->PrepareTls(); !prepared) return prepared.error();
    return std::unique_ptr<HttpTarget>(new HttpTarget(std::move(pool)));
  } catch (const boost::system::system_error& error) {
    // No descriptor is left, or OpenSSL cannot be set up.
    return Error{endpoint->Url(), error.what(), ExitCode::kCouldNotJudge};
  }
}

HttpTarget::HttpTarget(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}
HttpTarget::~HttpTarget() = default;
void HttpTarget::Run(RequestSource& source) { pool_->Run(source); }
int HttpTarget::Concurrency() const { return pool_->Concurrency(); }
std::string HttpTarget::Name() const { return pool_->Url(); }
std::int64_t HttpTarget::ConnectionsOpened() const { return pool_->Opened(); }

}  // namespace assay
