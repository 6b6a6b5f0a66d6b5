#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reference/auth/gateway.h"
#include "reference/reading/choices.h"
#include "reference/state/dataset.h"
#include "reference/wire/http_server.h"
#include "reference/wire/message.h"
#include "spec/text/result.h"

namespace assay {

class HiddenValues;
struct Fault;
class LivingState;

// The reference implementation behind HTTP: the server of `assay serve`, and the default target.
class Server {
 public:
  // Serves the dataset, which outlives the server, under the reading. Port 0 takes a free one.
  // Requests have to pass the Gateway, with `gateway.authenticate` by their signatures too. The
  // server commits the faults. `hidden` is as for a Service.
  static Result<std::unique_ptr<Server>> Start(const Dataset& dataset, const Reading& reading,
                                               std::string_view host, std::uint16_t port,
                                               HttpServerOptions options = {},
                                               GatewayOptions gateway = {},
                                               std::vector<const Fault*> faults = {},
                                               const HiddenValues* hidden = nullptr);
  // The same for a state that may move.
  static Result<std::unique_ptr<Server>> Start(const LivingState& living, const Reading& reading,
                                               std::string_view host, std::uint16_t port,
                                               HttpServerOptions options = {},
                                               GatewayOptions gateway = {},
                                               std::vector<const Fault*> faults = {});
  ~Server();

  std::uint16_t port() const;
  std::string Url() const;
  void Stop();  // from any thread
  void Wait();  // until stopped

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  static Result<std::unique_ptr<Server>> Listen(std::unique_ptr<State> state, std::string_view host,
                                                std::uint16_t port,
                                                const HttpServerOptions& options,
                                                GatewayOptions gateway);
  std::unique_ptr<State> state_;
};

// The request that an HTTP request carries: parameters of query and form together, action and
// version from the headers if no parameter names them (clients-and-formats, 0.3).
Request DecodeRequest(const HttpRequest& http);

}  // namespace assay
