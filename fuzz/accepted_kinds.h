#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "reference/wire/message.h"

namespace assay {

// Requests that a target answered with a list, one for each kind of value of each parameter ("a
// tag's value with an emoji"): that of the fewest parameters. What such a request shows may depend
// on the size of the page, of which there are a hundred; so each kind comes to every size in turn,
// however many inputs the corpus has.
class AcceptedKinds {
 public:
  // Requests that go on from a token show nothing by themselves: none of them is kept.
  void Keep(std::uint64_t kind, const Request& request);
  // An input (fuzz/exchange_input.h): the request of the next kind, with its next size of page. ""
  // if there is none. 150 rounds through the kinds give all sizes.
  std::string ResizeNext();

 private:
  struct Kept {
    std::size_t parameters;
    std::string input;
    std::uint64_t resized = 0;
  };
  std::unordered_map<std::uint64_t, std::size_t> at_;  // positions in kept_
  std::vector<Kept> kept_;
  std::size_t next_ = 0;
};

// Those of this process.
AcceptedKinds& TheAcceptedKinds();

}  // namespace assay
