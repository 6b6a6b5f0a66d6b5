#pragma once

#include <functional>

#include "fuzz/exchange_input.h"
#include "fuzz/features.h"
#include "reference/judge/exchange.h"
#include "reference/judge/judge.h"
#include "reference/judge/verdict.h"
#include "reference/target/target.h"

namespace assay {

// Sends the requests of an input in turn and has the answers judged. `features` are told what they
// show; `judged`, if given, sees each exchange.
// The Error is that of a request that was not answered; what came before it is shown.
Done ShowInput(Target& target, Judge& judge, ExchangeInput input, InputFeatures& features,
               const std::function<void(const Exchange&, const Verdict&)>& judged = {});

}  // namespace assay
