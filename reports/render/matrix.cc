#include "reports/render/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/render/html.h"
#include "reports/render/html_parts.h"
#include "reports/render/overview.h"
#include "reports/render/summary.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

struct MatrixRow {
  std::string name;
  std::vector<std::string> cells;
};

std::string RuleCell(const RecordedRun& run, const std::string& rule) {
  return std::string(RuleWord(RuleClass(run, rule)));
}

std::string QuestionCell(const RecordedRun& run, const std::string& question) {
  for (const LearnedAnswer& answer : run.trailer.reading) {
    if (answer.question != question || answer.asked == 0) continue;
    std::string options;
    for (const std::string& option : answer.possible) {
      options += (options.empty() ? "" : " or ") + option;
    }
    return options;
  }
  return "not asked";
}

std::vector<MatrixRow> Rows(const std::vector<RecordedRun>& runs,
                            const std::set<std::string>& names,
                            std::string (*cell)(const RecordedRun&, const std::string&)) {
  std::vector<MatrixRow> rows;
  for (const std::string& name : names) {
    MatrixRow& row = rows.emplace_back(MatrixRow{name, {}});
    for (const RecordedRun& run : runs) row.cells.push_back(cell(run, name));
  }
  return rows;
}

std::vector<MatrixRow> RuleRows(const std::vector<RecordedRun>& runs) {
  std::set<std::string> names;
  for (const RecordedRun& run : runs) {
    for (const RuleTally& rule : run.trailer.rules) names.insert(rule.id);
    for (const Finding& finding : run.findings) names.insert(finding.rule);
  }
  return Rows(runs, names, RuleCell);
}

std::vector<MatrixRow> QuestionRows(const std::vector<RecordedRun>& runs) {
  std::set<std::string> names;
  for (const RecordedRun& run : runs) {
    for (const LearnedAnswer& answer : run.trailer.reading) names.insert(answer.question);
  }
  return Rows(runs, names, QuestionCell);
}

std::string TableHead(const std::vector<RecordedRun>& runs, const std::string& heading) {
  std::string text = "<thead><tr><th scope=\"col\">" + heading + "</th>";
  for (const RecordedRun& run : runs) {
    text += "<th scope=\"col\">" + HtmlText(HideSecrets(run.header.target)) + "</th>";
  }
  return text + "</tr></thead>\n";
}

std::string TableBox(const std::string& label, const std::string& table) {
  return fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table>{}</table>"
      "</div>\n",
      label, table);
}

bool AllAgree(const MatrixRow& row) {
  return std::ranges::all_of(row.cells,
                             [&](const std::string& cell) { return cell == row.cells[0]; });
}

// The rules that not all targets hold: those are what a reader looks for.
std::string RuleTable(const std::vector<RecordedRun>& runs, const std::vector<MatrixRow>& rows) {
  std::string text = TableHead(runs, "Rule") + "<tbody>\n";
  for (const MatrixRow& row : rows) {
    if (AllAgree(row) && (row.cells[0] == "held" || row.cells[0] == "not shown")) continue;
    text += "<tr><th scope=\"row\"><code>" + HtmlText(row.name) + "</code></th>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      text += fmt::format("<td><span class=\"tag {}\">{}</span></td>", RuleClass(runs[i], row.name),
                          HtmlText(row.cells[i]));
    }
    text += "</tr>\n";
  }
  return TableBox("Rules", text + "</tbody>");
}

// The questions that all answer alike, or the others.
std::string QuestionTable(const std::vector<RecordedRun>& runs, const std::vector<MatrixRow>& rows,
                          bool alike) {
  std::string lines;
  for (const MatrixRow& row : rows) {
    if (AllAgree(row) != alike) continue;
    lines += "<tr><th scope=\"row\"><code>" + HtmlText(row.name) + "</code></th>";
    for (const std::string& cell : row.cells) lines += "<td>" + HtmlText(cell) + "</td>";
    lines += "</tr>\n";
  }
  if (lines.empty()) return "<p>None.</p>\n";
  return TableBox(alike ? "Questions answered alike" : "Questions answered differently",
                  TableHead(runs, "Question") + "<tbody>\n" + lines + "</tbody>");
}

std::vector<std::string> TargetsOf(const std::vector<RecordedRun>& runs) {
  std::vector<std::string> targets;
  for (const RecordedRun& run : runs) targets.push_back(HideSecrets(run.header.target));
  return targets;
}

std::string MarkdownRow(const std::string& name, const std::vector<std::string>& cells) {
  std::string text = "| " + name + " |";
  for (const std::string& cell : cells) text += " " + MarkdownText(cell) + " |";
  return text + "\n";
}

std::string MarkdownTable(const std::vector<RecordedRun>& runs, const std::string& heading,
                          const std::vector<MatrixRow>& rows, std::size_t limit) {
  std::string text = "\n" + MarkdownRow(heading, TargetsOf(runs)) + "|---|";
  for (std::size_t i = 0; i < runs.size(); ++i) text += "---|";
  text += "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string line = MarkdownRow(MarkdownCode(rows[i].name), rows[i].cells);
    if (text.size() + line.size() + 100 > limit) {
      return text + fmt::format("\n{} left out for the size of the table.\n",
                                CountText(rows.size() - i, "row is", "rows are"));
    }
    text += line;
  }
  return text;
}

std::string Label(const RecordedRun& run) {
  return HideSecrets(run.header.target) + ": " + HideSecrets(VerdictText(run));
}

}  // namespace

std::string MatrixHtml(const std::vector<RecordedRun>& runs) {
  std::string body =
      "<header class=\"top\"><p class=\"eyebrow\">Assay · DescribeSnapshots</p>\n"
      "<h1>Several targets</h1></header>\n<main><ul>\n";
  for (const RecordedRun& run : runs) {
    body += "<li>" + ProseMarkup(Label(run));
    for (const std::string& note : run.notes) body += "<br/>" + ProseMarkup(note);
    body += "</li>\n";
  }
  const std::vector<MatrixRow> rules = RuleRows(runs);
  body += "</ul>\n<h2>Rules at a glance</h2>\n" + AlignedGrid(runs, TargetsOf(runs), "Target") +
          "<h2>Rules that not all of them hold</h2>\n" + RuleTable(runs, rules);
  const std::vector<MatrixRow> questions = QuestionRows(runs);
  body += "<h2>Where the document is silent, they differ in</h2>\n" +
          QuestionTable(runs, questions, false) + "<details><summary>and agree in</summary>\n" +
          QuestionTable(runs, questions, true) + "</details>\n</main>\n";
  return WrapHtmlPage("Assay: several targets", body);
}

std::string MatrixMarkdown(const std::vector<RecordedRun>& runs) {
  std::string text = "## Assay: several targets\n\n";
  for (const RecordedRun& run : runs) {
    text += "- " + MarkdownText(Shorten(Label(run), 2000)) + "\n";
    for (const std::string& note : run.notes) {
      text += "  - " + MarkdownText(Shorten(note, 2000)) + "\n";
    }
  }
  const std::size_t half = (kSummaryLimit - std::min(kSummaryLimit, text.size())) / 2;
  return text + MarkdownTable(runs, "Rule", RuleRows(runs), half) +
         MarkdownTable(runs, "Question", QuestionRows(runs), half);
}

}  // namespace assay
