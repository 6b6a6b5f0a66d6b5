#pragma once

#include "reference/describe_snapshots/judge.h"
#include "reference/message.h"

namespace assay {

// Tells libFuzzer what an answer looked like, so that it keeps inputs that lead to new kinds of
// answers even where the target itself is not instrumented. Without libFuzzer it does nothing
// that can be seen.
void ShowFeatures(const Response& response, const Verdict& verdict);

}  // namespace assay
