#pragma once

namespace CLI {
class App;
}

namespace assay {

// Adds `assay fuzz`: a campaign with as many workers as --jobs says, each a process of its own, and
// the reports that a run writes.
void AddFuzzCommand(CLI::App& app, int* exit_code);

}  // namespace assay
