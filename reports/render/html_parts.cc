#include "reports/render/html_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "reports/render/overview.h"
#include "reports/text/text.h"
#include "spec/catalogue/catalogue.h"
#include "spec/text/count.h"

namespace assay {
namespace {

struct CellKind {
  std::string_view name, sign, word;
};
constexpr std::array<CellKind, 7> kCells = {{{"held", "✓", "held"},
                                             {"broken", "✕", "broken"},
                                             {"warning", "!", "warned"},
                                             {"known", "~", "known"},
                                             {"explained", "=", "explained"},
                                             {"unclear", "?", "not settled"},
                                             {"notshown", "·", "not shown"}}};

const CellKind& CellOf(std::string_view name) {
  const auto at = std::ranges::find(kCells, name, &CellKind::name);
  return at == kCells.end() ? kCells.back() : *at;
}

// The rules of the run, by topic.
std::map<std::string, std::vector<std::string>> RulesByTopic(const RecordedRun& run) {
  std::map<std::string, std::vector<std::string>> topics;
  const auto add = [&](const std::string& rule) {
    std::vector<std::string>& rules = topics[TopicOf(rule)];
    if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  };
  for (const RuleTally& rule : run.trailer.rules) add(rule.id);
  for (const Finding& finding : run.findings) add(finding.rule);
  for (auto& [topic, rules] : topics) std::ranges::sort(rules);
  return topics;
}

const RuleTally* TallyOf(const RecordedRun& run, std::string_view rule) {
  const auto at = std::ranges::find(run.trailer.rules, rule, &RuleTally::id);
  return at == run.trailer.rules.end() ? nullptr : &*at;
}

// The finding that the rule is broken by or a part of, if there is a card for it.
const Finding* FindingOf(const RecordedRun& run, std::string_view rule) {
  for (const Finding* finding : SortFindings(run)) {
    if (finding->rule == rule) return finding;
  }
  return ExplainingFinding(run, rule);
}

std::string SourcesMarkup(const std::vector<SourceReference>& sources) {
  std::string out;
  for (const SourceReference& source : sources) {
    out += fmt::format("<blockquote>{}<span class=\"soft\">{}, {}</span></blockquote>",
                       source.quote.empty() ? "" : "“" + HtmlText(source.quote) + "”<br/>",
                       HtmlText(source.document), HtmlText(source.where));
  }
  return out;
}

// What was seen of a rule, in words; `not_shown` if nothing was.
std::string SeenText(const RecordedRun& run, const std::string& rule,
                     const std::string& not_shown) {
  const RuleTally* tally = TallyOf(run, rule);
  if (run.trailer.rules.empty()) return StartSentence(NotCountedText(CountTotals(run))) + ".";
  if (!tally || tally->exercised == 0) return not_shown;
  std::string text = CountText(tally->exercised, "answer") + " showed it";
  if (tally->violations > 0) text += fmt::format(", {} broke it", Thousands(tally->violations));
  if (StateOf(run, *tally) == RuleState::kExplained) text += "; " + ExplainedText(run, rule);
  return text + ".";
}

std::string RuleEntry(const RecordedRun& run, const std::string& rule,
                      const std::string& not_shown) {
  const std::string kind = RuleClass(run, rule);
  std::string out = fmt::format("<div id=\"{}\"><dt>{} <span class=\"tag {}\">{}</span>",
                                RuleAnchor(rule), CodeMarkup(rule), kind, RuleWord(kind));
  if (const std::string_view level = LevelOf(run, rule); !level.empty()) {
    out += fmt::format(" <span class=\"soft\">{}</span>", level);
  }
  out += "</dt><dd>";
  if (const auto id = FindRule(rule)) {
    const RuleInfo& info = Catalogue::Get()[*id];
    out += ProseMarkup(info.statement) + SourcesMarkup(info.sources);
  }
  out += fmt::format("<p class=\"soft\">{}", HtmlText(SeenText(run, rule, not_shown)));
  if (const Finding* finding = FindingOf(run, rule)) {
    out += fmt::format(" <a href=\"#{}\">See the finding</a>", FindingAnchor(*finding));
  }
  return out + "</p></dd></div>\n";
}

// "cut", or what it means if the catalogue knows it.
std::string OptionText(const QuestionInfo* question, const std::string& option) {
  if (question != nullptr) {
    for (const OptionInfo& info : question->options) {
      if (Id(info.id) == option) return ProseMarkup(info.statement);
    }
  }
  return HtmlText(option);
}

std::string AnswerEntry(const LearnedAnswer& answer) {
  const auto id = FindQuestion(answer.question);
  const QuestionInfo* question = id ? &Catalogue::Get()[*id] : nullptr;
  std::string out =
      fmt::format("<dt>{} <code>{}</code></dt>", question ? ProseMarkup(question->situation) : "",
                  HtmlText(answer.question));
  if (answer.settled) {
    for (const std::string& option : answer.possible) {
      out += "<dd>→ " + OptionText(question, option) + "</dd>";
    }
    return out + "\n";
  }
  out += "<dd class=\"warn\">Not settled";
  if (!answer.why_open.empty()) out += ": " + HtmlText(answer.why_open);
  out += "</dd>";
  if (answer.asked == 0) return out + "\n";
  for (const std::string& option : answer.possible) {
    out += "<dd>either: " + OptionText(question, option) + "</dd>";
  }
  return out + "\n";
}

}  // namespace

std::string CodeMarkup(std::string_view text) { return "<code>" + HtmlText(text) + "</code>"; }

namespace {

// A text in which what is no ordinary word, but an id, a URL or JSON, may be broken anywhere.
std::string WordsMarkup(std::string_view text) {
  constexpr std::size_t kLongWord = 16;
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n\t"), text.size());
    const std::string_view word = text.substr(0, end);
    const std::string_view stem = word.substr(0, word.find_last_not_of(".,;:!?)") + 1);
    const bool is_ordinary = std::ranges::all_of(stem, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '\'';
    });
    const std::string markup = HtmlText(word);
    out += end < kLongWord || is_ordinary ? markup : "<span class=\"long\">" + markup + "</span>";
    if (end < text.size()) out += HtmlText(text.substr(end, 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string ProseMarkup(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t begin = text.find('`');
    const std::size_t end = begin == text.npos ? begin : text.find('`', begin + 1);
    out += WordsMarkup(text.substr(0, end == text.npos ? end : begin));
    if (end == text.npos) break;
    out += CodeMarkup(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string CommandMarkup(std::string_view command, std::string_view label) {
  return fmt::format(
      "<div class=\"command\"><pre tabindex=\"0\" role=\"region\" aria-label=\"{0}\">{1}</pre>"
      "<button type=\"button\" data-copy=\"\"><span>Copy</span><span class=\"unseen\"> {0}</span>"
      "</button></div>\n",
      label, HtmlText(command));
}

std::string FindingAnchor(const Finding& finding) {
  return "finding-" + HtmlText(ReproName(finding));
}

std::string RuleAnchor(std::string_view rule) { return "rule-" + HtmlText(rule); }

std::string RuleClass(const RecordedRun& run, std::string_view rule) {
  std::optional<FindingKind> worst;
  for (const Finding& finding : run.findings) {
    if (finding.rule == rule && (!worst || finding.kind < *worst)) worst = finding.kind;
  }
  if (worst == FindingKind::kViolation) return "broken";
  if (worst == FindingKind::kWarning) return "warning";
  if (worst == FindingKind::kKnown) return "known";
  if (worst == FindingKind::kInconclusive) return "unclear";
  const RuleTally* tally = TallyOf(run, rule);
  if (tally && StateOf(run, *tally) == RuleState::kExplained) return "explained";
  return tally && tally->exercised > 0 ? "held" : "notshown";
}

std::string_view RuleWord(std::string_view rule_class) { return CellOf(rule_class).word; }

std::string CellMarkup(std::string_view rule_class, std::string_view href, std::string_view label) {
  const CellKind& cell = CellOf(rule_class);
  if (href.empty()) {
    const std::string title = label.empty() ? "" : " title=\"" + HtmlText(label) + "\"";
    return fmt::format("<span class=\"cell {}\"{} aria-hidden=\"true\">{}</span>", cell.name, title,
                       cell.sign);
  }
  return fmt::format("<a class=\"cell {0}\" href=\"#{1}\" title=\"{2}\" aria-label=\"{2}\">{3}</a>",
                     cell.name, href, HtmlText(label), cell.sign);
}

std::string LegendMarkup() {
  std::string out = "<ul class=\"legend\">";
  for (const CellKind& cell : kCells) {
    out += fmt::format("<li>{}{}</li>", CellMarkup(cell.name, "", ""), cell.word);
  }
  return out + "</ul>\n";
}

std::string RuleGrid(const RecordedRun& run) {
  std::string out;
  if (const Totals totals = CountTotals(run); totals.rules == 0) {
    out = fmt::format("<p>The rules are {}{}.</p>\n", NotCountedText(totals),
                      run.findings.empty() ? "" : "; these are the ones that a finding names");
    if (run.findings.empty()) return out;
  }
  out += "<div class=\"grid\">\n";
  for (const auto& [topic, rules] : RulesByTopic(run)) {
    out += fmt::format("<b>{}</b><ul class=\"cells\">", HtmlText(topic));
    for (const std::string& rule : rules) {
      const std::string kind = RuleClass(run, rule);
      out += "<li>" +
             CellMarkup(kind, RuleAnchor(rule), fmt::format("{}: {}", rule, RuleWord(kind))) +
             "</li>";
    }
    out += "</ul>\n";
  }
  return out + "</div>\n" + LegendMarkup();
}

namespace {

// "12 held, 1 broken": how many of the rules are in which state.
std::string CountsOfKinds(const std::vector<std::string>& kinds) {
  std::string out;
  for (const CellKind& cell : kCells) {
    const auto count = std::ranges::count(kinds, cell.name);
    if (count > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, cell.word);
  }
  return out;
}

}  // namespace

std::string AlignedGrid(const std::vector<RecordedRun>& runs, const std::vector<std::string>& names,
                        std::string_view heading) {
  std::map<std::string, std::set<std::string>> topics;
  for (const RecordedRun& run : runs) {
    for (const auto& [topic, rules] : RulesByTopic(run)) {
      topics[topic].insert(rules.begin(), rules.end());
    }
  }
  std::string out = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rules at a glance\">"
      "<table class=\"aligned\"><thead><tr><th scope=\"col\">Topic</th><th scope=\"col\">{}</th>"
      "<th scope=\"col\">Rules, one a column</th></tr></thead>\n",
      heading);
  for (const auto& [topic, rules] : topics) {
    out += fmt::format("<tbody><tr><th scope=\"rowgroup\" rowspan=\"{}\">{}</th>", runs.size(),
                       HtmlText(topic));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      std::string cells;
      std::vector<std::string> kinds;
      for (const std::string& rule : rules) {
        kinds.push_back(RuleClass(runs[i], rule));
        cells += CellMarkup(kinds.back(), "", fmt::format("{}: {}", rule, RuleWord(kinds.back())));
      }
      out += fmt::format(
          "{}<th scope=\"row\">{}</th><td><span class=\"unseen\">{}</span><div class=\"cells\">{}"
          "</div></td></tr>\n",
          i == 0 ? "" : "<tr>", HtmlText(Shorten(names[i], 60)), CountsOfKinds(kinds), cells);
    }
    out += "</tbody>\n";
  }
  return out + "</table></div>\n" + LegendMarkup();
}

namespace {

// Why at least two of these rules were not shown, the others neither or for no reason; else "".
std::string SharedReason(const std::vector<std::string>& rules,
                         const std::map<std::string, std::string>& why_not) {
  std::string out;
  std::size_t count = 0;
  for (const std::string& rule : rules) {
    const auto why = why_not.find(rule);
    if (why == why_not.end() || why->second.empty()) continue;
    if (!out.empty() && why->second != out) return "";
    out = why->second;
    ++count;
  }
  return count < 2 ? "" : out;
}

}  // namespace

std::string RuleList(const RecordedRun& run) {
  const auto unexercised = UnexercisedRules(run);
  const std::map<std::string, std::string> why_not(unexercised.begin(), unexercised.end());
  if (const Totals totals = CountTotals(run); totals.rules == 0 && run.findings.empty()) {
    return fmt::format("<p>The rules are {}.</p>\n", NotCountedText(totals));
  }
  std::string out =
      "<label><span class=\"soft\">Find a rule</span><input type=\"search\"></label>\n"
      "<p class=\"found\" role=\"status\"></p>\n";
  if (const auto reasons = WhyNotShown(run); !reasons.empty()) {
    out += fmt::format("<p>{} not shown. {}.</p>\n", CountText(CountTotals(run).not_shown, "rule"),
                       HtmlText(fmt::format("{}", fmt::join(reasons, ". "))));
  }
  for (const auto& [topic, rules] : RulesByTopic(run)) {
    std::string first, entries;  // those that did not hold come first
    std::size_t held = 0;
    bool broken = false;
    const std::string shared = SharedReason(rules, why_not);
    for (const std::string& rule : rules) {
      const auto at = why_not.find(rule);
      const std::string why = at == why_not.end() ? "" : at->second;
      const std::string kind = RuleClass(run, rule);
      const bool told = kind != "held" && kind != "notshown";
      const std::string not_shown = why.empty()     ? "No answer showed it."
                                    : why == shared ? "Not shown."
                                                    : "Not shown: " + why;
      (told ? first : entries) += RuleEntry(run, rule, not_shown);
      held += kind == "held" ? 1 : 0;
      broken |= told;
    }
    entries = first + entries;
    const std::string count = CountText(rules.size(), "rule");
    out += fmt::format(
        "<details class=\"topic\"{}><summary>{} <span class=\"soft\">{}</span>"
        "</summary>\n{}<dl class=\"rules\">\n{}</dl></details>\n",
        broken ? " open=\"\"" : "", HtmlText(topic),
        run.trailer.rules.empty() ? count : fmt::format("{} of {} held", held, count),
        shared.empty() ? "" : "<p class=\"soft\">Not shown: " + HtmlText(shared) + ".</p>\n",
        entries);
  }
  return out;
}

std::string ReadingList(const RecordedRun& run) {
  std::map<std::string, std::vector<const LearnedAnswer*>> topics;
  for (const LearnedAnswer& answer : run.trailer.reading) {
    topics[TopicOf(answer.question)].push_back(&answer);
  }
  std::string out;
  for (const auto& [topic, answers] : topics) {
    std::string entries;
    std::size_t settled = 0;
    for (const LearnedAnswer* answer : answers) {
      entries += AnswerEntry(*answer);
      settled += answer->settled ? 1 : 0;
    }
    out += fmt::format(
        "<details><summary>{} <span class=\"soft\">{} of {} settled</span></summary>\n"
        "<dl class=\"reading\">\n{}</dl></details>\n",
        HtmlText(topic), settled, CountText(answers.size(), "question"), entries);
  }
  return out;
}

}  // namespace assay
