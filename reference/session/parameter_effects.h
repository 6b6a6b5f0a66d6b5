#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "spec/record/record.h"

namespace assay {

// Notices which documented parameters change answers: of two requests that differ in nothing but
// the parameter, one with and one without it, it compares the answers.
class ParameterEffects {
 public:
  ParameterEffects();

  void Add(const ExchangeRecord& exchange);
  // A row a parameter of the base document, in its order; those of Tag.N and Filter.N are one each.
  std::vector<ParameterTally> Tallies() const;

 private:
  struct Given {
    std::size_t parameter;  // position in names_
    std::uint64_t rest;     // the request without it
    std::uint64_t answer;
  };

  std::vector<std::string> names_;
  std::map<std::string, std::size_t> positions_;
  std::vector<std::uint64_t> given_;                          // by parameter
  std::vector<Given> seen_;                                   // bounded
  std::unordered_map<std::uint64_t, std::uint64_t> answers_;  // by request, the first one
};

}  // namespace assay
