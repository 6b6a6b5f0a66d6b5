#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reference/reading/choices.h"
#include "reference/state/dataset.h"
#include "reference/state/living_state.h"
#include "reference/target/target.h"
#include "reference/wire/message.h"

namespace assay {

class HiddenValues;
struct Fault;
struct HttpResponse;

// The reference implementation: answers requests from a dataset under one reading. Safe to call
// from several threads.
class Service {
 public:
  struct State;  // defined beside it

  // `dataset` outlives the service, which commits the faults. `hidden`, if given, tells of fields
  // that the dataset does not know, and outlives the service too.
  Service(const Dataset& dataset, const Reading& reading, std::vector<const Fault*> faults = {},
          const HiddenValues* hidden = nullptr);
  // The same from a state that may move: each answer is of one version of it. `living` outlives the
  // service.
  Service(const LivingState& living, const Reading& reading, std::vector<const Fault*> faults = {});
  ~Service();

  // Answers the decoded request. Error envelopes name `host` as HostId. `asked` (if given) receives
  // the questions that the answer depends on.
  void Handle(const Request& request, std::string_view host, Response& response,
              std::bitset<kQuestionCount>* asked = nullptr);
  // Answers with an error that was found before the request was looked at, in the format asked for.
  static void Refuse(const Request& request, std::string_view host, int status,
                     std::string_view code, std::string_view message, Response& response);
  // True if the reading closes the connection instead of refusing other methods.
  bool ClosesOn(const std::string& method) const;
  // True if a fault lets that forgery pass.
  bool IsBlindTo(Forgery forgery, bool in_headers) const;
  // Lets faults change what a refusal of the gateway says.
  void SpoilRefusal(std::string& code, std::string& message) const;
  // Lets faults change how the answer to the request is sent.
  void Spoil(const Request& request, HttpResponse& response);

 private:
  std::unique_ptr<State> state_;
};

// The service without HTTP: the suites' default target in tests and in `assay fuzz`.
class ModelTarget : public Target {
 public:
  ModelTarget(const Dataset& dataset, const Reading& reading, std::vector<const Fault*> faults = {})
      : service_(dataset, reading, std::move(faults)) {}
  ModelTarget(const LivingState& living, const Reading& reading,
              std::vector<const Fault*> faults = {})
      : service_(living, reading, std::move(faults)) {}
  void Run(RequestSource& source) override;
  std::string Name() const override { return "model"; }

 private:
  Service service_;
};

}  // namespace assay
