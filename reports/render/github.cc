#include "reports/render/github.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "reports/render/overview.h"
#include "reports/render/summary.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::size_t kMostAnnotations = 10;  // that GitHub shows of a step

// Data of a workflow command; in a property two characters more are special.
std::string Escape(std::string_view text, bool in_property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (in_property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string Annotation(const char* level, const std::string& title, const std::string& message) {
  return fmt::format("::{} title={}::{}\n", level, Escape(TerminalText(title), true),
                     Escape(TerminalText(message), false));
}

std::string AnnotationOf(const Finding& finding) {
  const char* level = finding.kind == FindingKind::kViolation ? "error" : "warning";
  return Annotation(level, finding.rule,
                    Shorten(HideSecrets(fmt::format(
                                "{} ({}). {}: expected {}, actual {}", HeadlineOf(finding),
                                CountText(finding.occurrences, "answer"),
                                RequestText(finding.request), finding.expected, finding.actual)),
                            1000));
}

}  // namespace

std::string GithubAnnotations(const RecordedRun& run) {
  std::vector<const Finding*> findings = SortFindings(run);
  std::erase_if(findings, [](const Finding* finding) {
    return finding->kind == FindingKind::kKnown || finding->kind == FindingKind::kInconclusive;
  });
  const bool all = findings.size() <= kMostAnnotations;
  const std::size_t shown = all ? findings.size() : kMostAnnotations - 1;
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += AnnotationOf(*findings[i]);
  if (!all) {
    out += Annotation(
        "error", "Assay",
        CountText(findings.size() - shown, "more finding") + ": see the summary of the job");
  }
  return out;
}

std::string TellGithub(const RecordedRun& run) {
  std::string out;
  if (const char* file = std::getenv("GITHUB_STEP_SUMMARY"); file != nullptr && *file != '\0') {
    std::ofstream summary(file, std::ios::app | std::ios::binary);
    summary << SummaryMarkdown(run);
    summary.close();
    if (!summary) out = Annotation("warning", "Assay", "the summary of the job is incomplete");
  }
  const char* actions = std::getenv("GITHUB_ACTIONS");
  if (actions != nullptr && std::string_view(actions) == "true") out += GithubAnnotations(run);
  return out;
}

}  // namespace assay
