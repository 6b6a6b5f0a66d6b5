#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reference/faults/fault.h"
#include "spec/publish/explain.h"
#include "spec/text/result.h"

namespace assay {

// Every fault that the reference server can commit, in the order of their ids.
const std::vector<Fault>& Faults();
// The fault of that id, or nullptr.
const Fault* FindFault(std::string_view id);
// "data.retention" of "data.retention.one_more": what faults of one kind share.
std::string_view KindOfFault(std::string_view id);
// The faults of those ids; the Error names an unknown one and the nearest known ones.
Result<std::vector<const Fault*>> FindFaults(const std::vector<std::string>& ids);
// True if the fault breaks no `must` rule.
bool OnlyWarns(const Fault& fault);
// For `assay explain`.
std::vector<Described> DescribedFaults();

}  // namespace assay
