#pragma once

#include <vector>

#include "spec/publish/explain.h"

namespace CLI {
class App;
}

namespace assay {

// Adds `assay spec` and `assay explain`; a command that ran writes its exit code to `exit_code`,
// which outlives the parsing. `more` is what `explain` knows besides the spec.
void AddSpecCommands(CLI::App& app, int* exit_code, std::vector<Described> more = {});

}  // namespace assay
