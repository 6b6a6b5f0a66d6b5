#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "reports/journal/journal.h"
#include "reports/render/terminal.h"

namespace assay {

enum class ReportFormat { kHtml, kJson, kJunit, kRepro, kSummary, kBadge, kSarif, kHar };

// "html, json, …".
std::string ReportFormatNames();
// All formats, in the order of the enumeration.
std::vector<ReportFormat> AllReportFormats();
// Reads "html,junit"; the error names `flag`, the unknown format and all known ones.
Result<std::vector<ReportFormat>> ParseReportFormats(const std::string& text,
                                                     const std::string& flag = "--format");

// Writes each format's file into `out_dir` (made if needed): report.html, report.json, junit.xml,
// summary.md, badge.svg, results.sarif, evidence.har, repro/NAME.sh with repro/NAME.ndjson. Each
// file is written as a whole, whatever becomes of the others; one that cannot be written is missing
// afterwards, also if an earlier run left one there. The error names all that are missing.
Done RenderReports(const RecordedRun& run, const std::string& out_dir,
                   const std::vector<ReportFormat>& formats);

// What a run without a whole journal leaves: removes the reports of an earlier run from the folder.
// The names of those that are not made, separated by commas.
std::string RemoveReports(const std::string& out_dir);

// Writes all of them from the journal that the folder holds, and to `output` the summary for a
// terminal of that style; within a GitHub workflow annotations and the step's summary, too.
Done ReportRun(const std::string& folder, const TerminalStyle& style, bool verbose,
               std::ostream& output);

// The same of a run that is loaded already.
Done ReportRun(const RecordedRun& run, const std::string& folder, const TerminalStyle& style,
               bool verbose, std::ostream& output);

// The exit code of a run that ended with that one, of which a part is lost: what cannot be shown to
// anybody is no success.
ExitCode IfReportsAreMissing(ExitCode code);
// Says so for the command, with the Error of ReportRun().
ExitCode TellMissing(const char* command, const Error& error, ExitCode code, std::ostream& errors);

// Writes for several targets matrix.html and matrix.md (format summary); other formats
// are an error.
Done RenderMatrix(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                  const std::vector<ReportFormat>& formats);

// Writes for runs of one target over time trend.html and trend.md (format summary); other formats
// are an error.
Done RenderTrend(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                 const std::vector<ReportFormat>& formats);

}  // namespace assay
