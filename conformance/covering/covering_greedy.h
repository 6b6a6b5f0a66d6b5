#pragma once

#include <vector>

#include "conformance/covering/covering_rows.h"
#include "conformance/covering/tuple_index.h"
#include "spec/text/random.h"

namespace assay {

// Allowed rows that contain all of the tuples `wanted`, each of which an allowed row can hold. They
// are found one by one: each is the best of as many as `candidates` says.
std::vector<Row> BuildGreedily(const RowRules& rules, const TupleIndex& index,
                               std::vector<TupleIndex::Id> wanted, int candidates, Random* random);

}  // namespace assay
