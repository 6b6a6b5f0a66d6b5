#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reference/faults/fault.h"
#include "reference/wire/message.h"

namespace assay {

// What a request must give, so that a fault shows.
struct Condition {
  std::string parameter;             // tags of any number count as one parameter
  std::optional<std::string> value;  // any, if there is none
};
using Conditions = std::vector<Condition>;

// What this request gives besides what every request does and what the fault is about, which it
// ignores. With values, region and format count, too.
Conditions ConditionsOf(const Request& request, const Fault& fault, bool with_values);

// The fault, limited to requests that meet all conditions: "ignores Usage if Category and PageSize
// are given".
Fault Narrowed(const Fault& fault, const Conditions& conditions);

}  // namespace assay
