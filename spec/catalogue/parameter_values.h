#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/catalogue/rule_case.h"
#include "spec/text/result.h"

namespace assay {

// One abstract value of a parameter.
struct AbstractValue {
  std::string name;  // "hit", "unknown"
  // One to a row: refused, matching nothing, or read as the target pleases. Two of them would hide
  // each other, and a row of several open questions tells little.
  bool odd = false;
  bool other_region = false;  // the whole row speaks of another region
  RuleCase change;            // to the smallest valid request; what the row's snapshot may be like
};

// A parameter, or parameters that belong together, as Tag.N.Key and Tag.N.Value.
struct AbstractParameter {
  std::string name;
  std::vector<AbstractValue> values;
};

// Texts at and beyond the edges of one kind of value: "number", "time".
struct OddValues {
  std::string name;
  std::vector<std::string> values;  // in an order that is part of what a seed means
  std::vector<std::string> fuzzed;  // only fuzzers draw these besides
};

// What parameters.json holds: the values that are worth a request.
struct ParameterValues {
  std::vector<AbstractParameter> parameters;
  std::vector<OddValues> odd_values;

  // The embedded ones; the data is checked by tests.
  static const ParameterValues& Get();
  // The odd values of a kind that there is.
  const OddValues& Odd(std::string_view name) const;
};

// Errors name the file, the position and the key.
Result<ParameterValues> ParseParameterValues(std::string_view text, const std::string& name);

}  // namespace assay
