#include "conformance/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reference/answer/observed.h"
#include "reports/render/curl.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLines = 40;         // on a terminal; compare.json has all
constexpr std::size_t kShownFindings = 9;  // the first one in full

std::vector<std::string> OptionsOf(const ComparedSide& side, Question question) {
  const auto at = std::ranges::find(side.reading, Id(question), &LearnedAnswer::question);
  return at == side.reading.end() ? std::vector<std::string>{} : at->possible;
}

std::string OptionsText(const ComparedSide& side, Question question) {
  return fmt::format("{}", fmt::join(OptionsOf(side, question), " or "));
}

// The same with what each option means.
std::string OptionsInWords(const ComparedSide& side, Question question) {
  std::string out;
  for (const std::string& option : OptionsOf(side, question)) {
    out += (out.empty() ? "" : "; or ") + option;
    for (const OptionInfo& info : Catalogue::Get()[question].options) {
      if (Id(info.id) == option) out += ": " + info.statement;
    }
  }
  return Excerpt(out, 400);
}

// `shown`: a finding or a request.
template <typename Shown>
Json CurlValue(const Comparison& comparison, const Shown& shown) {
  const auto& [a, b] = comparison.sides;
  return {{"a", CurlLine(shown, a.target, a.options)}, {"b", CurlLine(shown, b.target, b.options)}};
}

Json RequestValue(const Request& request) {
  Json parameters = Json::array();
  for (const auto& [name, value] : WithoutSecrets(request.parameters)) {
    parameters.push_back(Json::array({ReplaceInvalidUtf8(name), ReplaceInvalidUtf8(value)}));
  }
  return {{"method", request.method},
          {"placement", NameOf(request.placement)},
          {"parameters", std::move(parameters)}};
}

Json QuestionValue(const Comparison& comparison, Question question) {
  return {{"question", Id(question)},
          {"situation", Catalogue::Get()[question].situation},
          {"a", OptionsOf(comparison.sides[0], question)},
          {"b", OptionsOf(comparison.sides[1], question)}};
}

Json QuestionValues(const Comparison& comparison, const std::vector<Question>& questions) {
  Json out = Json::array();
  for (const Question question : questions) out.push_back(QuestionValue(comparison, question));
  return out;
}

Json FindingValue(const Comparison& comparison, const SideFinding& entry) {
  const Finding& finding = entry.finding;
  return {{"side", entry.side},
          {"rule", finding.rule},
          {"kind", NameOf(finding.kind)},
          {"id", finding.id},
          {"statement", finding.statement},
          {"source", finding.source},
          {"request", RequestValue(finding.request)},
          {"expected", finding.expected},
          {"actual", finding.actual},
          {"occurrences", finding.occurrences},
          {"stability", NameOf(finding.stability)},
          {"diagnosis", finding.diagnosis},
          {"curl", CurlValue(comparison, finding)}};
}

Json GroupValue(const Comparison& comparison, const DifferenceGroup& group) {
  return {{"kind", group.questions.empty() ? "left open" : "reading"},
          {"questions", QuestionValues(comparison, group.questions)},
          {"field", group.field},
          {"request", RequestValue(group.request)},
          {"a", group.says[0]},
          {"b", group.says[1]},
          {"occurrences", group.occurrences},
          {"test", group.suite + "." + group.test},
          {"needs_token", group.needs_token},
          {"stability", NameOf(group.again ? Stability::kDeterministic : Stability::kIntermittent)},
          {"curl", CurlValue(comparison, group.request)}};
}

Json SideValue(const ComparedSide& side) {
  return {
      {"target", HideSecrets(side.target)}, {"exchanges", side.exchanges}, {"judged", side.judged}};
}

std::uint64_t CountKind(const Comparison& comparison, FindingKind kind) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      comparison.findings, [&](const SideFinding& entry) { return entry.finding.kind == kind; }));
}

std::uint64_t CountGroups(const Comparison& comparison, bool of_readings) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      comparison.groups,
      [&](const DifferenceGroup& group) { return group.questions.empty() != of_readings; }));
}

template <typename Shown>
std::string CurlLines(const Comparison& comparison, const Shown& shown) {
  std::string out;
  for (std::size_t i = 0; i < 2; ++i) {
    const ComparedSide& side = comparison.sides[i];
    out += fmt::format("    try {}    {}\n", "AB"[i],
                       TerminalText(CurlLine(shown, side.target, side.options)));
  }
  return out;
}

std::string FindingText(const Comparison& comparison, const SideFinding& entry) {
  const Finding& finding = entry.finding;
  const std::string who = entry.side == "both" ? "A and B are wrong" : entry.side + " is wrong";
  std::string out = fmt::format(
      "  {}: {} ({})\n    rule     {}\n    request  {}\n    expected {}\n    actual   {}\n", who,
      TerminalText(finding.rule), NameOf(finding.kind), TerminalText(finding.statement),
      TerminalText(Excerpt(RequestText(finding.request), 400)), TerminalText(finding.expected),
      TerminalText(finding.actual));
  return out + CurlLines(comparison, finding);
}

std::string GroupText(const Comparison& comparison, const DifferenceGroup& group) {
  std::string out;
  if (group.questions.empty()) {
    out = fmt::format("  {}, {}\n", group.field, CountText(group.occurrences, "time"));
  }
  for (const Question question : group.questions) {
    out += fmt::format("  {}: {}\n    A        {}\n    B        {}\n", Id(question),
                       Catalogue::Get()[question].situation,
                       OptionsInWords(comparison.sides[0], question),
                       OptionsInWords(comparison.sides[1], question));
  }
  out += fmt::format("    seen     {} in {}{}\n    request  {}\n    A says   {}\n    B says   {}\n",
                     group.field, CountText(group.occurrences, "exchange"),
                     group.again ? "" : ", not when sent again",
                     TerminalText(Excerpt(RequestText(group.request), 400)),
                     TerminalText(group.says[0]), TerminalText(group.says[1]));
  if (group.needs_token) return out + "             (the token is of A's answer before it)\n";
  return out + CurlLines(comparison, group.request);
}

// The same in one line.
std::string FindingLine(const SideFinding& entry) {
  const std::string who = entry.side == "both" ? "A and B are wrong" : entry.side + " is wrong";
  return fmt::format("  {}: {} ({}): {}\n", who, TerminalText(entry.finding.rule),
                     NameOf(entry.finding.kind),
                     TerminalText(Excerpt(HeadlineOf(entry.finding), 120)));
}

std::string GroupLine(const Comparison& comparison, const DifferenceGroup& group) {
  if (group.questions.empty()) {
    return fmt::format("  {}, {}\n", group.field, CountText(group.occurrences, "time"));
  }
  const Question question = group.questions.front();
  return fmt::format("  {}: A {}; B {}\n", Id(question), OptionsText(comparison.sides[0], question),
                     OptionsText(comparison.sides[1], question));
}

std::size_t CountLines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// The first in full, the others in a line each; with `verbose` all in full.
std::string Findings(const Comparison& comparison, bool verbose) {
  const auto& findings = comparison.findings;
  if (findings.empty()) return "";
  std::string out = "\nViolations of the document\n" + FindingText(comparison, findings[0]);
  const std::size_t shown = verbose ? findings.size() : std::min(kShownFindings, findings.size());
  for (std::size_t i = 1; i < shown; ++i) {
    out += verbose ? FindingText(comparison, findings[i]) : FindingLine(findings[i]);
  }
  if (shown < findings.size()) {
    out += fmt::format("  and {} more, see compare.json\n", findings.size() - shown);
  }
  return out;
}

// What of the summary is left to fill.
struct Room {
  std::size_t lines = 0;
  std::size_t left_out = 0;  // differences for which there was none
};

// In full as long as there is room, then in a line each. Nothing, if not even one has room.
std::string Groups(const Comparison& comparison, bool of_readings, const std::string& heading,
                   Room* room) {
  constexpr std::size_t kAround = 2;  // blank line, heading
  std::string out;
  bool full = false;
  for (const DifferenceGroup& group : comparison.groups) {
    if (group.questions.empty() == of_readings) continue;
    std::string text = GroupText(comparison, group);
    const auto fits = [&] { return CountLines(out) + CountLines(text) + kAround <= room->lines; };
    if (!fits()) text = GroupLine(comparison, group);
    full = full || !fits();
    if (full) {
      ++room->left_out;
    } else {
      out += text;
    }
  }
  if (out.empty()) return "";
  out = "\n" + heading + "\n" + out;
  room->lines -= CountLines(out);
  return out;
}

std::string VerdictText(const Comparison& comparison) {
  if (comparison.verdict == RunVerdict::kInconclusive) {
    return "INCONCLUSIVE: " + TerminalText(comparison.reason) +
           "\nExit code 3: no judgement; nothing is said for or against the targets.";
  }
  if (comparison.verdict == RunVerdict::kViolations) {
    return "VIOLATIONS: one of the targets, or both, breaks what the document says.\nExit code 1: "
           "see who is wrong above.";
  }
  const bool equal = comparison.groups.empty();
  return fmt::format("CONFORM: both are right{}.\nExit code 0: {}",
                     equal ? "" : ", and differ only where the document leaves it open",
                     equal ? "no difference was seen." : "no difference is a mistake.");
}

}  // namespace

std::string ComparisonJson(const Comparison& comparison) {
  Json findings = Json::array(), groups = Json::array();
  for (const SideFinding& entry : comparison.findings) {
    findings.push_back(FindingValue(comparison, entry));
  }
  for (const DifferenceGroup& group : comparison.groups) {
    groups.push_back(GroupValue(comparison, group));
  }
  const Json file = {{"schema", "assay-compare/1"},
                     {"assay", ASSAY_VERSION},
                     {"verdict", NameOf(comparison.verdict)},
                     {"reason", comparison.reason},
                     {"a", SideValue(comparison.sides[0])},
                     {"b", SideValue(comparison.sides[1])},
                     {"dataset", comparison.dataset},
                     {"seed", comparison.seed},
                     {"started", comparison.started},
                     {"seconds", comparison.seconds},
                     {"totals",
                      {{"same", comparison.same},
                       {"different", comparison.different},
                       {"one_side_alone", comparison.alone},
                       {"violations", CountKind(comparison, FindingKind::kViolation)},
                       {"warnings", CountKind(comparison, FindingKind::kWarning)},
                       {"reading", CountGroups(comparison, true)},
                       {"left_open", CountGroups(comparison, false)}}},
                     {"findings", std::move(findings)},
                     {"differences", std::move(groups)},
                     {"questions", QuestionValues(comparison, comparison.answered_differently)}};
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ComparisonSummary(const Comparison& comparison, const std::string& file, bool verbose) {
  std::string out;
  for (std::size_t i = 0; i < 2; ++i) {
    out += fmt::format(
        "{}  {}: {}, {} judged\n", "AB"[i], TerminalText(HideSecrets(comparison.sides[i].target)),
        CountText(comparison.sides[i].exchanges, "request"), Thousands(comparison.sides[i].judged));
  }
  out += fmt::format("Answered alike: {}; differently: {}; asked of one side alone: {}\n",
                     Thousands(comparison.same), Thousands(comparison.different),
                     Thousands(comparison.alone));
  out += Findings(comparison, verbose);
  const std::string end =
      "\n" + VerdictText(comparison) + "\nDetails: " + TerminalText(file) + "\n";
  constexpr std::size_t kLeftOutLines = 2;
  const std::size_t used = CountLines(out) + CountLines(end) + kLeftOutLines;
  Room room{verbose ? std::string::npos : kLines - std::min(kLines, used)};
  out += Groups(comparison, true,
                "Both right, another reading: the document leaves the question open", &room);
  out += Groups(comparison, false, "Both right: they differ only where the document is silent, in",
                &room);
  if (room.left_out > 0) {
    out += fmt::format("\n{} where both are right: see compare.json, or use -v\n",
                       CountText(room.left_out, "more difference"));
  }
  return out + end;
}

}  // namespace assay
