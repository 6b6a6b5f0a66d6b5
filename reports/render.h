#pragma once

#include <string>
#include <vector>

#include "reports/journal.h"

namespace assay {

enum class ReportFormat { kHtml, kJson, kJunit, kRepro, kSummary };

// All formats, in the order of the enumeration.
std::vector<ReportFormat> AllReportFormats();
// Reads "html,junit"; the error names `flag`, the unknown format and all known ones.
Result<std::vector<ReportFormat>> ParseReportFormats(const std::string& text,
                                                     const std::string& flag = "--format");

// Writes each format's file into `out_dir` (made where needed): report.html, report.json,
// junit.xml, summary.md, repro/NAME.sh with repro/NAME.ndjson. Each file is written as a whole;
// the error names the one that was not.
Done RenderReports(const RecordedRun& run, const std::string& out_dir,
                   const std::vector<ReportFormat>& formats);

// The same for several targets: matrix.html and matrix.md (format summary); other formats are an
// error.
Done RenderMatrix(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                  const std::vector<ReportFormat>& formats);

}  // namespace assay
