#pragma once

#include <iosfwd>
#include <string>

#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

// Adds `assay reading --from RUN [--out FILE]` and `assay compare-readings A B`.
void AddReadingCommands(CLI::App& app, int* exit_code);

// Writes the reading that the run learned to `file` ("": to `out`), and to `errors` what stayed
// open.
Done WriteReading(const std::string& run, const std::string& file, std::ostream& out,
                  std::ostream& errors);

// Lists to `out` where two targets differ. kConforms: on no question that both have settled,
// kViolations: on some.
Result<ExitCode> TellReadingsApart(const std::string& a, const std::string& b, std::ostream& out);

}  // namespace assay
