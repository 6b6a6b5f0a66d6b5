#pragma once

#include <functional>
#include <string>
#include <utility>

#include "reference/server/service.h"

namespace assay {

// The model behind a fault: `bend_request` changes what the model sees, `bend_answer` what it says.
class FaultyTarget : public Target {
 public:
  explicit FaultyTarget(const Dataset& dataset, const Reading& reading = {})
      : service_(dataset, reading) {}
  FaultyTarget(const Dataset& dataset, std::function<void(Request&)> bend)
      : bend_request(std::move(bend)), service_(dataset, Reading{}) {}

  std::function<void(Request&)> bend_request = [](Request&) {};
  std::function<void(const Request&, Response&)> bend_answer = [](const Request&, Response&) {};

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      ++requests;
      Request bent = *request;
      bend_request(bent);
      Response response;
      service_.Handle(bent, "faulty", response);
      bend_answer(*request, response);
      Result<Response> result = std::move(response);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "faulty"; }

  int requests = 0;

 private:
  Service service_;
};

}  // namespace assay
