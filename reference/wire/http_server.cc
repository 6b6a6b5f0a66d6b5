#include "reference/wire/http_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "reference/wire/tls_identity.h"

namespace assay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using Clock = std::chrono::steady_clock;
// Naming the executor's type spares the virtual calls of asio::any_io_executor.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using TcpEndpoint = asio::ip::tcp::endpoint;
using TlsStream = asio::ssl::stream<Socket&>;

constexpr std::size_t kReadSize = 16 * 1024;
// What grew beyond this gives its memory back: there may be many idle connections.
constexpr std::size_t kKeptSize = 256 * 1024;  // bytes of a text
constexpr std::size_t kKeptHeaders = 1000;
// Between two tries to accept while the process has no descriptor left.
constexpr std::chrono::milliseconds kAcceptPause{20};
// After the last answer, what still comes is read and dropped for so long: closing at once would
// reset the connection and take the answer from the client.
constexpr std::chrono::milliseconds kDrainTime{1000};
constexpr std::size_t kDrainLimit = 16 * 1024 * 1024;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }
bool SameName(std::string_view a, std::string_view b) {
  return beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

// Reads one request into an HttpRequest whose strings keep their memory.
class RequestParser : public http::basic_parser<true> {
 public:
  RequestParser(HttpRequest* request, const HttpServerOptions& options)
      : request_(request), head_limit_(options.header_limit) {
    header_limit(static_cast<std::uint32_t>(head_limit_));
    body_limit(options.body_limit);
    eager(true);
    request_->body.clear();
  }

  bool ExpectsContinue() const { return expects_continue_; }
  bool IsHttp11() const { return version_ >= 11; }

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, ErrorCode&) override {
    version_ = version;
    request_->method = View(method);
    request_->target = View(target);
    head_size_ = method.size() + target.size();
  }
  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     ErrorCode& error) override {
    // Fields after the body are trailers; taking them for headers would let them past a proxy.
    if (is_header_done()) return;
    // Beast bounds what it holds unparsed, not the whole head, so the sum is counted here.
    head_size_ += name.size() + value.size() + 4;
    if (head_size_ > head_limit_) error = http::error::header_limit;
    if (field == http::field::expect) expects_continue_ = beast::iequals(value, "100-continue");
    if (field == http::field::transfer_encoding) encoded_ = true;
    if (count_ == request_->headers.size()) request_->headers.emplace_back();
    auto& [kept_name, kept_value] = request_->headers[count_++];
    kept_name = View(name);
    kept_value = View(value);
  }
  void on_header_impl(ErrorCode& error) override {
    request_->headers.resize(count_);
    // Where the body ends is unknown then (RFC 9112, 6.3), and so is where the next request starts.
    if (encoded_ && !chunked()) error = http::error::bad_transfer_encoding;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(beast::string_view piece, ErrorCode&) override {
    request_->body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece, ErrorCode&) override {
    request_->body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(ErrorCode&) override {}

  HttpRequest* request_;
  const std::size_t head_limit_;
  std::size_t head_size_ = 0;
  std::size_t count_ = 0;
  int version_ = 11;
  bool expects_continue_ = false;
  bool encoded_ = false;
};

void AppendNumber(std::size_t number, std::string* out) {
  char digits[20];
  out->append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// A header's text cannot end its line, or whoever controls it could write the rest of the answer.
void AppendOneLine(std::string_view text, std::string* out) {
  const std::size_t start = out->size();
  out->append(text);
  std::replace_if(
      out->begin() + static_cast<std::ptrdiff_t>(start), out->end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

template <typename Container>
void GiveBackBeyond(std::size_t most, Container* container) {
  if (container->capacity() > most) Container().swap(*container);
}

bool MayHaveBody(int status) { return status / 100 != 1 && status != 204 && status != 304; }

// The time as headers write it, made anew only when the second changes.
class DateHeader {
 public:
  std::string_view Now() {
    const std::time_t now = std::time(nullptr);
    if (now != made_at_) {
      std::tm parts{};
      gmtime_r(&now, &parts);
      size_ = std::strftime(text_.data(), text_.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
      made_at_ = now;
    }
    return {text_.data(), size_};
  }

 private:
  std::time_t made_at_ = -1;
  std::array<char, 64> text_{};
  std::size_t size_ = 0;
};

enum class Persistence { kClose, kKeepByDefault, kKeepAsAsked };

void WriteHead(const HttpResponse& response, Persistence persistence, std::string_view date,
               std::string* out) {
  const auto reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  out->assign("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(response.status), out);
  out->append(" ").append(View(reason)).append("\r\n");
  bool has_length = !MayHaveBody(response.status);
  bool has_date = false;
  for (const auto& [name, value] : response.headers) {
    AppendOneLine(name, out);
    out->append(": ");
    AppendOneLine(value, out);
    out->append("\r\n");
    has_length = has_length || SameName(name, "Content-Length");
    has_date = has_date || SameName(name, "Date");
  }
  if (!has_length) {
    out->append("Content-Length: ");
    AppendNumber(response.body.size(), out);
    out->append("\r\n");
  }
  if (!has_date) out->append("Date: ").append(date).append("\r\n");
  if (persistence == Persistence::kClose) out->append("Connection: close\r\n");
  if (persistence == Persistence::kKeepAsAsked) out->append("Connection: keep-alive\r\n");
  out->append("\r\n");
}

int StatusOf(const ErrorCode& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

class Session;

// One thread with the connections it serves.
struct Worker {
  std::unordered_set<Session*> sessions;  // outlives the context, whose handlers hold the sessions
  std::atomic<int> load{0};
  DateHeader date;
  asio::io_context context{1};
  asio::executor_work_guard<Executor> guard{context.get_executor()};
  Timer watch{context};
  std::thread thread;
};

// What all connections of a server share.
struct Shared {
  HttpHandler handler;
  HttpServerOptions options;
  std::optional<asio::ssl::context> tls;  // empty for plain HTTP
};

// One connection. All of it happens on its worker's thread; a pending operation keeps it alive.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, Worker* worker, Shared* shared)
      : socket_(std::move(socket)), worker_(*worker), shared_(*shared), delay_(worker->context) {
    if (shared->tls) tls_.emplace(socket_, *shared->tls);
  }
  ~Session() {
    worker_.sessions.erase(this);
    worker_.load.fetch_sub(1, std::memory_order_relaxed);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Start();
  void Close();
  // Ends the connection if its time is over.
  void CheckTime(Clock::time_point now);

 private:
  enum class State { kHandshaking, kIdle, kReading, kAnswering, kClosing };
  enum class Parsed { kPartial, kWhole, kRefused };

  void Handshake();
  void OnHandshake(const ErrorCode& error);
  void BeginRequest();
  void Read();
  void OnRead(const ErrorCode& error, std::size_t count);
  void OnExpired();
  void Proceed();
  Parsed Parse();
  bool AwaitsInvitation() const;
  void InviteBody();
  bool Answer();
  bool SendAnswer(bool with_body);
  bool Send(std::array<asio::const_buffer, 2> pieces);
  template <typename Stream>
  void SendLater(Stream& stream, const std::array<asio::const_buffer, 2>& pieces);
  bool AfterAnswer();
  void EmptyResponse();
  void Refuse(int status, std::string_view why);
  void CloseGently();
  void EndSending();
  void Drain();
  void SetDeadline(std::chrono::milliseconds from_now) { deadline_ = Clock::now() + from_now; }
  Persistence KeepsOpen() const;

  Socket socket_;
  std::optional<TlsStream> tls_;  // over the socket
  Worker& worker_;
  const Shared& shared_;
  Timer delay_;
  State state_ = State::kIdle;
  Clock::time_point deadline_;
  bool expired_ = false;  // the time for a request to come is over
  beast::flat_buffer in_;
  std::optional<RequestParser> parser_;
  bool invited_ = false;  // "100 Continue" was sent
  bool closes_ = false;   // after the answer
  std::size_t drained_ = 0;
  HttpRequest request_;
  HttpResponse response_;
  std::string head_;
};

void Session::Start() {
  worker_.sessions.insert(this);
  ErrorCode ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  if (tls_) {
    Handshake();
    return;
  }
  BeginRequest();
  Read();
}

void Session::Close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

void Session::CheckTime(Clock::time_point now) {
  if (now < deadline_ || !socket_.is_open()) return;
  const bool awaits_request = state_ == State::kIdle || state_ == State::kReading;
  if (!awaits_request || expired_) {
    Close();
    return;
  }
  // The pending read has to end before anything else is done with the connection.
  expired_ = true;
  SetDeadline(kDrainTime);
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Session::Handshake() {
  state_ = State::kHandshaking;
  SetDeadline(shared_.options.read_timeout);
  tls_->async_handshake(
      asio::ssl::stream_base::server,
      [self = shared_from_this()](const ErrorCode& error) { self->OnHandshake(error); });
}

void Session::OnHandshake(const ErrorCode& error) {
  if (!error) {
    BeginRequest();
    Read();
    return;
  }
  const bool is_plain_http = error.category() == asio::error::get_ssl_category() &&
                             ERR_GET_REASON(error.value()) == SSL_R_HTTP_REQUEST;
  tls_.reset();
  if (is_plain_http) {
    Refuse(400, "this port speaks TLS; use https://");
  } else {
    CloseGently();
  }
}

void Session::BeginRequest() {
  state_ = State::kIdle;
  GiveBackBeyond(kKeptSize, &request_.body);
  GiveBackBeyond(kKeptSize, &response_.body);
  GiveBackBeyond(kKeptHeaders, &request_.headers);
  parser_.emplace(&request_, shared_.options);
  invited_ = false;
  SetDeadline(shared_.options.idle_timeout);
}

void Session::Read() {
  auto handler = [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
    self->OnRead(error, count);
  };
  if (tls_) {
    tls_->async_read_some(in_.prepare(kReadSize), std::move(handler));
  } else {
    socket_.async_read_some(in_.prepare(kReadSize), std::move(handler));
  }
}

void Session::OnRead(const ErrorCode& error, std::size_t count) {
  if (expired_) {
    OnExpired();
    return;
  }
  if (error) {
    // A client may close between requests; if it closes during one, there is nobody left to tell.
    // One that ends its side of TLS is told the end of ours.
    if (tls_ && error == asio::error::eof) {
      CloseGently();
    } else {
      Close();
    }
    return;
  }
  in_.commit(count);
  Proceed();
}

void Session::OnExpired() {
  if (state_ == State::kReading) {
    Refuse(408, "it comes too slowly");
  } else {
    CloseGently();
  }
}

// Answers every whole request that has been read, then reads on. A loop, because a client may send
// thousands at once.
void Session::Proceed() {
  while (true) {
    const Parsed parsed = Parse();
    if (parsed == Parsed::kRefused) return;
    if (parsed == Parsed::kPartial) {
      if (AwaitsInvitation()) {
        InviteBody();
      } else {
        Read();
      }
      return;
    }
    if (!Answer()) return;
  }
}

Session::Parsed Session::Parse() {
  if (in_.size() > 0 && state_ == State::kIdle) {
    state_ = State::kReading;
    SetDeadline(shared_.options.read_timeout);
  }
  while (in_.size() > 0 && !parser_->is_done()) {
    ErrorCode error;
    const std::size_t used = parser_->put(in_.data(), error);
    in_.consume(used);
    if (error == http::error::need_more) {
      if (in_.size() <= shared_.options.header_limit) break;
      error = http::error::header_limit;
    }
    if (error) {
      Refuse(StatusOf(error), error.message());
      return Parsed::kRefused;
    }
  }
  return parser_->is_done() ? Parsed::kWhole : Parsed::kPartial;
}

bool Session::AwaitsInvitation() const {
  return parser_->is_header_done() && parser_->ExpectsContinue() && !invited_;
}

// Reads on afterwards.
void Session::InviteBody() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  invited_ = true;
  const auto handler = [self = shared_from_this()](const ErrorCode& error, std::size_t) {
    if (error || self->expired_) {
      self->OnRead(error, 0);
    } else {
      self->Read();
    }
  };
  if (tls_) {
    asio::async_write(*tls_, asio::buffer(kContinue), handler);
  } else {
    asio::async_write(socket_, asio::buffer(kContinue), handler);
  }
}

void Session::EmptyResponse() {
  response_.status = 200;
  response_.headers.clear();
  response_.body.clear();
  response_.close_after = false;
  response_.delay = std::chrono::milliseconds(0);
  response_.cut_after.reset();
}

Persistence Session::KeepsOpen() const {
  if (closes_) return Persistence::kClose;
  return parser_->IsHttp11() ? Persistence::kKeepByDefault : Persistence::kKeepAsAsked;
}

// The next three: true when the answer has left and the connection goes on.
bool Session::Answer() {
  state_ = State::kAnswering;
  EmptyResponse();
  shared_.handler(request_, response_);
  closes_ = response_.close_after || response_.cut_after || !parser_->keep_alive();
  WriteHead(response_, KeepsOpen(), worker_.date.Now(), &head_);
  const bool with_body = request_.method != "HEAD" && MayHaveBody(response_.status);
  SetDeadline(shared_.options.read_timeout + response_.delay);
  if (response_.delay.count() <= 0) return SendAnswer(with_body);
  delay_.expires_after(response_.delay);
  delay_.async_wait([self = shared_from_this(), with_body](const ErrorCode& error) {
    if (!error && self->SendAnswer(with_body)) self->Proceed();
  });
  return false;
}

bool Session::SendAnswer(bool with_body) {
  const std::size_t limit = response_.cut_after.value_or(head_.size() + response_.body.size());
  const std::size_t head_size = std::min(head_.size(), limit);
  const std::size_t body_size = with_body ? response_.body.size() : 0;
  return Send({asio::buffer(head_.data(), head_size),
               asio::buffer(response_.body.data(), std::min(body_size, limit - head_size))});
}

// Nearly always the kernel takes an answer at once, and no round through the reactor is needed. TLS
// has no such short way: asio's stream loses what a socket that does not block leaves over.
bool Session::Send(std::array<asio::const_buffer, 2> pieces) {
  if (tls_) {
    SendLater(*tls_, pieces);
    return false;
  }
  ErrorCode error;
  const std::size_t count = socket_.write_some(pieces, error);
  if (!error && count == asio::buffer_size(pieces)) return AfterAnswer();
  if (error && error != asio::error::would_block) {
    Close();
    return false;
  }
  const std::size_t of_first = std::min(count, pieces[0].size());
  pieces[0] += of_first;
  pieces[1] += count - of_first;
  SendLater(socket_, pieces);
  return false;
}

template <typename Stream>
void Session::SendLater(Stream& stream, const std::array<asio::const_buffer, 2>& pieces) {
  asio::async_write(stream, pieces,
                    [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                      if (error) {
                        self->Close();
                      } else if (self->AfterAnswer()) {
                        self->Proceed();
                      }
                    });
}

bool Session::AfterAnswer() {
  if (closes_) {
    CloseGently();
    return false;
  }
  BeginRequest();
  return true;
}

void Session::Refuse(int status, std::string_view why) {
  state_ = State::kAnswering;
  EmptyResponse();
  response_.status = status;
  response_.Set("Content-Type", "text/plain");
  response_.body.assign("this request cannot be served: ").append(why).append("\n");
  closes_ = true;
  WriteHead(response_, Persistence::kClose, worker_.date.Now(), &head_);
  SetDeadline(shared_.options.read_timeout);
  SendAnswer(/*with_body=*/true);
}

void Session::CloseGently() {
  state_ = State::kClosing;
  SetDeadline(kDrainTime);
  if (!tls_) {
    EndSending();
    return;
  }
  // However it ends: a client that still sends makes it fail, after the end was said.
  tls_->async_shutdown([self = shared_from_this()](const ErrorCode&) { self->EndSending(); });
}

void Session::EndSending() {
  ErrorCode error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) {
    Close();
    return;
  }
  in_.clear();
  Drain();
}

void Session::Drain() {
  socket_.async_read_some(in_.prepare(kReadSize),
                          [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
                            self->drained_ += count;
                            if (error || self->drained_ > kDrainLimit) {
                              self->Close();
                            } else {
                              self->Drain();
                            }
                          });
}

Error CannotListen(std::string_view host, std::uint16_t port, const ErrorCode& error) {
  std::string where(host);
  if (where.find(':') != std::string::npos) where = "[" + where + "]";
  where += ":" + std::to_string(port);
  if (error == asio::error::address_in_use)
    return {where, "the port is taken; stop what listens there, or use port 0 for a free one"};
  if (error == asio::error::access_denied)
    return {where, "ports below 1024 are for privileged users; use a higher port"};
  if (error == boost::system::errc::address_not_available)
    return {where, "this machine has no such address; use one of its own, or 127.0.0.1"};
  return {where, "cannot listen: " + error.message()};
}

// The address to listen on; brackets around an IPv6 address are accepted.
std::optional<asio::ip::address> ParseAddress(std::string_view host) {
  if (host == "localhost") return asio::ip::address_v4::loopback();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  ErrorCode error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (error) return std::nullopt;
  return address;
}

int ThreadCount(const HttpServerOptions& options) {
  if (options.threads > 0) return options.threads;
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace

std::optional<std::string_view> FindHeader(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [header, value] : headers)
    if (SameName(header, name)) return value;
  return std::nullopt;
}

void HttpResponse::Set(std::string_view name, std::string_view value) {
  for (auto& [header, old_value] : headers) {
    if (!SameName(header, name)) continue;
    old_value = value;
    return;
  }
  headers.emplace_back(name, value);
}

// The threads, and the socket they accept from, which the first of them owns.
class HttpServer::Service {
 public:
  Service(HttpHandler handler, HttpServerOptions options) : shared_{std::move(handler), options} {
    for (int i = 0; i < ThreadCount(options); ++i) workers_.push_back(std::make_unique<Worker>());
    acceptor_.emplace(workers_[0]->context);
    accept_pause_.emplace(workers_[0]->context);
  }
  ~Service();

  Done PrepareTls();
  ErrorCode Open(const TcpEndpoint& endpoint);
  void Run();
  void Stop();
  void Wait();
  TcpEndpoint LocalEndpoint() const { return local_; }
  bool SpeaksTls() const { return shared_.tls.has_value(); }

 private:
  void Accept();
  void OnAccept(const ErrorCode& error, Socket socket, Worker& worker);
  void Watch(Worker& worker);
  Worker& LeastLoaded();

  Shared shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<Acceptor> acceptor_;
  std::optional<Timer> accept_pause_;
  TcpEndpoint local_;
  std::mutex mutex_;
  std::condition_variable stop_called_;
  bool stopped_ = false;
};

HttpServer::Service::~Service() {
  Stop();
  for (const auto& worker : workers_)
    if (worker->thread.joinable()) worker->thread.join();
  // A pending accept holds a socket of another worker, so it goes before the workers do.
  accept_pause_.reset();
  acceptor_.reset();
  while (!workers_.empty()) workers_.erase(workers_.begin());
}

Done HttpServer::Service::PrepareTls() {
  const HttpServerOptions& options = shared_.options;
  if (options.tls_cert.empty() && options.tls_key.empty()) return Ok();
  SSL_CTX* context = shared_.tls.emplace(asio::ssl::context::tls_server).native_handle();
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return Error{"OpenSSL", "TLS 1.2 is not available"};
  return LoadTlsIdentity(options.tls_cert, options.tls_key, context);
}

ErrorCode HttpServer::Service::Open(const TcpEndpoint& endpoint) {
  ErrorCode error;
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (!error) local_ = acceptor_->local_endpoint(error);
  return error;
}

void HttpServer::Service::Run() {
  Accept();
  for (const auto& worker : workers_) {
    Watch(*worker);
    worker->thread = std::thread([&context = worker->context] { context.run(); });
  }
}

void HttpServer::Service::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  for (const auto& worker : workers_) {
    asio::post(worker->context, [this, worker = worker.get()] {
      ErrorCode ignored;
      if (worker == workers_[0].get()) acceptor_->close(ignored);
      for (Session* session : worker->sessions) session->Close();
      worker->context.stop();
    });
  }
  stop_called_.notify_all();
}

void HttpServer::Service::Wait() {
  std::unique_lock lock(mutex_);
  stop_called_.wait(lock, [this] { return stopped_; });
}

void HttpServer::Service::Accept() {
  Worker& worker = LeastLoaded();
  acceptor_->async_accept(worker.context, [this, &worker](const ErrorCode& error, Socket socket) {
    OnAccept(error, std::move(socket), worker);
  });
}

// Accepting ends only with the acceptor: the server must survive a client that is gone again, and a
// process that has no descriptor left for a while.
void HttpServer::Service::OnAccept(const ErrorCode& error, Socket socket, Worker& worker) {
  if (!acceptor_->is_open()) return;
  if (error && error != asio::error::connection_aborted) {
    accept_pause_->expires_after(kAcceptPause);
    accept_pause_->async_wait([this](const ErrorCode& cancelled) {
      if (!cancelled) Accept();
    });
    return;
  }
  if (!error) {
    worker.load.fetch_add(1, std::memory_order_relaxed);
    auto session = std::make_shared<Session>(std::move(socket), &worker, &shared_);
    asio::post(worker.context, [session = std::move(session)] { session->Start(); });
  }
  Accept();
}

// One timer for all connections of a worker: setting one for every request would cost more than
// the request.
void HttpServer::Service::Watch(Worker& worker) {
  using std::chrono::milliseconds;
  const auto shortest = std::min(shared_.options.read_timeout, shared_.options.idle_timeout);
  worker.watch.expires_after(std::clamp(shortest / 8, milliseconds(2), milliseconds(250)));
  worker.watch.async_wait([this, &worker](const ErrorCode& error) {
    if (error) return;
    const Clock::time_point now = Clock::now();
    for (Session* session : worker.sessions) session->CheckTime(now);
    Watch(worker);
  });
}

Worker& HttpServer::Service::LeastLoaded() {
  const auto less = [](const auto& a, const auto& b) {
    return a->load.load(std::memory_order_relaxed) < b->load.load(std::memory_order_relaxed);
  };
  return **std::min_element(workers_.begin(), workers_.end(), less);
}

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(std::string_view host, std::uint16_t port,
                                                       HttpHandler handler,
                                                       HttpServerOptions options) {
  const auto address = ParseAddress(host);
  if (!address)
    return Error{std::string(host),
                 "not an address to listen on; write it like 127.0.0.1, 0.0.0.0 or [::1]"};
  try {
    auto service = std::make_unique<Service>(std::move(handler), options);
    if (const Done prepared = service->PrepareTls(); !prepared) return prepared.error();
    if (const ErrorCode error = service->Open({*address, port}))
      return CannotListen(host, port, error);
    service->Run();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(service)));
  } catch (const std::exception& error) {
    // No descriptor or no thread is left, or OpenSSL cannot be set up.
    return Error{std::string(host), std::string("cannot serve: ") + error.what()};
  }
}

HttpServer::HttpServer(std::unique_ptr<Service> service) : service_(std::move(service)) {}
HttpServer::~HttpServer() = default;
std::uint16_t HttpServer::port() const { return service_->LocalEndpoint().port(); }
void HttpServer::Stop() { service_->Stop(); }
void HttpServer::Wait() { service_->Wait(); }

std::string HttpServer::Url() const {
  const TcpEndpoint endpoint = service_->LocalEndpoint();
  const std::string address = endpoint.address().to_string();
  return (service_->SpeaksTls() ? "https://" : "http://") +
         (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
         std::to_string(endpoint.port());
}

}  // namespace assay
