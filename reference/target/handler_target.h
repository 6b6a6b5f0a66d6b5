#pragma once

#include <functional>
#include <string>
#include <utility>

#include "reference/target/target.h"

namespace assay {

// A function of this process as a target, called for one request at a time: for a handler that is
// to be judged without a server around it. LayOut() and Encode() give a request's HTTP form.
class HandlerTarget : public Target {
 public:
  using Handler = std::function<Response(const Request&)>;

  explicit HandlerTarget(Handler handler, std::string name = "handler")
      : handler_(std::move(handler)), name_(std::move(name)) {}

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      Result<Response> response = handler_(*request);
      source.Answered(request, response);
    }
  }
  std::string Name() const override { return name_; }

 private:
  Handler handler_;
  std::string name_;
};

}  // namespace assay
