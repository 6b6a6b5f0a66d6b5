#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "reports/render/body_view.h"
#include "reports/render/curl.h"
#include "reports/render/html_parts.h"
#include "reports/render/overview.h"
#include "reports/render/pictures.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/record/raw_message.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr std::size_t kMostInFull = 40;    // findings with bodies; the rest are shorter
constexpr std::size_t kMostCompared = 60;  // lines
constexpr std::size_t kExcerpt = 24;       // lines
constexpr std::size_t kMostFields = 4;     // of a snapshot, beside its id
constexpr std::size_t kLongestLine = 300;

std::string LineMarkup(std::string_view line) {
  return HtmlText(Shorten(HideSecrets(line), kLongestLine));
}

// One side of a comparison; the lines that differ are marked.
std::string Side(const std::vector<ComparedLine>& lines, std::string ComparedLine::*text) {
  std::string out;
  const std::size_t shown = std::min(lines.size(), kMostCompared);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string line = LineMarkup(lines[i].*text);
    switch (lines[i].kind) {
      case ComparedLine::Kind::kSame:
        out += line + "\n";
        break;
      case ComparedLine::Kind::kDifferent:
        // A blank keeps an empty line as high as the one beside it.
        out += line.empty() ? "<mark class=\"pad\"> </mark>" : "<mark>" + line + "</mark>";
        break;
      case ComparedLine::Kind::kGap:
        out += "<span class=\"gap\">" + line + "</span>\n";
        break;
    }
  }
  if (shown < lines.size()) {
    out += fmt::format("<span class=\"gap\">… {} …</span>\n",
                       CountText(lines.size() - shown, "more line"));
  }
  return out;
}

std::string SideBox(const char* side, const Finding& finding, const std::string& heading,
                    const std::string& lines) {
  return fmt::format(
      "<div class=\"{0}\"><h4>{1}</h4><pre tabindex=\"0\" role=\"region\" aria-label=\"{1}, "
      "finding "
      "{2}\">{3}</pre></div>\n",
      side, heading, HtmlText(ReproName(finding)), lines);
}

// The fields of snapshots that a request asks about.
std::vector<std::string> FieldsOf(const Request& request) {
  std::vector<std::string> fields;
  for (const auto& [name, value] : request.parameters) {
    fields.push_back(name == "DiskId" ? "SourceDiskId" : name);
  }
  return fields;
}

// The answer beside one that would be right: lists by their snapshots, if those differ.
std::string Comparison(const Finding& finding) {
  std::vector<std::string> wrong = ReadableLines(finding.answer.body);
  std::vector<std::string> right = InOrderOf(wrong, ReadableLines(finding.example.body));
  std::vector<std::string> fields = DifferingFields(right, wrong);
  if (fields.empty() || fields.size() > kMostFields) fields = FieldsOf(finding.request);
  right.insert(right.begin(), fmt::format("HTTP {}", finding.example.status));
  wrong.insert(wrong.begin(), fmt::format("HTTP {}", finding.answer.status));
  std::vector<ComparedLine> lines =
      CompareLines(CollapseSnapshots(right, fields), CollapseSnapshots(wrong, fields));
  if (lines.empty()) lines = CompareLines(right, wrong);
  if (lines.empty()) return "";
  return "<h4>The difference</h4>\n<div class=\"sides\">\n" +
         SideBox("expected", finding, "An answer that would be right",
                 Side(lines, &ComparedLine::left)) +
         SideBox("actual", finding, "The answer", Side(lines, &ComparedLine::right)) + "</div>\n";
}

std::string ExcerptBox(const Finding& finding, const std::string& heading, std::string_view body) {
  std::string lines;
  for (const std::string& line : Excerpt(ReadableLines(body), finding.actual, kExcerpt)) {
    lines += LineMarkup(line) + "\n";
  }
  if (lines.empty()) return "";
  return fmt::format(
      "<h4>{0}</h4><pre tabindex=\"0\" role=\"region\" aria-label=\"{0}, finding {1}\">{2}</pre>\n",
      heading, HtmlText(ReproName(finding)), lines);
}

// The exchange of the evidence whose body holds what the finding names, or the first.
const RecordedExchange* TellingEvidence(const RecordedRun& run, const Finding& finding) {
  for (const std::string& id : NamedIds(finding.actual)) {
    for (const RecordedExchange& recorded : run.evidence) {
      const bool named =
          std::ranges::find(finding.evidence, recorded.exchange.id) != finding.evidence.end();
      if (named && recorded.exchange.body.find(id) != std::string::npos) return &recorded;
    }
  }
  return FirstEvidence(run, finding);
}

std::string Bodies(const RecordedRun& run, const Finding& finding) {
  if (finding.answer.status != 0 && finding.example.status != 0) {
    if (std::string sides = Comparison(finding); !sides.empty()) return sides;
  }
  if (finding.answer.status != 0) {
    return ExcerptBox(finding, fmt::format("The answer, HTTP {}", finding.answer.status),
                      finding.answer.body);
  }
  const RecordedExchange* evidence = TellingEvidence(run, finding);
  if (evidence == nullptr || evidence->exchange.body.empty()) return "";
  return ExcerptBox(
      finding,
      fmt::format("From exchange {}, HTTP {}", evidence->exchange.id, evidence->exchange.status),
      evidence->exchange.body);
}

std::string Why(const RecordedRun& run, const Finding& finding) {
  const bool is_listed = std::ranges::any_of(
      run.trailer.rules, [&](const RuleTally& rule) { return rule.id == finding.rule; });
  return fmt::format(
      "<div class=\"why\"><div><h4>What happened</h4><p>{}</p></div>\n"
      "<div><h4>What was expected</h4><p>{}</p></div></div>\n"
      "<h4>Why</h4><p>{}</p><blockquote>{}</blockquote>\n<p><a href=\"#{}\">{}</a></p>\n",
      ProseMarkup(HideSecrets(finding.actual)), ProseMarkup(HideSecrets(finding.expected)),
      ProseMarkup(finding.statement), ProseMarkup(finding.source), RuleAnchor(finding.rule),
      is_listed ? "The rule and what else was seen of it" : "The rule");
}

std::string CommandPart(const RecordedRun& run, const Finding& finding) {
  std::string out = "<h4>The smallest request that shows it</h4>\n";
  for (const std::string& before : TextsBefore(finding)) {
    out += fmt::format("<p class=\"soft\">after {}</p>\n", CodeMarkup(before));
  }
  return out + CommandMarkup(CurlLine(finding, run.header),
                             "the request as curl, finding " + HtmlText(ReproName(finding)));
}

std::string Diagnosis(const Finding& finding) {
  std::string out;
  for (const std::string& fault : finding.diagnosis) {
    out += (out.empty() ? "" : ", ") + CodeMarkup(fault);
  }
  if (!out.empty()) {
    const char* how = finding.variant ? "The target answers like a variant of the fault "
                      : finding.diagnosis.size() == 1
                          ? "This fault of the catalogue gives the same answers: "
                          : "These faults of the catalogue give the same answers: ";
    return "<h4>Diagnosis</h4><p>" + (how + out) + ".</p>\n";
  }
  return finding.diagnosed
             ? "<h4>Diagnosis</h4><p>No fault of the catalogue answers like this.</p>\n"
             : "";
}

std::string ReplayPart(const RecordedRun& run, const std::string& folder, const Finding& finding) {
  if (RawMessageOf(finding.request)) return "";  // what is judged again is requests, not bytes
  const std::filesystem::path script =
      std::filesystem::path(folder) / "repro" / (ReproName(finding) + ".ndjson");
  return fmt::format("<h4>Send it again and judge it{}</h4>\n",
                     folder.empty() ? ", in this report's folder" : "") +
         CommandMarkup("assay replay " + ShellQuote(script.string()) + ReplayFlags(run),
                       "the replay command, finding " + HtmlText(ReproName(finding)));
}

std::string Card(const RecordedRun& run, const std::string& folder, const Finding& finding,
                 std::size_t number, bool in_full) {
  const std::string kind(NameOf(finding.kind));
  std::string out = fmt::format(
      "<article id=\"{}\" class=\"{}\">\n<header><div><span class=\"tag {}\">{}</span></div>"
      "<h3>{}. {}</h3>\n<p>{}, {}, {}</p></header>\n",
      FindingAnchor(finding), kind, kind, kind, number,
      ProseMarkup(StartSentence(HideSecrets(Shorten(HeadlineOf(finding), 200)))),
      CodeMarkup(finding.rule), CountText(finding.occurrences, "answer"),
      HtmlText(StabilityText(finding)));
  out += Why(run, finding) + CommandPart(run, finding);
  out += WalkStrip(run, finding);
  if (in_full) out += Bodies(run, finding);
  out += Diagnosis(finding);
  out += ReplayPart(run, folder, finding);
  out += fmt::format("<p class=\"soft small\">Finding {}, {}</p>\n", CodeMarkup(finding.id),
                     EvidenceText(finding, 8));
  std::string also;
  for (const std::string& id : finding.also) also += "<li>" + CodeMarkup(id) + "</li>";
  if (!also.empty()) {
    out += fmt::format(
        "<details class=\"small\"><summary>{} with the same cause</summary><ul>{}</ul></details>\n",
        CountText(finding.also.size(), "symptom"), also);
  }
  return out + "</article>\n";
}

}  // namespace

std::string FindingCards(const RecordedRun& run, const std::string& folder) {
  const std::vector<const Finding*> findings = SortFindings(run);
  if (findings.empty()) return "<p>None.</p>\n";
  std::string out;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    out += Card(run, folder, *findings[i], i + 1, i < kMostInFull);
  }
  return out;
}

}  // namespace assay
