#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "reference/judge/verdict.h"
#include "spec/record/record.h"

namespace assay {

// Tells a recorder what is found while it is found, so that a run that is killed leaves it behind:
// each symptom when it is first seen, and when it was seen twice, four times, … as often.
class Sightings {
 public:
  explicit Sightings(Recorder& recorder) : recorder_(recorder) {}

  // What is wrong with an exchange, together with those that the verdict names.
  void Take(std::uint64_t exchange, const Request& request, const Verdict& verdict);

 private:
  struct Seen {
    std::uint64_t times = 0;
    Finding first;
  };
  Recorder& recorder_;
  std::unordered_map<std::string, Seen> seen_;  // by symptom
};

}  // namespace assay
