#include "reports/render/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <string_view>

#include "reports/render/github.h"
#include "reports/render/har_file.h"
#include "reports/render/html.h"
#include "reports/render/junit.h"
#include "reports/render/matrix.h"
#include "reports/render/overview.h"
#include "reports/render/pictures.h"
#include "reports/render/report_json.h"
#include "reports/render/repro.h"
#include "reports/render/sarif.h"
#include "reports/render/summary.h"
#include "reports/render/trend.h"
#include "reports/text/text.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct FormatName {
  ReportFormat format;
  std::string_view name;
  std::string_view file;
};
constexpr std::array<FormatName, 8> kFormats = {{{ReportFormat::kHtml, "html", "report.html"},
                                                 {ReportFormat::kJson, "json", "report.json"},
                                                 {ReportFormat::kJunit, "junit", "junit.xml"},
                                                 {ReportFormat::kRepro, "repro", "repro"},
                                                 {ReportFormat::kSummary, "summary", "summary.md"},
                                                 {ReportFormat::kBadge, "badge", "badge.svg"},
                                                 {ReportFormat::kSarif, "sarif", "results.sarif"},
                                                 {ReportFormat::kHar, "har", "evidence.har"}}};

std::string_view FileOf(ReportFormat format) {
  return std::ranges::find(kFormats, format, &FormatName::format)->file;
}

const FormatName* FindFormat(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [name](const FormatName& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : &*found;
}

Error UnknownFormat(std::string_view name, const std::string& flag) {
  return Error{
      flag, "`" + std::string(name) + "` is not a report format; known are " + ReportFormatNames()};
}

Done MakeFolder(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (!error) return Ok();
  return Error{directory, "the folder for the reports cannot be made: " + error.message() +
                              "; choose another with --out DIR"};
}

bool HasRepros(const RecordedRun& run, const std::string& out_dir) {
  std::error_code error;
  return std::all_of(run.findings.begin(), run.findings.end(), [&](const Finding& finding) {
    return fs::exists(fs::path(out_dir) / "repro" / (ReproName(finding) + ".sh"), error);
  });
}

std::string TextOf(const RecordedRun& run, const std::string& out_dir, ReportFormat format) {
  switch (format) {
    case ReportFormat::kHtml:
      return HtmlPage(run, out_dir);
    case ReportFormat::kJson:
      return ReportJson(run, HasRepros(run, out_dir));
    case ReportFormat::kJunit:
      return JunitXml(run);
    case ReportFormat::kSummary:
      return SummaryMarkdown(run);
    case ReportFormat::kBadge:
      return BadgeSvg(run);
    case ReportFormat::kSarif:
      return SarifText(run);
    case ReportFormat::kHar:
      return HarText(run);
    case ReportFormat::kRepro:
      break;  // several files
  }
  return "";
}

// Removes the report that is there, if it is a file.
void RemoveReport(const fs::path& path) {
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(path, error))) fs::remove(path, error);
}

// The error says what is missing, and why.
Done RenderOne(const RecordedRun& run, const std::string& out_dir, ReportFormat format) {
  if (format == ReportFormat::kRepro) return WriteRepros(run, out_dir);
  const std::string name(FileOf(format)), text = TextOf(run, out_dir, format);
  const fs::path path = fs::path(out_dir) / name;
  if (WhyNotWritten(path.string(), text).empty()) return Ok();
  // One of an earlier run would be taken for this one; without it there may be room.
  RemoveReport(path);
  const std::string why = WhyNotWritten(path.string(), text);
  if (why.empty()) return Ok();
  std::error_code error;
  return Error{name + (fs::exists(path, error) ? " (what stands there is older)" : ""), why};
}

// What several runs are shown as: a page and a text.
struct Joint {
  const char* name;
  std::string (*html)(const std::vector<RecordedRun>& runs);
  std::string (*markdown)(const std::vector<RecordedRun>& runs);
};
constexpr Joint kMatrix = {"matrix", MatrixHtml, MatrixMarkdown};
constexpr Joint kTrend = {"trend", TrendHtml, TrendMarkdown};

Done RenderJoint(const Joint& joint, const std::vector<RecordedRun>& runs,
                 const std::string& out_dir, const std::vector<ReportFormat>& formats) {
  if (Done made = MakeFolder(out_dir); !made) return made;
  const std::string base = (fs::path(out_dir) / joint.name).string();
  for (const ReportFormat format : formats) {
    Done done = Error{"--format",
                      "several runs are reported side by side as html and summary only; report one "
                      "folder at a time for other formats"};
    if (format == ReportFormat::kHtml) done = WriteWholeFile(base + ".html", joint.html(runs));
    if (format == ReportFormat::kSummary) done = WriteWholeFile(base + ".md", joint.markdown(runs));
    if (!done) return done;
  }
  return Ok();
}

}  // namespace

std::string ReportFormatNames() {
  std::string known;
  for (const FormatName& format : kFormats) {
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  return known;
}

std::vector<ReportFormat> AllReportFormats() {
  std::vector<ReportFormat> formats;
  for (const FormatName& format : kFormats) formats.push_back(format.format);
  return formats;
}

Result<std::vector<ReportFormat>> ParseReportFormats(const std::string& text,
                                                     const std::string& flag) {
  std::vector<ReportFormat> formats;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const FormatName* format = FindFormat(rest.substr(0, comma));
    if (format == nullptr) return UnknownFormat(rest.substr(0, comma), flag);
    if (std::count(formats.begin(), formats.end(), format->format) == 0) {
      formats.push_back(format->format);
    }
    if (comma == std::string_view::npos) return formats;
    rest.remove_prefix(comma + 1);
  }
}

Done RenderReports(const RecordedRun& run, const std::string& out_dir,
                   const std::vector<ReportFormat>& formats) {
  if (Done made = MakeFolder(out_dir); !made) return made;
  std::vector<ReportFormat> ordered = formats;
  // report.json says where the repro files are, so they are written first.
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](ReportFormat format) { return format == ReportFormat::kRepro; });
  std::vector<std::string> missing;
  std::string why;
  for (const ReportFormat format : ordered) {
    const Done done = RenderOne(run, out_dir, format);
    if (done) continue;
    missing.push_back(done.error().where);
    why = done.error().what;
  }
  if (missing.empty()) return Ok();
  return Error{out_dir,
               fmt::format("{} missing: {} ({}); once there is room, `assay report` makes "
                           "{} of the journal",
                           missing.size() == 1 ? "this report is" : "these reports are",
                           fmt::join(missing, ", "), why, missing.size() == 1 ? "it" : "them"),
               ExitCode::kCouldNotJudge};
}

std::string RemoveReports(const std::string& out_dir) {
  RecordedRun none;
  (void)WriteRepros(none, out_dir);  // removes the earlier ones
  std::string names;
  for (const FormatName& format : kFormats) {
    RemoveReport(fs::path(out_dir) / format.file);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.file);
  }
  return names;
}

ExitCode IfReportsAreMissing(ExitCode code) {
  return code == ExitCode::kConforms ? ExitCode::kCouldNotJudge : code;
}

ExitCode TellMissing(const char* command, const Error& error, ExitCode code, std::ostream& errors) {
  const ExitCode ends = IfReportsAreMissing(code);
  errors << command << ": " << TerminalText(error.Text());
  if (ends != code) errors << "; so the exit code is " << static_cast<int>(ends);
  errors << "\n";
  return ends;
}

Done ReportRun(const std::string& folder, const TerminalStyle& style, bool verbose,
               std::ostream& output) {
  const Result<RecordedRun> run = LoadRun(folder);
  if (!run) return run.error();
  return ReportRun(*run, folder, style, verbose, output);
}

Done ReportRun(const RecordedRun& run, const std::string& folder, const TerminalStyle& style,
               bool verbose, std::ostream& output) {
  const Done done = RenderReports(run, folder, AllReportFormats());
  output << TellGithub(run) << TerminalSummary(run, folder, style, verbose) << std::flush;
  return done;
}

Done RenderMatrix(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                  const std::vector<ReportFormat>& formats) {
  return RenderJoint(kMatrix, runs, out_dir, formats);
}

Done RenderTrend(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                 const std::vector<ReportFormat>& formats) {
  return RenderJoint(kTrend, runs, out_dir, formats);
}

}  // namespace assay
