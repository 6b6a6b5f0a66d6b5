#pragma once

#include "reference/judge/judge.h"
#include "reference/wire/message.h"

namespace assay {

// Tells libFuzzer what an answer looked like, so that it keeps inputs that lead to new kinds of
// answers even if the target itself is not instrumented. Without libFuzzer it does nothing that can
// be seen.
void ShowFeatures(const Response& response, const Verdict& verdict);

}  // namespace assay
