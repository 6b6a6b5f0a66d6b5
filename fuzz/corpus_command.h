#pragma once

namespace CLI {
class App;
}

namespace assay {

// Adds `assay corpus`: merge, minimise and stats.
void AddCorpusCommand(CLI::App& app, int* exit_code);

}  // namespace assay
