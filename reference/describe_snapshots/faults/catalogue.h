#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference/describe_snapshots/faults/fault.h"
#include "spec/explain.h"
#include "spec/result.h"

namespace assay {

// Every fault that the reference server can commit, in the order of their ids.
const std::vector<Fault>& Faults();
// The fault of that id, or nullptr.
const Fault* FindFault(std::string_view id);
// The faults of those ids; an Error names one that is none, with its nearest.
Result<std::vector<const Fault*>> FindFaults(const std::vector<std::string>& ids);
// True where nothing that the fault breaks is a `must`.
bool OnlyWarns(const Fault& fault);
// For `assay explain`.
std::vector<Described> DescribedFaults();

}  // namespace assay
