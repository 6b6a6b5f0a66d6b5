#include "reports/render/summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/render/campaign.h"
#include "reports/render/curl.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

// Keeps pieces as long as they fit, leaving room to say how many did not.
class LimitedText {
 public:
  explicit LimitedText(std::size_t limit) : limit_(limit) {}

  bool Add(const std::string& piece) {
    if (text_.size() + piece.size() + kReserve > limit_) return false;
    text_ += piece;
    return true;
  }
  // For the short lines that the reserve is kept for.
  void AddNote(const std::string& note) {
    if (text_.size() + note.size() <= limit_) text_ += note;
  }
  const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t kReserve = 1024;
  const std::size_t limit_;
  std::string text_;
};

std::string Headline(const RecordedRun& run) {
  const Totals totals = CountTotals(run);
  std::string text = "## Assay: " + MarkdownText(HideSecrets(VerdictText(run))) + "\n\n";
  const std::string time = run.finished ? fmt::format(", in {:.1f} s", run.trailer.seconds) : "";
  text += fmt::format("Target {}: {}, {} judged{}; rules: {}; seed {}.\n",
                      MarkdownCode(HideSecrets(run.header.target)),
                      CountText(run.trailer.exchanges, "request"), Thousands(run.trailer.judged),
                      time, RulesText(totals), run.header.seed);
  if (run.trailer.campaign) {
    text += "\nCampaign: " + MarkdownText(CampaignText(*run.trailer.campaign)) + "\n";
  }
  for (const std::string& caution : Cautions(run)) text += "\n> " + MarkdownText(caution) + "\n";
  return text;
}

// A line for each finding, those that explain most first.
void AddTable(const RecordedRun& run, LimitedText* out) {
  constexpr std::size_t kMost = 50;
  const std::vector<const Finding*> findings = SortFindings(run);
  if (findings.empty()) return;
  if (!out->Add("\n| | rule | what happens | answers | diagnosis |\n|---|---|---|---:|---|\n"))
    return;
  for (std::size_t i = 0; i < std::min(kMost, findings.size()); ++i) {
    const Finding& finding = *findings[i];
    const std::string diagnosis =
        finding.diagnosis.empty() ? "" : MarkdownCode(finding.diagnosis.front());
    out->Add(fmt::format("| {} | {} | {} | {} | {} |\n", MarkdownText(NameOf(finding.kind)),
                         MarkdownCode(Shorten(finding.rule, 100)),
                         MarkdownText(Shorten(HideSecrets(HeadlineOf(finding)), 160)),
                         Thousands(finding.occurrences), diagnosis));
  }
}

std::string Row(const char* name, const std::string& cell) {
  return cell.empty() ? "" : fmt::format("| {} | {} |\n", name, cell);
}

std::string FindingSection(const RecordedRun& run, const Finding& finding) {
  std::string diagnosis;
  for (const std::string& line : DiagnosisTexts(finding)) {
    diagnosis += (diagnosis.empty() ? "" : "; ") + MarkdownText(line);
  }
  std::string text = fmt::format("\n<details><summary>{}: {}</summary>\n\n{}\n\n| | |\n|---|---|\n",
                                 MarkdownText(NameOf(finding.kind)), MarkdownText(finding.rule),
                                 MarkdownText(finding.statement));
  text += Row("source", MarkdownText(finding.source));
  for (const std::string& before : TextsBefore(finding)) {
    text += Row("after", MarkdownCode(before));
  }
  text += Row("request", MarkdownCode(RequestText(finding.request)));
  text += Row("expected", MarkdownText(finding.expected));
  text += Row("actual", MarkdownText(finding.actual));
  text += Row("seen", fmt::format("{}, {}", CountText(finding.occurrences, "time"),
                                  MarkdownText(StabilityText(finding))));
  text += Row("evidence", EvidenceText(finding, 10));
  text += Row("diagnosis", diagnosis);
  text += Row("finding", MarkdownCode(finding.id));
  return text + "\n" + MarkdownBlock(CurlLine(finding, run.header)) + "\n</details>\n";
}

void AddFindings(const RecordedRun& run, LimitedText* out) {
  const std::vector<const Finding*> findings = SortFindings(run);
  std::size_t left_out = 0;
  for (const Finding* finding : findings) {
    if (!out->Add(FindingSection(run, *finding))) ++left_out;
  }
  if (left_out == 0) return;
  out->AddNote(fmt::format("\n{} of {} left out for {} size: see report.json.\n", left_out,
                           CountText(findings.size(), "finding") + (left_out == 1 ? " is" : " are"),
                           left_out == 1 ? "its" : "their"));
}

// One list under its heading; `items` are ready-made Markdown lines.
void AddListUnder(const std::string& heading, const std::vector<std::string>& items,
                  LimitedText* out) {
  const std::string begin = fmt::format("\n<details><summary>{}</summary>\n\n", heading);
  if (items.empty() || !out->Add(begin)) return;
  std::size_t left_out = 0;
  for (const std::string& item : items) {
    if (!out->Add("- " + item + "\n")) ++left_out;
  }
  if (left_out > 0) out->AddNote(fmt::format("- and {} more: see report.json\n", left_out));
  out->AddNote("\n</details>\n");
}

// The same with the number of items in the heading.
void AddList(const std::string& heading, const std::vector<std::string>& items, LimitedText* out) {
  AddListUnder(fmt::format("{}: {}", heading, items.size()), items, out);
}

std::vector<std::string> CodeItems(const std::vector<std::string>& names) {
  std::vector<std::string> items;
  for (const std::string& name : names) items.push_back(MarkdownCode(name));
  return items;
}

std::vector<std::string> UnexercisedItems(const RecordedRun& run) {
  std::vector<std::string> items;
  for (const auto& [why, rules] : NotShownByReason(run)) {
    items.push_back(fmt::format("{}{}", fmt::join(CodeItems(rules), ", "),
                                why.empty() ? "" : ": " + MarkdownText(why)));
  }
  return items;
}

// "Rules not shown: 16 (14 of them: no request is signed)".
std::string UnexercisedHeading(const RecordedRun& run) {
  const std::string why = fmt::format("{}", fmt::join(WhyNotShown(run), "; "));
  return fmt::format("Rules not shown: {}{}", CountTotals(run).not_shown,
                     why.empty() ? "" : " (" + MarkdownText(why) + ")");
}

std::vector<std::string> ReadingItems(const RecordedRun& run) {
  std::vector<std::string> items;
  for (const LearnedAnswer& answer : run.trailer.reading) {
    if (answer.asked == 0) continue;
    std::string options;
    for (const std::string& option : answer.possible) {
      options += (options.empty() ? "" : " or ") + MarkdownCode(option);
    }
    items.push_back(MarkdownCode(answer.question) + (answer.settled ? " = " : " open: ") + options +
                    (answer.why_open.empty() ? "" : " (" + MarkdownText(answer.why_open) + ")"));
  }
  return items;
}

}  // namespace

std::string SummaryMarkdown(const RecordedRun& run, std::size_t limit) {
  LimitedText out(limit);
  if (!out.Add(Headline(run))) out.AddNote("## Assay: see report.json\n");
  AddTable(run, &out);
  AddFindings(run, &out);
  AddListUnder(UnexercisedHeading(run), UnexercisedItems(run), &out);
  AddList("Questions never asked", CodeItems(UnreachedQuestions(run)), &out);
  AddList("Parameters that never changed an answer (ignored, or the dataset cannot show them)",
          CodeItems(ParametersWithoutEffect(run)), &out);
  AddList("What the target does where the document is silent", ReadingItems(run), &out);
  return out.text();
}

}  // namespace assay
