#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "spec/catalogue.h"
#include "spec/data_file.h"

namespace assay {

// Parts that several data files share. They complain to the file and then return what they have.
std::vector<SourceReference> ReadSources(DataFile& file, ObjectReader& owner);
Level ReadLevel(ObjectReader& owner);
std::vector<RuleCase> ReadCases(DataFile& file, ObjectReader& owner);

}  // namespace assay
