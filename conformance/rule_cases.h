#pragma once

#include "conformance/suite_context.h"

namespace assay {

// Sends the cases of one rule, all at once but for those that need the token of an earlier one, has
// them judged, and checks what they expect. A case that the dataset cannot satisfy is noted as not
// exercised; where that is every case, the outcome is skipped.
TestOutcome RunRuleCases(SuiteContext& context, const RuleInfo& rule);

}  // namespace assay
