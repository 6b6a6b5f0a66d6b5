#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// Pictures within a page, as SVG or markup with the classes of its style; "" if there is nothing to
// show.

// How many of the rules that findings break, or warn of, were seen after how many requests.
std::string FindingsCurve(const RecordedRun& run);

// The pages of a walk that the finding's evidence holds, with the snapshots on each: those listed
// twice are marked, those that the finding names and no page lists stand at the end.
std::string WalkStrip(const RecordedRun& run, const Finding& finding);

// A badge for a project's page, as a file of its own: "DescribeSnapshots | conforms".
std::string BadgeSvg(const RecordedRun& run);

}  // namespace assay
