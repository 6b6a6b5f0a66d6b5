#pragma once

#include "property/dice.h"
#include "reference/state/dataset.h"
#include "reference/wire/message.h"

namespace assay {

// Bends a request in a few places, each towards something that the document rules out,
// leaves open, or allows at its very edge.
void BendRequest(const Dataset& dataset, Dice& dice, Request& request);

}  // namespace assay
