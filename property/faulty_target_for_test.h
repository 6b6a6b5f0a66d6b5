#pragma once

#include <functional>
#include <string>
#include <utility>

#include "reference/describe_snapshots/service.h"
#include "reference/null_recorder.h"
#include "spec/record.h"

namespace assay {

// The model behind a fault: `bend` changes each request before the model sees it, so the answer
// is right for another request than the one that was sent.
class FaultyTarget : public Target {
 public:
  FaultyTarget(const Dataset& dataset, std::function<void(Request&)> bend)
      : service_(dataset, Reading{}), bend_(std::move(bend)) {}

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Request bent = *request;
      bend_(bent);
      Response response;
      service_.Handle(bent, "faulty", response);
      Result<Response> result = std::move(response);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "faulty"; }

 private:
  Service service_;
  std::function<void(Request&)> bend_;
};

}  // namespace assay
