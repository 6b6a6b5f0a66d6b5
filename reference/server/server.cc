#include "reference/server/server.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "reference/auth/rate_limit.h"
#include "reference/server/service.h"
#include "reference/wire/wire_request.h"
#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

void AddFromHeader(const HttpRequest& http, std::string_view header, std::string_view name,
                   Request& request) {
  const auto value = http.Find(header);
  if (value && !request.Find(name)) request.Set(name, *value);
}

// Whether a `%` is followed by a small letter.
bool HasLowerHex(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('%', at)) != text.npos; ++at) {
    const std::string_view digits = text.substr(at + 1, 2);
    if (digits.find_first_of("abcdef") != digits.npos) return true;
  }
  return false;
}

FormEncoding EncodingOf(const HttpRequest& http, bool has_form) {
  if (has_form && http.Find("Transfer-Encoding")) return FormEncoding::kChunked;
  if (has_form &&
      http.Find("Content-Type").value_or("").find("charset") != std::string_view::npos) {
    return FormEncoding::kCharset;
  }
  const std::string text = http.target + (has_form ? http.body : "");
  if (text.find('+') != std::string::npos) return FormEncoding::kPlus;
  if (text.find("%41%63%74%69%6F%6E") != std::string::npos) return FormEncoding::kEscaped;
  return HasLowerHex(text) ? FormEncoding::kLowerHex : FormEncoding::kPercent;
}

// The newest clients read how long to wait from a header (api-facts, 5.4).
std::optional<GatewayRefusal> CheckRate(RateLimit& throttle, HttpResponse& out) {
  const auto wait = throttle.Take(RateLimit::Clock::now());
  if (wait.count() == 0) return std::nullopt;
  const ErrorInfo& error = *Catalogue::Get().FindError("Throttling.User");
  out.Set("x-acs-retry-after", std::to_string(wait.count()));
  return GatewayRefusal{error.status, error.code, error.message};
}

}  // namespace

Request DecodeRequest(const HttpRequest& http) {
  Request request{.method = http.method};
  WireParameters wire = DecodeParameters(http);
  // It means the same, but a fault may read it differently.
  request.encoding = EncodingOf(http, !wire.form.empty());
  request.parameters = std::move(wire.query);
  if (!wire.form.empty()) {
    request.placement = request.parameters.empty() ? Placement::kForm : Placement::kSplit;
    std::ranges::move(wire.form, std::back_inserter(request.parameters));
  }
  // A client that signs in headers names no format; it accepts JSON.
  if (http.Find("x-acs-action") && !request.Find("Action") &&
      request.Find("Format").value_or("").empty()) {
    request.Set("Format", "JSON");
  }
  AddFromHeader(http, "x-acs-action", "Action", request);
  AddFromHeader(http, "x-acs-version", "Version", request);
  return request;
}

struct Server::State {
  template <typename... Arguments>
  explicit State(Arguments&&... arguments) : service(std::forward<Arguments>(arguments)...) {}
  Service service;
  std::unique_ptr<Gateway> gateway;     // null if nobody has to sign
  std::unique_ptr<RateLimit> throttle;  // null if every request is answered
  std::unique_ptr<HttpServer> http;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const Dataset& dataset, const Reading& reading,
                                              std::string_view host, std::uint16_t port,
                                              HttpServerOptions options,
                                              GatewayOptions gateway_options,
                                              std::vector<const Fault*> faults,
                                              const HiddenValues* hidden) {
  return Listen(std::make_unique<State>(dataset, reading, std::move(faults), hidden), host, port,
                options, std::move(gateway_options));
}

Result<std::unique_ptr<Server>> Server::Start(const LivingState& living, const Reading& reading,
                                              std::string_view host, std::uint16_t port,
                                              HttpServerOptions options,
                                              GatewayOptions gateway_options,
                                              std::vector<const Fault*> faults) {
  return Listen(std::make_unique<State>(living, reading, std::move(faults)), host, port, options,
                std::move(gateway_options));
}

Result<std::unique_ptr<Server>> Server::Listen(std::unique_ptr<State> state, std::string_view host,
                                               std::uint16_t port, const HttpServerOptions& options,
                                               GatewayOptions gateway_options) {
  Service& service = state->service;
  gateway_options.blind = [&service](Forgery forgery, bool in_headers) {
    return service.IsBlindTo(forgery, in_headers);
  };
  if (gateway_options.rate > 0) {
    state->throttle = std::make_unique<RateLimit>(gateway_options.rate);
  }
  if (gateway_options.authenticate) {
    state->gateway = std::make_unique<Gateway>(std::move(gateway_options));
  }
  Gateway* gateway = state->gateway.get();
  RateLimit* throttle = state->throttle.get();
  const auto handle = [&service, gateway, throttle](const HttpRequest& http, HttpResponse& out) {
    if (service.ClosesOn(http.method)) {
      out.cut_after = 0;
      return;
    }
    Response response;
    response.body = std::move(out.body);
    response.body.clear();
    const Request request = DecodeRequest(http);
    const std::string_view host_id = http.Find("Host").value_or("ecs.aliyuncs.com");
    auto refusal = gateway ? gateway->Check(http, request) : std::nullopt;
    if (!refusal && throttle) refusal = CheckRate(*throttle, out);
    if (refusal) {
      service.SpoilRefusal(refusal->code, refusal->message);
      Service::Refuse(request, host_id, refusal->status, refusal->code, refusal->message, response);
    } else {
      service.Handle(request, host_id, response);
    }
    out.status = response.status;
    out.Set("Content-Type", response.content_type);
    out.Set("x-acs-request-id", response.request_id);
    out.body = std::move(response.body);
    service.Spoil(request, out);
  };
  auto http = HttpServer::Listen(host, port, handle, options);
  if (!http) return http.error();
  state->http = std::move(*http);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::uint16_t Server::port() const { return state_->http->port(); }
std::string Server::Url() const { return state_->http->Url(); }
void Server::Stop() { state_->http->Stop(); }
void Server::Wait() { state_->http->Wait(); }

}  // namespace assay
