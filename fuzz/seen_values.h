#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The values that documented parameters have in inputs worth keeping, each once however many inputs
// have it: the rare ones are as likely to meet each other as the common ones.
class SeenValues {
 public:
  // Takes the parameters of the input (fuzz/exchange_input.h). A bounded number is kept.
  void Add(std::string_view input);
  // The input, one request of which has one to three parameters with values that were seen. Mostly
  // that request alone, if none goes on from a token: so more are tried in the same time. Equal
  // calls give equal results.
  std::string SetSome(std::string_view input, std::uint64_t seed) const;

 private:
  struct Values {
    std::set<std::string> known;
    std::vector<std::string> list;
  };
  std::map<std::string, Values> of_;  // by the name of the parameter, with 1 for N
  std::vector<std::string> names_;
};

}  // namespace assay
