#pragma once

#include "conformance/cases/suite_context.h"

namespace assay {

// The name of the rule's test: its topic, and the rest of its id.
Origin OriginOf(const RuleInfo& rule);

// Sends the cases of one rule, all at once but for those that need the token of an earlier one, has
// them judged, and checks what they expect. A case that the dataset cannot satisfy is noted as not
// exercised; if that is every case, the outcome is skipped.
TestOutcome RunRuleCases(SuiteContext& context, const RuleInfo& rule);

}  // namespace assay
