#pragma once

namespace CLI {
class App;
}

namespace assay {

// Adds `assay fuzz`: runs the libFuzzer program of the preset `fuzz` and, if it found something,
// sends the input once more through the session, so that journal and reports tell of it.
void AddFuzzCommand(CLI::App& app, int* exit_code);

}  // namespace assay
