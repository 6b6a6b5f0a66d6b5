#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conformance/covering/covering_rows.h"
#include "conformance/covering/tuple_index.h"
#include "spec/text/random.h"

namespace assay {

// Fewer allowed rows that contain every tuple that `rows`, all of them allowed, contain; not fewer
// than `bound`. Again and again a row is taken away and the others are repaired by a tabu search
// (after Nurmela, "Upper bounds for covering arrays by tabu search", 2004), until `steps` changes
// of a cell are spent.
std::vector<Row> Reduce(const RowRules& rules, const TupleIndex& index, std::vector<Row> rows,
                        std::size_t bound, std::uint64_t steps, Random* random);

}  // namespace assay
