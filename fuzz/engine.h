#pragma once

#include <string>
#include <vector>

#include "fuzz/campaign.h"

namespace assay {

// False if the program was built without libFuzzer.
bool HasEngine();

// Feeds the campaign with mutated inputs until it is over, then finishes it and ends the process
// with its exit code. The engine is libFuzzer, in this process. `folders` are the corpora: what is
// worth keeping is written to the first.
[[noreturn]] void RunEngine(Campaign& campaign, const Dataset& dataset,
                            const std::vector<std::string>& flags,
                            const std::vector<std::string>& folders);

}  // namespace assay
