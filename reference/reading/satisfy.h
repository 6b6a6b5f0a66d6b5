#pragma once

#include <optional>
#include <vector>

#include "reference/reading/reading_space.h"

namespace assay {

// Each explanation under the domains: impossible ones go, restrictions that restrict nothing go.
void Reduce(Explanations& explanations, const Domains& domains);
// True if one of them is empty: the answer is right under every reading.
bool AlwaysHolds(const Explanations& explanations);
// Narrows the domains by what all explanations of one disjunction have in common, and reduces the
// disjunctions by the domains, until nothing changes. Those that are decided go. False if one of
// them has no explanation left.
bool Propagate(std::vector<Explanations>& all, Domains& domains);

// Options under which one explanation of each holds: any choice of options in them does.
// Nothing if there are none. Exact; a SAT solver decides what propagation leaves open.
std::optional<Domains> Satisfy(std::vector<Explanations> all, Domains domains);

}  // namespace assay
