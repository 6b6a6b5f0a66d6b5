#include "reports/render/trend.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/render/html.h"
#include "reports/render/html_parts.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"

namespace assay {
namespace {

constexpr double kTrendWidth = 720, kTrendHeight = 180, kTrendEdge = 40;

// A finding, whatever runs it is in.
struct TrendRow {
  std::string id, rule, headline;
  std::vector<const Finding*> in;  // of each run, or nullptr
};

std::vector<TrendRow> TrendRows(const std::vector<RecordedRun>& runs) {
  std::map<std::string, TrendRow> rows;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const Finding& finding : runs[i].findings) {
      TrendRow& row = rows[finding.id];
      row.id = finding.id;
      row.rule = finding.rule;
      row.headline = Shorten(HideSecrets(HeadlineOf(finding)), 160);
      row.in.resize(runs.size(), nullptr);
      row.in[i] = &finding;
    }
  }
  std::vector<TrendRow> out;
  for (auto& [id, row] : rows) out.push_back(std::move(row));
  return out;
}

std::string_view WordFor(const Finding* finding) {
  return finding == nullptr ? "" : NameOf(finding->kind);
}

// Violations over the runs, as bars with their numbers.
std::string TrendBars(const std::vector<RecordedRun>& runs) {
  std::uint64_t most = 1;
  for (const RecordedRun& run : runs) most = std::max(most, CountTotals(run).violations);
  const double step = (kTrendWidth - kTrendEdge) / static_cast<double>(runs.size());
  const double floor = kTrendHeight - kTrendEdge;
  std::string bars;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::uint64_t count = CountTotals(runs[i]).violations;
    const double height = (floor - 24) * static_cast<double>(count) / static_cast<double>(most);
    const double x = kTrendEdge / 2 + static_cast<double>(i) * step;
    bars += fmt::format(
        "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
        count > 0 ? "bar" : "none", x + step * 0.2, floor - std::max(2.0, height), step * 0.6,
        std::max(2.0, height), x + step / 2, floor - std::max(2.0, height) - 6, count, x + step / 2,
        floor + 18, HtmlText(Shorten(NameOfRun(runs[i]), 20)));
  }
  return fmt::format(
      "<figure><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Violations of "
      "each "
      "run\"><svg class=\"curve wide\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Violations "
      "of "
      "each run\">{}</svg></div>\n<figcaption>Violations of each run.</figcaption></figure>\n",
      kTrendWidth, kTrendHeight, bars);
}

std::string VerdictTag(const RecordedRun& run) {
  const RunVerdict verdict = run.trailer.verdict;
  const char* kind = verdict == RunVerdict::kConforms     ? "held"
                     : verdict == RunVerdict::kViolations ? "broken"
                                                          : "unclear";
  return fmt::format("<span class=\"tag {}\">{}</span>", kind, NameOf(verdict));
}

std::string TrendTable(const std::vector<RecordedRun>& runs, const std::vector<TrendRow>& rows) {
  std::string text = "<thead><tr><th scope=\"col\">Finding</th>";
  for (const RecordedRun& run : runs) {
    text += "<th scope=\"col\"><span class=\"nowrap\">" + HtmlText(Shorten(NameOfRun(run), 40)) +
            "</span></th>";
  }
  text += "</tr></thead>\n<tbody><tr><th scope=\"row\">Verdict</th>";
  for (const RecordedRun& run : runs) text += "<td>" + VerdictTag(run) + "</td>";
  text += "</tr>\n";
  for (const TrendRow& row : rows) {
    text += fmt::format("<tr><th scope=\"row\">{}<br/><span class=\"soft\">{}</span></th>",
                        CodeMarkup(row.id), ProseMarkup(row.headline));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::string_view word = WordFor(row.in[i]);
      const std::string rule = RuleClass(runs[i], row.rule);
      // Gone, or only not looked at?
      text += word.empty() ? fmt::format("<td><span class=\"tag {}\">{}</span></td>",
                                         rule == "notshown" ? "notshown" : "held",
                                         rule == "notshown" ? "not shown" : "not seen")
                           : fmt::format("<td><span class=\"tag {}\">{}</span></td>", word, word);
    }
    text += "</tr>\n";
  }
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Findings of each "
         "run\"><table>" +
         text + "</tbody></table></div>\n";
}

}  // namespace

std::string TrendHtml(const std::vector<RecordedRun>& runs) {
  const std::string target = HideSecrets(runs.front().header.target);
  std::string body = fmt::format(
      "<header class=\"top\"><p class=\"eyebrow\">Assay · DescribeSnapshots · <span "
      "class=\"long\">{}</span></p>\n"
      "<h1>{} over time</h1></header>\n<main>\n",
      HtmlText(target), CountText(runs.size(), "run"));
  body += "<h2>Violations</h2>\n" + TrendBars(runs) + "<h2>Findings that came and went</h2>\n" +
          TrendTable(runs, TrendRows(runs)) + "<h2>Rules at a glance</h2>\n";
  std::vector<std::string> names;
  for (const RecordedRun& run : runs) names.push_back(NameOfRun(run));
  return WrapHtmlPage("Assay: " + target + " over time",
                      body + AlignedGrid(runs, names, "Run") + "</main>\n");
}

std::string TrendMarkdown(const std::vector<RecordedRun>& runs) {
  constexpr std::size_t kMostRows = 200;
  std::string text =
      "## Assay: " + MarkdownText(HideSecrets(runs.front().header.target)) + " over time\n\n| |";
  for (const RecordedRun& run : runs)
    text += " " + MarkdownText(Shorten(NameOfRun(run), 60)) + " |";
  text += "\n|---|";
  for (std::size_t i = 0; i < runs.size(); ++i) text += "---|";
  text += "\n| verdict |";
  for (const RecordedRun& run : runs) text += fmt::format(" {} |", NameOf(run.trailer.verdict));
  text += "\n";
  const std::vector<TrendRow> rows = TrendRows(runs);
  for (std::size_t i = 0; i < std::min(kMostRows, rows.size()); ++i) {
    text += "| " + MarkdownCode(rows[i].id) + " |";
    for (const Finding* finding : rows[i].in) text += fmt::format(" {} |", WordFor(finding));
    text += "\n";
  }
  return text;
}

}  // namespace assay
