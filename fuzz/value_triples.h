#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

// Requests of three parameters: every three values that the documents name, the letters of which
// are written in several ways if they do not count, and every three parameters with values of the
// state. What goes wrong at three values together is met soon, which mutations do not promise.
class ValueTriples {
 public:
  // In an order that depends on the seed.
  ValueTriples(const Dataset& dataset, std::uint64_t seed);
  // An input (fuzz/exchange_input.h) of the next three. After the last, the first comes again, with
  // other values of the state.
  std::string Next();
  // How many there are until they come again.
  std::size_t size() const { return triples_.size(); }

 private:
  struct Given {
    std::string name;
    std::optional<std::string> value;  // else one of the state
  };
  void Set(const Given& given, std::uint64_t seed, Request& request) const;

  const Dataset& dataset_;
  std::vector<Given> given_;
  std::vector<std::array<std::uint8_t, 3>> triples_;  // positions in given_
  std::uint64_t next_ = 0;
};

}  // namespace assay
