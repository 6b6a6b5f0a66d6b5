#pragma once

#include <string>

#include "reports/journal/journal.h"

namespace assay {

// The commands of a GitHub workflow that show the findings beside a job: at most ten, of which the
// last says how many more there are.
std::string GithubAnnotations(const RecordedRun& run);

// Within a GitHub workflow: gives the annotations to print, and adds the summary to the file that
// $GITHUB_STEP_SUMMARY names. Elsewhere "". A summary that cannot be written is no error of the
// run.
std::string TellGithub(const RecordedRun& run);

}  // namespace assay
