#pragma once

#include "reference/judge/judge.h"
#include "reference/reading/choices.h"
#include "reference/wire/message.h"

namespace assay {

// The answer that would be right and is nearest to the target's: it lists the snapshots that the
// target lists and that match, in its order, and answers open questions as the target does. What
// differs then is what is wrong. `learned`, with an option of every question, is where the search
// begins.
Response NearestRightAnswer(const Judge& judge, const Reading& learned, const Request& request,
                            const Response& wrong);

}  // namespace assay
