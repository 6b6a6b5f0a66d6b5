#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conformance/covering/covering_rows.h"
#include "spec/text/result.h"

namespace assay {

// The parameters whose values are combined, and the combinations that are of no use.
struct CoveringModel {
  // By parameter and value: whether the value is invalid. Every parameter has a value. A row holds
  // at most one invalid value, so that no error hides another.
  std::vector<std::vector<bool>> invalid;
  // Sets of cells that never occur together in a row.
  std::vector<std::vector<Cell>> forbidden;
};

// How much work the search may be. The rows depend on it, and never on the time that it takes.
struct CoveringEffort {
  // Rows tried for every row that is taken, at least one.
  int candidates = 1;
  // Changes of a cell by which the rows of valid values are made fewer; the rows of each invalid
  // value get a sixth of it.
  std::uint64_t steps = 0;

  // For 25 parameters of six values: below one second at strength 2, below four at strength 3.
  static CoveringEffort Default(int strength);
};

struct CoveringArray {
  std::vector<Row> rows;
  std::size_t tuples = 0;      // with at most one invalid value
  std::size_t covered = 0;     // contained in a row
  std::size_t infeasible = 0;  // contained in no such row: tuples = covered + infeasible
};

// More than that Cover refuses: its tables would need more than a gigabyte.
inline constexpr double kMaxTuples = 1e8;
inline constexpr double kMaxRows = 1e6;

// Rows that together contain every tuple an allowed row can hold. A tuple is a choice of values for
// `strength` distinct parameters (for all if there are fewer). As in PICT, a tuple of valid values
// occurs in a row of valid values; a tuple with one invalid value in a row whose other values are
// valid. Model, strength, seed and effort decide the rows, on every machine. Fails on a strength
// outside 1 to 6, and on a model with more than kMaxTuples tuples or kMaxRows necessary rows.
Result<CoveringArray> Cover(const CoveringModel& model, int strength, std::uint64_t seed,
                            const CoveringEffort& effort);
Result<CoveringArray> Cover(const CoveringModel& model, int strength, std::uint64_t seed);

}  // namespace assay
