#include "reference/server.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "reference/describe_snapshots/service.h"
#include "reference/rate_limit.h"
#include "reference/wire_request.h"
#include "spec/catalogue.h"

namespace assay {
namespace {

void AddFromHeader(const HttpRequest& http, std::string_view header, std::string_view name,
                   Request& request) {
  const auto value = http.Find(header);
  if (value && !request.Find(name)) request.Set(name, *value);
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
  // It says the same, but a fault may read it otherwise.
  const bool plus = http.target.find('+') != std::string::npos ||
                    (!wire.form.empty() && http.body.find('+') != std::string::npos);
  if (plus) request.encoding = FormEncoding::kPlus;
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
  template <typename Holding>
  State(const Holding& holding, const Reading& reading, std::vector<const Fault*> faults)
      : service(holding, reading, std::move(faults)) {}
  Service service;
  std::unique_ptr<Gateway> gateway;     // nothing where nobody has to sign
  std::unique_ptr<RateLimit> throttle;  // nothing where every request is answered
  std::unique_ptr<HttpServer> http;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const Dataset& dataset, const Reading& reading,
                                              std::string_view host, std::uint16_t port,
                                              HttpServerOptions options,
                                              GatewayOptions gateway_options,
                                              std::vector<const Fault*> faults) {
  return Listen(std::make_unique<State>(dataset, reading, std::move(faults)), host, port, options,
                std::move(gateway_options));
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
  gateway_options.blind = [&service](Forgery forgery) { return service.IsBlindTo(forgery); };
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
