// Prints how many rows the classic models and a stand-in for the model of DescribeSnapshots take,
// and how many seconds of processor time. Argument: the seed (1 unless given).

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "conformance/covering/covering_array.h"

namespace assay {
namespace {

using Groups = std::vector<std::pair<int, int>>;  // number of parameters, number of values

// Like the operation's model in size: 25 parameters.
const Groups kStandIn = {{14, 8}, {8, 5}, {3, 3}};
const Groups kSmallerStandIn = {{2, 8}, {4, 7}, {6, 6}, {6, 5}, {4, 4}, {3, 2}};

CoveringModel Build(const Groups& groups, int invalid_values) {
  CoveringModel model;
  for (const auto& [count, values] : groups) {
    for (int i = 0; i < count; ++i) {
      model.invalid.emplace_back(values);
      model.invalid.back().resize(values + invalid_values, true);
    }
  }
  return model;
}

void Measure(const std::string& name, const CoveringModel& model, int strength,
             std::uint64_t seed) {
  const std::clock_t start = std::clock();
  const auto array = Cover(model, strength, seed);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (array) {
    fmt::print("| {} | {} | {} | {} | {:.2f} |\n", name, strength, array->rows.size(),
               array->tuples, seconds);
  } else {
    fmt::print("| {} | {} | {} | | |\n", name, strength, array.error().Text());
  }
}

void MeasureAll(std::uint64_t seed) {
  fmt::print("| model | strength | rows | tuples | seconds |\n|---|---|---|---|---|\n");
  Measure("3^13", Build({{13, 3}}, 0), 2, seed);
  Measure("4^15 3^17 2^29", Build({{15, 4}, {17, 3}, {29, 2}}, 0), 2, seed);
  Measure("4^1 3^39 2^35", Build({{1, 4}, {39, 3}, {35, 2}}, 0), 2, seed);
  Measure("2^100", Build({{100, 2}}, 0), 2, seed);
  Measure("10^20", Build({{20, 10}}, 0), 2, seed);
  for (const int strength : {2, 3}) {
    Measure("8^14 5^8 3^3", Build(kStandIn, 0), strength, seed);
    Measure("8^14 5^8 3^3, 50 invalid values", Build(kStandIn, 2), strength, seed);
    Measure("8^2 7^4 6^6 5^6 4^4 2^3", Build(kSmallerStandIn, 0), strength, seed);
    Measure("8^2 7^4 6^6 5^6 4^4 2^3, 50 invalid values", Build(kSmallerStandIn, 2), strength,
            seed);
  }
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  assay::MeasureAll(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1);
}
