#pragma once

#include <vector>

#include "spec/catalogue/data_file.h"
#include "spec/catalogue/rule_case.h"

namespace assay {

// The keys of a case that change the request; name and expectation are left empty.
RuleCase ReadChange(ObjectReader& reader);

// The cases of a rule and the probes of a question; none may refer to one behind it. A probe has no
// name but its number, and no expectation.
std::vector<RuleCase> ReadCases(DataFile& file, ObjectReader& owner);
std::vector<RuleCase> ReadProbes(DataFile& file, ObjectReader& owner);

}  // namespace assay
