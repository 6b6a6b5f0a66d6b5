#include "reports/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/html.h"
#include "reports/overview.h"
#include "reports/secrets.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace assay {
namespace {

struct Row {
  std::string name;
  std::vector<std::string> cells;
};

std::string RuleCell(const RecordedRun& run, const std::string& rule) {
  std::set<std::string_view> kinds;
  for (const Finding& finding : run.findings) {
    if (finding.rule == rule) kinds.insert(finding.kind);
  }
  if (kinds.count("violation") > 0) return "broken";
  if (kinds.count("inconclusive") > 0) return "unclear";
  if (kinds.count("warning") > 0) return "warning";
  if (kinds.count("known") > 0) return "known";
  const bool exercised =
      std::any_of(run.trailer.rules.begin(), run.trailer.rules.end(),
                  [&](const RuleTally& tally) { return tally.id == rule && tally.exercised > 0; });
  return exercised ? "ok" : "not exercised";
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

std::vector<Row> Rows(const std::vector<RecordedRun>& runs, const std::set<std::string>& names,
                      std::string (*cell)(const RecordedRun&, const std::string&)) {
  std::vector<Row> rows;
  for (const std::string& name : names) {
    Row& row = rows.emplace_back(Row{name, {}});
    for (const RecordedRun& run : runs) row.cells.push_back(cell(run, name));
  }
  return rows;
}

std::vector<Row> RuleRows(const std::vector<RecordedRun>& runs) {
  std::set<std::string> names;
  for (const RecordedRun& run : runs) {
    for (const RuleTally& rule : run.trailer.rules) names.insert(rule.id);
    for (const Finding& finding : run.findings) names.insert(finding.rule);
  }
  return Rows(runs, names, RuleCell);
}

std::vector<Row> QuestionRows(const std::vector<RecordedRun>& runs) {
  std::set<std::string> names;
  for (const RecordedRun& run : runs) {
    for (const LearnedAnswer& answer : run.trailer.reading) names.insert(answer.question);
  }
  return Rows(runs, names, QuestionCell);
}

std::string_view CellClass(const std::string& cell) {
  if (cell == "broken") return "violation";
  if (cell == "warning" || cell == "unclear") return "warning";
  return cell == "ok" || cell == "known" ? "conforms" : "";
}

std::string HtmlTable(const std::vector<RecordedRun>& runs, const std::string& heading,
                      const std::vector<Row>& rows) {
  std::string text = "<table><thead><tr><th>" + heading + "</th>";
  for (const RecordedRun& run : runs) {
    text += "<th>" + HtmlText(HideSecrets(run.header.target)) + "</th>";
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const Row& row : rows) {
    text += "<tr><td><code>" + HtmlText(row.name) + "</code></td>";
    for (const std::string& cell : row.cells) {
      text += fmt::format("<td class=\"{}\">{}</td>", CellClass(cell), HtmlText(cell));
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table>\n";
}

std::string MarkdownRow(const std::string& name, const std::vector<std::string>& cells) {
  std::string text = "| " + name + " |";
  for (const std::string& cell : cells) text += " " + MarkdownText(cell) + " |";
  return text + "\n";
}

std::string MarkdownTable(const std::vector<RecordedRun>& runs, const std::string& heading,
                          const std::vector<Row>& rows, std::size_t limit) {
  std::vector<std::string> targets;
  for (const RecordedRun& run : runs) targets.push_back(HideSecrets(run.header.target));
  std::string text = "\n" + MarkdownRow(heading, targets) + "|---|";
  for (std::size_t i = 0; i < runs.size(); ++i) text += "---|";
  text += "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string line = MarkdownRow(MarkdownCode(rows[i].name), rows[i].cells);
    if (text.size() + line.size() + 100 > limit) {
      return text + fmt::format("\n{} rows are left out for their size.\n", rows.size() - i);
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
  std::string body = "<h1>Assay: several targets</h1>\n<ul>\n";
  for (const RecordedRun& run : runs) {
    body += "<li>" + HtmlText(Label(run));
    for (const std::string& note : run.notes) body += "<br>" + HtmlText(note);
    body += "</li>\n";
  }
  body += "</ul>\n<h2>Rules</h2>\n" + HtmlTable(runs, "Rule", RuleRows(runs));
  body += "<h2>What each does where the document is silent</h2>\n" +
          HtmlTable(runs, "Question", QuestionRows(runs));
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
