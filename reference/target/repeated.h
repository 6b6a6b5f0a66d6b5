#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "reference/target/target.h"

namespace assay {

// Sends one request so many times, as many at once as the target takes.
class Repeated : public RequestSource {
 public:
  Repeated(const Request& request, int times)
      : requests_(static_cast<std::size_t>(times), request) {}

  const Request* Next() override {
    return next_ < requests_.size() ? &requests_[next_++] : nullptr;
  }
  void Answered(const Request*, Result<Response>& response) override {
    answers.push_back(std::move(response));
  }

  std::vector<Result<Response>> answers;  // in the order of arrival

 private:
  std::vector<Request> requests_;  // copies: a target tells requests apart by their addresses
  std::size_t next_ = 0;
};

}  // namespace assay
