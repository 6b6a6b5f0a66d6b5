#include "reports/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "reports/curl.h"
#include "reports/overview.h"
#include "reports/secrets.h"
#include "reports/text.h"

namespace assay {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark;
  --line: #8884; --bad: #c62828; --warn: #b26a00; --good: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --warn: #ffcc80; --good: #a5d6a7; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; white-space: pre-wrap; }
th { white-space: nowrap; font-weight: 600; }
pre, code { font-family: ui-monospace, monospace; font-size: .9em;
  overflow-wrap: anywhere; white-space: pre-wrap; }
article { border: 1px solid var(--line); border-radius: .5rem;
  padding: 0 1rem .5rem; margin: 1rem 0; }
.violations, .violation { color: var(--bad); } .inconclusive, .warning { color: var(--warn); }
.conforms, .known { color: var(--good); }
nav a { margin-right: 1rem; }
#broken-rules:target tbody tr:not(.broken), #exercised-rules:target tbody tr:not(.exercised),
#unexercised-rules:target tbody tr:not(.unexercised) { display: none; }
)";

// A row of a two-column table; `cell` is markup.
std::string Row(std::string_view name, const std::string& cell) {
  return cell.empty() ? "" : fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", name, cell);
}

std::string Code(std::string_view text) { return "<code>" + HtmlText(text) + "</code>"; }

// A class or anchor from data: letters only, so that it cannot leave its attribute.
std::string ClassName(std::string_view text) {
  std::string name;
  std::copy_if(text.begin(), text.end(), std::back_inserter(name),
               [](char c) { return c >= 'a' && c <= 'z'; });
  return name;
}

std::string Anchor(const Finding& finding) { return "finding-" + HtmlText(ReproName(finding)); }

std::string FactsTable(const RecordedRun& run) {
  const Totals totals = CountTotals(run);
  std::string rows = Row("Target", Code(HideSecrets(run.header.target)));
  rows += Row("Dataset", HtmlText(run.header.dataset));
  rows += Row("Exchanges", fmt::format("{}, of which {} judged", Thousands(run.trailer.exchanges),
                                       Thousands(run.trailer.judged)));
  rows += Row("Rules exercised", fmt::format("{} of {}", totals.rules_exercised, totals.rules));
  rows += Row("Findings",
              fmt::format("{} violations, {} warnings, {} known, {} inconclusive",
                          totals.violations, totals.warnings, totals.known, totals.inconclusive));
  rows += Row("Started", HtmlText(run.header.started));
  rows += Row("Seconds", fmt::format("{:.1f}", run.trailer.seconds));
  if (totals.requests_per_second > 0) {
    rows += Row("Requests a second", fmt::format("{:.0f}", totals.requests_per_second));
  }
  rows += Row("Seed", std::to_string(run.header.seed));
  rows += Row("Assay", HtmlText(run.header.assay));
  rows += Row("Specification", Code(run.header.spec_hash));
  std::string options;
  for (const auto& [flag, value] : WithoutSecrets(run.header.options)) {
    options += HtmlText(flag) + " " + HtmlText(value) + "\n";
  }
  return "<table>\n" + rows + Row("Options", options) + "</table>\n";
}

std::string EvidenceBody(const RecordedExchange& recorded) {
  constexpr std::size_t kShown = 64 * 1024;
  const std::string& body = recorded.exchange.body;
  const std::string_view shown = CutUtf8(body, kShown);
  std::string text = fmt::format(
      "<details><summary>Exchange {}: status {}, {} bytes</summary>\n<p>{}</p>\n<pre>{}</pre>\n",
      recorded.exchange.id, recorded.exchange.status, Thousands(recorded.body_bytes),
      Code(recorded.exchange.content_type), HtmlText(HideSecrets(shown)));
  if (recorded.body_cut || shown.size() < body.size()) {
    text += "<p>The body is longer; the journal holds what was kept of it.</p>\n";
  }
  return text + "</details>\n";
}

std::string FindingArticle(const RecordedRun& run, const Finding& finding) {
  std::string diagnosis;
  for (const std::string& line : DiagnosisTexts(finding)) {
    diagnosis += (diagnosis.empty() ? "" : "<br>") + HtmlText(line);
  }
  std::string text = fmt::format(
      "<article id=\"{}\">\n<h3><span class=\"{}\">{}</span>: {}</h3>\n<p>{}</p>\n<table>\n",
      Anchor(finding), ClassName(finding.kind), HtmlText(finding.kind), Code(finding.rule),
      HtmlText(finding.statement));
  text += Row("Level", HtmlText(LevelOf(run, finding.rule)));
  text += Row("Source", HtmlText(finding.source));
  for (const std::string& before : TextsBefore(finding)) text += Row("After", Code(before));
  text += Row("Request", Code(RequestText(finding)));
  text += Row("Expected", HtmlText(finding.expected));
  text += Row("Actual", HtmlText(finding.actual));
  text += Row("Seen", fmt::format("{} times, {}", Thousands(finding.occurrences),
                                  HtmlText(StabilityText(finding))));
  text += Row("Evidence", EvidenceText(finding, 50));
  text += Row("Diagnosis", diagnosis);
  text += Row("Finding", Code(finding.id));
  text += "</table>\n<pre>" + HtmlText(CurlLine(finding, run.header.target)) + "</pre>\n";
  if (const RecordedExchange* evidence = FirstEvidence(run, finding)) {
    text += EvidenceBody(*evidence);
  }
  return text + "</article>\n";
}

std::string FindingsSection(const RecordedRun& run) {
  std::string list;
  std::string articles;
  for (const Finding* finding : SortFindings(run)) {
    list += fmt::format("<li><span class=\"{}\">{}</span> <a href=\"#{}\">{}</a></li>\n",
                        ClassName(finding->kind), HtmlText(finding->kind), Anchor(*finding),
                        HtmlText(finding->rule));
    articles += FindingArticle(run, *finding);
  }
  if (list.empty()) return "<h2 id=\"findings\">Findings</h2>\n<p>None.</p>\n";
  return "<h2 id=\"findings\">Findings</h2>\n<ol>\n" + list + "</ol>\n" + articles;
}

std::string RuleRow(const RuleTally& rule, const std::string& reason) {
  const char* state = rule.violations > 0  ? "broken exercised"
                      : rule.exercised > 0 ? "exercised"
                                           : "unexercised";
  return fmt::format(
      "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", state,
      Code(rule.id), HtmlText(rule.level), Thousands(rule.exercised), Thousands(rule.violations),
      HtmlText(reason));
}

std::string RulesSection(const RecordedRun& run) {
  const auto unexercised = UnexercisedRules(run);
  std::map<std::string, std::string> reasons(unexercised.begin(), unexercised.end());
  std::map<std::string, RuleTally> rules;
  for (const auto& [id, reason] : unexercised) rules[id].id = id;
  for (const RuleTally& rule : run.trailer.rules) rules[rule.id] = rule;
  std::string rows;
  for (const auto& [id, rule] : rules) rows += RuleRow(rule, reasons[id]);
  return "<h2 id=\"rules\">Rules</h2>\n<nav>Show: <a href=\"#rules\">all</a>"
         "<a href=\"#broken-rules\">broken</a><a href=\"#exercised-rules\">exercised</a>"
         "<a href=\"#unexercised-rules\">never exercised</a></nav>\n"
         "<div id=\"broken-rules\"><div id=\"exercised-rules\"><div id=\"unexercised-rules\">\n"
         "<table><thead><tr><th>Rule</th><th>Level</th><th>Exercised</th><th>Violations</th>"
         "<th>Why never exercised</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table>\n</div></div></div>\n";
}

std::string ReadingSection(const RecordedRun& run) {
  std::string rows;
  for (const LearnedAnswer& answer : run.trailer.reading) {
    std::string options;
    for (const std::string& option : answer.possible) {
      options += (options.empty() ? "" : " or ") + Code(option);
    }
    const char* state = answer.asked == 0 ? "never asked" : answer.settled ? "settled" : "open";
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        Code(answer.question), state, options, Thousands(answer.asked),
                        HtmlText(answer.why_open));
  }
  return "<h2 id=\"reading\">What the target does where the document is silent</h2>\n"
         "<table><thead><tr><th>Question</th><th>State</th><th>Options not ruled out</th>"
         "<th>Asked</th><th>Why open</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table>\n";
}

}  // namespace

std::string WrapHtmlPage(const std::string& title, const std::string& body) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
         "style-src 'unsafe-inline'\">\n<title>" +
         HtmlText(title) + "</title>\n<style>" + std::string(kStyle) +
         "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
}

std::string HtmlPage(const RecordedRun& run) {
  std::string notes;
  for (const std::string& note : run.notes) notes += "<p>" + HtmlText(note) + "</p>\n";
  const std::string body = "<h1 class=\"" + ClassName(run.trailer.verdict) + "\">" +
                           HtmlText(HideSecrets(VerdictText(run))) + "</h1>\n" + notes +
                           "<nav><a href=\"#findings\">Findings</a><a href=\"#rules\">Rules</a>"
                           "<a href=\"#reading\">Reading</a></nav>\n" +
                           FactsTable(run) + FindingsSection(run) + RulesSection(run) +
                           ReadingSection(run) +
                           "<p>Bodies are shown as the target sent them.</p>\n";
  return WrapHtmlPage("Assay: " + HideSecrets(run.header.target), body);
}

}  // namespace assay
