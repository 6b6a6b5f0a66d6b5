#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "spec/record/request.h"

namespace assay {

// The different requests that were sent, in their order; from the first kMost on none is added.
class SentRequests {
 public:
  void Add(const Request& request) {
    if (requests_.size() >= kMost) return;
    const std::string key =
        fmt::format("{} {} {} {}", request.method, static_cast<int>(request.placement),
                    static_cast<int>(request.encoding), request.Text());
    if (seen_.insert(std::hash<std::string>()(key)).second) {
      requests_.push_back(request);
    }
  }
  // Those since the last call.
  std::vector<Request> Take() {
    seen_.clear();
    return std::exchange(requests_, {});
  }

 private:
  static constexpr std::size_t kMost = 50'000;

  std::vector<Request> requests_;
  std::unordered_set<std::size_t> seen_;
};

}  // namespace assay
