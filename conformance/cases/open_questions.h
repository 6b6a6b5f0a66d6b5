#pragma once

#include <string>

#include "conformance/cases/suite_context.h"

namespace assay {

// Why no request can ask the question on this dataset, or "".
std::string WhyUnreachable(Question question, const SuiteContext& context);

// Why no answer of a run showed the question, in words.
std::string WhyNeverAsked(Question question, const SuiteContext& context);

// Sends the question's probes, so that a run learns the target's answer to it, and has their
// answers judged; skipped if the dataset allows none of them.
TestOutcome RunProbes(SuiteContext& context, const QuestionInfo& question);

}  // namespace assay
