#pragma once

#include <rapidcheck/Random.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace assay {

// Draws from one of RapidCheck's random states; equal states give equal draws everywhere.
class Dice {
 public:
  explicit Dice(rc::Random random) : random_(std::move(random)) {}

  // A number below `limit`, which is positive.
  std::size_t Below(std::size_t limit) { return static_cast<std::size_t>(random_.next() % limit); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }
  std::uint64_t Number() { return random_.next(); }
  // One element of a container that is not empty.
  template <typename Container>
  const auto& Of(const Container& container) {
    return container[Below(container.size())];
  }

 private:
  rc::Random random_;
};

}  // namespace assay
