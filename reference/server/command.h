#pragma once

namespace CLI {
class App;
}

namespace assay {

// Adds `assay serve` and `assay dataset`; a command that ran writes its exit code to `exit_code`,
// which outlives the parsing.
void AddReferenceCommands(CLI::App& app, int* exit_code);

}  // namespace assay
