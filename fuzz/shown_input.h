#pragma once

#include <functional>
#include <string_view>

#include "fuzz/exchange_input.h"
#include "reference/judge/exchange.h"
#include "reference/judge/judge.h"
#include "reference/judge/verdict.h"
#include "reference/target/target.h"

namespace assay {

// Sends the requests of an input in turn and has the answers judged. Afterwards FeaturesOfInput()
// and EndInput() (fuzz/features.h) tell what they showed. `judged`, if given, sees each exchange.
// The Error is that of a request that was not answered; what came before it is shown.
Done ShowInput(Target& target, Judge& judge, std::string_view text, ExchangeInput input,
               const std::function<void(const Exchange&, const Verdict&)>& judged = {});

}  // namespace assay
