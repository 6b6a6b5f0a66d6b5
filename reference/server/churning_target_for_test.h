#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "reference/server/service.h"
#include "reference/state/living_state.h"
#include "reference/target/target.h"

namespace assay {

// For tests: the reference over a state that another client changes, once in so many answers (0:
// never). Equal seeds change it at the same answers.
class ChurningTarget : public Target {
 public:
  ChurningTarget(const Dataset& start, std::uint64_t seed, unsigned every,
                 const Reading& reading = {}, std::vector<const Fault*> faults = {})
      : state(start, Churn::Room(start)),
        churn(start, seed),
        answers_a_change(every),
        service_(state, reading, std::move(faults)),
        random_(seed) {}

  void Run(RequestSource& source) override {
    while (const Request* request = source.Next()) {
      ++requests;
      if (answers_a_change > 0 && random_() % answers_a_change == 0) Change();
      Response response;
      service_.Handle(*request, "ecs.example.com", response);
      Result<Response> result = std::move(response);
      if (bend) bend(*request, result);
      source.Answered(request, result);
    }
  }
  std::string Name() const override { return "churning"; }
  void Change() { state.Apply(churn.Next(*state.Now())); }

  LivingState state;
  Churn churn;
  unsigned answers_a_change;
  std::uint64_t requests = 0;
  std::function<void(const Request&, Result<Response>&)> bend = nullptr;

 private:
  Service service_;
  std::mt19937_64 random_;
};

}  // namespace assay
