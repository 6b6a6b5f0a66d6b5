#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reference/faults/fault.h"
#include "reference/wire/message.h"

namespace assay {

// What a request must give, so that a fault shows.
struct Condition {
  std::string parameter;             // tags of any number count as one; "" for any filter
  std::optional<std::string> value;  // any, if there is none
};
using Conditions = std::vector<Condition>;

// Whether the request selects snapshots by anything but their region.
bool GivesFilter(const Request& request);

// Which values count: of none, so that a parameter has to be given at all; of what the fault
// ignores; or of every parameter, region and format among them.
enum class Values { kNone, kOfIgnored, kAll };
// What this request gives besides what every request does.
Conditions ConditionsOf(const Request& request, const Fault& fault, Values values);

bool MeetsAll(const Request& request, const Conditions& conditions);

// The fault, limited to requests that meet all conditions: "ignores Usage=none if Category and
// PageSize are given".
Fault Narrowed(const Fault& fault, const Conditions& conditions);

}  // namespace assay
