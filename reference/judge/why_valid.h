// Why a request is valid, in the words of the document.
#ifndef ASSAY_REFERENCE_JUDGE_WHY_VALID_H_
#define ASSAY_REFERENCE_JUDGE_WHY_VALID_H_

#include <bitset>
#include <string>

#include "spec/catalogue/catalogue.h"
#include "spec/record/request.h"

namespace assay {

// For up to two parameters that decide the answer: the sentence that allows the value, and the rule
// that rests on it, as `Usage: "…" (filter.usage.image)`; "" if no rule that the model went by
// speaks of one. `marks` are the rules that the model went by when it took the request for valid.
std::string WhyValid(const Request& request, const std::bitset<kRuleCount>& marks);

}  // namespace assay

#endif  // ASSAY_REFERENCE_JUDGE_WHY_VALID_H_
