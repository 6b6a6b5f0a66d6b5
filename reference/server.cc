#include "reference/server.h"

#include <utility>

#include "reference/describe_snapshots/service.h"
#include "reference/wire_request.h"

namespace assay {
namespace {

void AddFromHeader(const HttpRequest& http, std::string_view header, std::string_view name,
                   Request& request) {
  const auto value = http.Find(header);
  if (value && !request.Find(name)) request.Set(name, *value);
}

bool HasForm(const HttpRequest& http) {
  const std::string_view type = http.Find("Content-Type").value_or("");
  return !http.body.empty() && (type.empty() || type.starts_with(kFormContentType));
}

}  // namespace

Request DecodeRequest(const HttpRequest& http) {
  Request request{.method = http.method};
  const std::size_t query = http.target.find('?');
  if (query != std::string::npos) {
    request.parameters = ParseForm(std::string_view(http.target).substr(query + 1));
  }
  if (HasForm(http)) {
    request.placement = request.parameters.empty() ? Placement::kForm : Placement::kSplit;
    for (Parameter& parameter : ParseForm(http.body)) {
      request.parameters.push_back(std::move(parameter));
    }
  }
  // A client that signs in headers names no format; it accepts JSON.
  if (http.Find("x-acs-action") && !request.Find("Action") && !request.Find("Format")) {
    request.Set("Format", "JSON");
  }
  AddFromHeader(http, "x-acs-action", "Action", request);
  AddFromHeader(http, "x-acs-version", "Version", request);
  return request;
}

struct Server::State {
  State(const Dataset& dataset, const Reading& reading) : service(dataset, reading) {}
  Service service;
  std::unique_ptr<Gateway> gateway;  // nothing where nobody has to sign
  std::unique_ptr<HttpServer> http;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const Dataset& dataset, const Reading& reading,
                                              std::string_view host, std::uint16_t port,
                                              HttpServerOptions options,
                                              GatewayOptions gateway_options) {
  auto state = std::make_unique<State>(dataset, reading);
  Service& service = state->service;
  if (gateway_options.authenticate) {
    state->gateway = std::make_unique<Gateway>(std::move(gateway_options));
  }
  Gateway* gateway = state->gateway.get();
  const auto handle = [&service, gateway](const HttpRequest& http, HttpResponse& out) {
    if (service.ClosesOn(http.method)) {
      out.cut_after = 0;
      return;
    }
    Response response;
    response.body = std::move(out.body);
    response.body.clear();
    const Request request = DecodeRequest(http);
    const std::string_view host_id = http.Find("Host").value_or("ecs.aliyuncs.com");
    const auto refusal = gateway ? gateway->Check(http, request) : std::nullopt;
    if (refusal) {
      Service::Refuse(request, host_id, refusal->status, refusal->code, refusal->message, response);
    } else {
      service.Handle(request, host_id, response);
    }
    out.status = response.status;
    out.Set("Content-Type", response.content_type);
    out.Set("x-acs-request-id", response.request_id);
    out.body = std::move(response.body);
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
