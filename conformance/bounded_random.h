#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace assay {

// Random numbers that are the same with every standard library, unlike std's distributions.
class BoundedRandom {
 public:
  explicit BoundedRandom(std::uint64_t seed) : engine_(seed) {}

  // From 0 up to and without `bound`, which is below 2^32.
  std::size_t Below(std::size_t bound) { return (engine_() >> 32) * bound >> 32; }

  template <typename T>
  void Shuffle(std::vector<T>* items) {
    for (std::size_t i = items->size(); i > 1; --i) std::swap((*items)[i - 1], (*items)[Below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace assay
