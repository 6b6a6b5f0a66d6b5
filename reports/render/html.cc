#include "reports/render/html.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "reports/render/campaign.h"
#include "reports/render/html_assets.h"
#include "reports/render/html_parts.h"
#include "reports/render/overview.h"
#include "reports/render/pictures.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/base64.h"
#include "spec/text/count.h"

namespace assay {
namespace {

// 'sha256-…' as a policy names what it allows.
std::string PolicyHash(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return "'sha256-" + ToBase64({reinterpret_cast<const char*>(digest.data()), size}) + "'";
}

std::string_view VerdictHeading(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::kConforms:
      return "The target conforms";
    case RunVerdict::kViolations:
      return "The target violates the document";
    case RunVerdict::kInconclusive:
      break;
  }
  return "The target could not be judged";
}

std::string_view VerdictClass(RunVerdict verdict) {
  return verdict == RunVerdict::kConforms     ? "good"
         : verdict == RunVerdict::kViolations ? "bad"
                                              : "warn";
}

// The verdict's sentence without the word that the heading says.
std::string Sentence(const RecordedRun& run) {
  std::string text = VerdictText(run);
  text.erase(0, std::min(text.size(), text.find(": ") + 2));
  return StartSentence(text);
}

std::string Figure(const std::string& number, const std::string& what, std::string_view colour) {
  return fmt::format("<li><b class=\"{}\">{}</b><span>{}</span></li>", colour, number, what);
}

std::string Figures(const RecordedRun& run) {
  const Totals totals = CountTotals(run);
  std::string out = "<ul class=\"figures\">\n";
  out += Figure(Thousands(totals.violations), totals.violations == 1 ? "violation" : "violations",
                totals.violations > 0 ? "bad" : "");
  if (totals.warnings > 0) {
    out +=
        Figure(Thousands(totals.warnings), totals.warnings == 1 ? "warning" : "warnings", "warn");
  }
  if (totals.known > 0) out += Figure(Thousands(totals.known), "known", "");
  if (totals.inconclusive > 0) out += Figure(Thousands(totals.inconclusive), "not settled", "warn");
  if (totals.rules > 0) {
    out += Figure(Thousands(totals.held), "rules held", totals.held > 0 ? "good" : "");
    out += Figure(Thousands(totals.broken), "broken", "");
    if (totals.warned > 0) out += Figure(Thousands(totals.warned), "warned of", "");
    if (totals.explained > 0) out += Figure(Thousands(totals.explained), "explained by them", "");
    out += Figure(Thousands(totals.not_shown), "not shown", "");
  } else {
    out += Figure("–", "rules " + NotCountedText(totals), "");
  }
  out += Figure(Thousands(run.trailer.exchanges), "requests", "");
  if (run.finished) out += Figure(fmt::format("{:.1f} s", run.trailer.seconds), "time", "");
  return out + "</ul>\n";
}

std::string Top(const RecordedRun& run) {
  std::string out = fmt::format(
      "<header class=\"top\">\n<p class=\"eyebrow\">Assay · DescribeSnapshots · <span "
      "class=\"long\">{}</span></p>\n"
      "<h1 class=\"{}\">{}</h1>\n<p class=\"sentence\">{}</p>\n",
      HtmlText(HideSecrets(run.header.target)), VerdictClass(run.trailer.verdict),
      VerdictHeading(run.trailer.verdict), ProseMarkup(HideSecrets(Sentence(run))));
  std::string cautions;
  for (const std::string& caution : Cautions(run)) {
    cautions += "<li>" + ProseMarkup(HideSecrets(caution)) + "</li>";
  }
  if (!cautions.empty()) out += "<ul class=\"cautions\">" + cautions + "</ul>\n";
  return out + Figures(run) +
         "<nav class=\"jump\" aria-label=\"Parts of this report\"><a "
         "href=\"#findings\">Findings</a>"
         "<a href=\"#grid\">Rules at a glance</a><a href=\"#rules\">Rules</a>"
         "<a href=\"#reading\">Reading</a><a href=\"#unforeseen\">Unforeseen</a>"
         "<a href=\"#run\">This run</a></nav>\n</header>\n";
}

std::string Unforeseen(const RecordedRun& run) {
  constexpr std::size_t kMost = 100;
  const auto& answers = run.trailer.unforeseen;
  std::string out = "<h2 id=\"unforeseen\">Unforeseen, and right</h2>\n";
  const std::vector<std::string> silent = ParametersWithoutEffect(run);
  if (!silent.empty()) {
    std::string names;
    for (const std::string& name : silent) names += (names.empty() ? "" : ", ") + CodeMarkup(name);
    out += "<p>Parameters that never changed an answer: " + names +
           ". The target ignores them, or the dataset cannot show them.</p>\n";
  }
  if (!run.finished) return out + "<p>Not known, since the run did not end.</p>\n";
  if (run.trailer.judged == 0) return out + "<p>Not known, since no answer was judged.</p>\n";
  if (answers.empty()) return out + "<p>Every answer is one that an option describes.</p>\n";
  out +=
      "<p>Answers within what the document allows, though no option describes them.</p>\n"
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Unforeseen answers\">"
      "<table><thead><tr><th>Request</th><th>Answer</th><th>Nearest option</th><th>Times</th>"
      "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(kMost, answers.size()); ++i) {
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"num\">{}</td></tr>\n",
                       CodeMarkup(HideSecrets(answers[i].request)),
                       HtmlText(HideSecrets(answers[i].answer)), HtmlText(answers[i].foreseen),
                       Thousands(answers[i].count));
  }
  return out + "</tbody></table></div>\n";
}

std::string Row(std::string_view name, const std::string& cell) {
  return cell.empty() ? ""
                      : fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", name, cell);
}

std::string RunTable(const RecordedRun& run) {
  std::string options;
  for (const auto& [flag, value] : WithoutSecrets(run.header.options)) {
    options += (options.empty() ? "" : "<br/>") +
               CodeMarkup(HideSecrets(flag + (value.empty() ? "" : " ") + value));
  }
  std::string rows = Row("Target", CodeMarkup(HideSecrets(run.header.target)));
  rows += Row("Dataset", HtmlText(run.header.dataset));
  rows += Row("Seed", std::to_string(run.header.seed));
  rows += Row("Started", HtmlText(run.header.started));
  rows += Row("Exchanges", fmt::format("{}, of which {} judged", Thousands(run.trailer.exchanges),
                                       Thousands(run.trailer.judged)));
  rows += Row("Options", options);
  rows += Row("Assay", HtmlText(run.header.assay));
  rows += Row("Rules", CodeMarkup(run.header.spec_hash.substr(0, 12)));
  return "<h2 id=\"run\">This run</h2>\n<table>" + rows + "</table>\n";
}

}  // namespace

std::string WrapHtmlPage(const std::string& title, const std::string& body) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri "
         "'none'; form-action 'none'; style-src " +
         PolicyHash(kPageStyle) + "; script-src " + PolicyHash(kPageScript) + "\">\n<title>" +
         HtmlText(title) + "</title>\n<style>" + std::string(kPageStyle) +
         "</style>\n</head>\n<body>\n" + body + "<script>" + std::string(kPageScript) +
         "</script>\n</body>\n</html>\n";
}

std::string HtmlPage(const RecordedRun& run, const std::string& folder) {
  std::string body =
      Top(run) + "<main>\n<h2 id=\"findings\">Findings</h2>\n" + FindingCards(run, folder);
  body += CampaignSection(run);
  body += "<h2 id=\"grid\">Rules at a glance</h2>\n" + RuleGrid(run);
  if (const std::string curve = FindingsCurve(run); !curve.empty()) {
    body += "<h2 id=\"curve\">When they were found</h2>\n" + curve;
  }
  body += "<h2 id=\"rules\">Rules</h2>\n" + RuleList(run);
  body += "<h2 id=\"reading\">What the target does where the document is silent</h2>\n" +
          ReadingList(run) + Unforeseen(run) + RunTable(run);
  body +=
      "</main>\n<footer><p>To be read and compared, bodies are indented anew, long lines and lists "
      "are shortened, "
      "and lines alike are left out. The file <code>evidence.har</code> of this folder holds them "
      "as recorded.</p></footer>\n";
  return WrapHtmlPage(
      "Assay: " + std::string(NameOf(run.trailer.verdict)) + ", " + HideSecrets(run.header.target),
      body);
}

}  // namespace assay
