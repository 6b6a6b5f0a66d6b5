#include "reports/render.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "reports/html.h"
#include "reports/junit.h"
#include "reports/matrix.h"
#include "reports/overview.h"
#include "reports/report_json.h"
#include "reports/repro.h"
#include "reports/summary.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct FormatName {
  ReportFormat format;
  std::string_view name;
};
constexpr std::array<FormatName, 5> kFormats = {{{ReportFormat::kHtml, "html"},
                                                 {ReportFormat::kJson, "json"},
                                                 {ReportFormat::kJunit, "junit"},
                                                 {ReportFormat::kRepro, "repro"},
                                                 {ReportFormat::kSummary, "summary"}}};

const FormatName* FindFormat(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [name](const FormatName& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : &*found;
}

Error UnknownFormat(std::string_view name, const std::string& flag) {
  std::string known;
  for (const FormatName& format : kFormats) {
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  }
  return Error{flag, "`" + std::string(name) + "` is no format of a report; known are " + known};
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

Done RenderOne(const RecordedRun& run, const std::string& out_dir, ReportFormat format) {
  const fs::path out(out_dir);
  switch (format) {
    case ReportFormat::kHtml:
      return WriteWholeFile((out / "report.html").string(), HtmlPage(run));
    case ReportFormat::kJson:
      return WriteWholeFile((out / "report.json").string(),
                            ReportJson(run, HasRepros(run, out_dir)));
    case ReportFormat::kJunit:
      return WriteWholeFile((out / "junit.xml").string(), JunitXml(run));
    case ReportFormat::kRepro:
      return WriteRepros(run, out_dir);
    case ReportFormat::kSummary:
      return WriteWholeFile((out / "summary.md").string(), SummaryMarkdown(run));
  }
  return Ok();
}

Done RenderMatrixAs(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                    ReportFormat format) {
  const fs::path out(out_dir);
  if (format == ReportFormat::kHtml) {
    return WriteWholeFile((out / "matrix.html").string(), MatrixHtml(runs));
  }
  if (format == ReportFormat::kSummary) {
    return WriteWholeFile((out / "matrix.md").string(), MatrixMarkdown(runs));
  }
  return Error{"--format",
               "several targets are reported side by side as html and summary only; "
               "report one folder at a time for other formats"};
}

}  // namespace

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
  // report.json says where the repro files are, so they come first.
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](ReportFormat format) { return format == ReportFormat::kRepro; });
  for (const ReportFormat format : ordered) {
    if (Done done = RenderOne(run, out_dir, format); !done) return done;
  }
  return Ok();
}

Done RenderMatrix(const std::vector<RecordedRun>& runs, const std::string& out_dir,
                  const std::vector<ReportFormat>& formats) {
  if (Done made = MakeFolder(out_dir); !made) return made;
  for (const ReportFormat format : formats) {
    if (Done done = RenderMatrixAs(runs, out_dir, format); !done) return done;
  }
  return Ok();
}

}  // namespace assay
