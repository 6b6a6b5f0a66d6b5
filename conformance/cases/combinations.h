#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "conformance/cases/parameter_model.h"

namespace assay {

// Rows of a test: enough to keep every connection busy, few enough to be named in a filter.
inline constexpr std::size_t kRowsOfBlock = 50;

// The combinations of one run: a covering array over the parameter model, then the pairs of errors.
struct Combinations {
  ParameterModel model;
  CoveringArray array;
  std::vector<Row> precedence;
};

// Strength 1 to 6. The Error tells of a strength that the model is too large for.
Result<Combinations> MakeCombinations(const CaseMaker& home, SuiteFormat format, int strength,
                                      std::uint64_t seed);

// Sends `count` rows from `first` on, each as one request, and has them judged.
TestOutcome RunRows(SuiteContext& context, const ParameterModel& model,
                    const std::vector<Row>& rows, std::size_t first, std::size_t count,
                    const Origin& origin);

// What `assay cases` prints: every row with its request, and the share of t-tuples covered.
std::string CombinationsText(const Combinations& combinations, int strength, std::uint64_t seed);
std::string CombinationsJson(const Combinations& combinations, int strength, std::uint64_t seed);

}  // namespace assay
