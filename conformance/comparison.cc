#include "conformance/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reference/observed.h"
#include "reports/curl.h"
#include "reports/overview.h"
#include "reports/secrets.h"
#include "reports/text.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownGroups = 200;  // on a terminal; compare.json has all

// The request in the form in which reports know it.
Finding AsFinding(const Request& request) {
  Finding out{.method = request.method,
              .placement = std::string(NameOf(request.placement)),
              .encoding = std::string(NameOf(request.encoding)),
              .forgery = std::string(NameOf(request.forgery))};
  for (const Parameter& parameter : request.parameters) {
    out.parameters.emplace_back(parameter.name, parameter.value);
  }
  return out;
}

std::vector<std::string> OptionsOf(const ComparedSide& side, Question question) {
  const auto at = std::ranges::find(side.reading, Id(question), &LearnedAnswer::question);
  return at == side.reading.end() ? std::vector<std::string>{} : at->possible;
}

std::string OptionsText(const ComparedSide& side, Question question) {
  return fmt::format("{}", fmt::join(OptionsOf(side, question), " or "));
}

Json CurlValue(const Comparison& comparison, const Finding& finding) {
  return {{"a", CurlLine(finding, comparison.sides[0].target)},
          {"b", CurlLine(finding, comparison.sides[1].target)}};
}

Json RequestValue(const Finding& finding) {
  Json parameters = Json::array();
  for (const auto& [name, value] : WithoutSecrets(finding.parameters)) {
    parameters.push_back(Json::array({ReplaceInvalidUtf8(name), ReplaceInvalidUtf8(value)}));
  }
  return {{"method", finding.method},
          {"placement", finding.placement},
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
          {"kind", finding.kind},
          {"id", finding.id},
          {"statement", finding.statement},
          {"source", finding.source},
          {"request", RequestValue(finding)},
          {"expected", finding.expected},
          {"actual", finding.actual},
          {"occurrences", finding.occurrences},
          {"stability", finding.stability},
          {"diagnosis", finding.diagnosis},
          {"curl", CurlValue(comparison, finding)}};
}

Json GroupValue(const Comparison& comparison, const DifferenceGroup& group) {
  const Finding request = AsFinding(group.request);
  return {{"kind", group.questions.empty() ? "left open" : "reading"},
          {"questions", QuestionValues(comparison, group.questions)},
          {"field", group.field},
          {"request", RequestValue(request)},
          {"a", group.says[0]},
          {"b", group.says[1]},
          {"occurrences", group.occurrences},
          {"test", group.suite + "." + group.test},
          {"needs_token", group.needs_token},
          {"stability", group.again ? "deterministic" : "intermittent"},
          {"curl", CurlValue(comparison, request)}};
}

Json SideValue(const ComparedSide& side) {
  return {
      {"target", HideSecrets(side.target)}, {"exchanges", side.exchanges}, {"judged", side.judged}};
}

std::uint64_t CountKind(const Comparison& comparison, std::string_view kind) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      comparison.findings, [&](const SideFinding& entry) { return entry.finding.kind == kind; }));
}

std::uint64_t CountGroups(const Comparison& comparison, bool of_readings) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      comparison.groups,
      [&](const DifferenceGroup& group) { return group.questions.empty() != of_readings; }));
}

std::string Plural(std::uint64_t count, const std::string& what) {
  return fmt::format("{} {}{}", Thousands(count), what, count == 1 ? "" : "s");
}

std::string CurlLines(const Comparison& comparison, const Finding& finding) {
  std::string out;
  for (std::size_t i = 0; i < 2; ++i) {
    out += fmt::format("    try {}    {}\n", "AB"[i],
                       TerminalText(CurlLine(finding, comparison.sides[i].target)));
  }
  return out;
}

std::string FindingText(const Comparison& comparison, const SideFinding& entry) {
  const Finding& finding = entry.finding;
  const std::string who = entry.side == "both" ? "A and B are wrong" : entry.side + " is wrong";
  std::string out = fmt::format(
      "  {}: {} ({})\n    rule     {}\n    request  {}\n    expected {}\n    actual   {}\n", who,
      TerminalText(finding.rule), finding.kind, TerminalText(finding.statement),
      TerminalText(Excerpt(RequestText(finding), 400)), TerminalText(finding.expected),
      TerminalText(finding.actual));
  return out + CurlLines(comparison, finding);
}

std::string GroupText(const Comparison& comparison, const DifferenceGroup& group) {
  std::string out;
  if (group.questions.empty()) {
    out = fmt::format("  {}, {}\n", group.field, Plural(group.occurrences, "time"));
  }
  for (const Question question : group.questions) {
    out += fmt::format("  {}: {}\n    A        {}\n    B        {}\n", Id(question),
                       Catalogue::Get()[question].situation,
                       OptionsText(comparison.sides[0], question),
                       OptionsText(comparison.sides[1], question));
  }
  const Finding request = AsFinding(group.request);
  out += fmt::format("    seen     {} in {}{}\n    request  {}\n    A says   {}\n    B says   {}\n",
                     group.field, Plural(group.occurrences, "exchange"),
                     group.again ? "" : ", not when sent again",
                     TerminalText(Excerpt(RequestText(request), 400)), TerminalText(group.says[0]),
                     TerminalText(group.says[1]));
  if (group.needs_token) return out + "             (the token is of A's answer before it)\n";
  return out + CurlLines(comparison, request);
}

std::string Groups(const Comparison& comparison, bool of_readings, const std::string& heading) {
  std::string out;
  std::size_t shown = 0, left = 0;
  for (const DifferenceGroup& group : comparison.groups) {
    if (group.questions.empty() == of_readings) continue;
    if (shown == kShownGroups) {
      ++left;
    } else {
      out += GroupText(comparison, group);
      ++shown;
    }
  }
  if (left > 0) out += fmt::format("  and {} more, see compare.json\n", left);
  return out.empty() ? "" : "\n" + heading + "\n" + out;
}

std::string VerdictText(const Comparison& comparison) {
  if (comparison.verdict == "inconclusive") {
    return "INCONCLUSIVE: " + TerminalText(comparison.reason) +
           "\nExit code 3: no judgement; nothing is said for or against the targets.";
  }
  if (comparison.verdict == "violations") {
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
                     {"verdict", comparison.verdict},
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
                       {"violations", CountKind(comparison, "violation")},
                       {"warnings", CountKind(comparison, "warning")},
                       {"reading", CountGroups(comparison, true)},
                       {"left_open", CountGroups(comparison, false)}}},
                     {"findings", std::move(findings)},
                     {"differences", std::move(groups)},
                     {"questions", QuestionValues(comparison, comparison.answered_differently)}};
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ComparisonSummary(const Comparison& comparison, const std::string& file) {
  std::string out;
  for (std::size_t i = 0; i < 2; ++i) {
    out += fmt::format(
        "{}  {}: {}, {} judged\n", "AB"[i], TerminalText(HideSecrets(comparison.sides[i].target)),
        Plural(comparison.sides[i].exchanges, "request"), Thousands(comparison.sides[i].judged));
  }
  out += fmt::format("Answered alike: {}; differently: {}; asked of one side alone: {}\n",
                     Thousands(comparison.same), Thousands(comparison.different),
                     Thousands(comparison.alone));
  if (!comparison.findings.empty()) out += "\nMistakes by the document\n";
  for (const SideFinding& entry : comparison.findings) out += FindingText(comparison, entry);
  out += Groups(comparison, true,
                "Both right, another reading: the document leaves the question open");
  out += Groups(comparison, false,
                "Both right, and no question: the document leaves open what stands in");
  return out + "\n" + VerdictText(comparison) + "\nDetails: " + TerminalText(file) + "\n";
}

}  // namespace assay
