#include "reports/render/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "reports/text/secrets.h"
#include "spec/record/raw_message.h"
#include "spec/text/count.h"

namespace assay {
namespace {

bool IsSafeInFileName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// FNV-1a, 32 bits: the same on every machine.
std::uint32_t HashText(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

// Escapes what separates parameters and what cannot be seen; the rest stays readable.
std::string ReadableValue(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || c == '&' || c == '%' || c == '+' || c == '#') {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::uint64_t CountBrokenRules(const RecordedRun& run) {
  std::set<std::string_view> rules;
  for (const Finding& finding : run.findings) {
    if (finding.kind == FindingKind::kViolation) rules.insert(finding.rule);
  }
  return rules.size();
}

// Whether a finding of any kind is about the rule.
bool IsNamed(const RecordedRun& run, std::string_view rule) {
  return std::ranges::find(run.findings, rule, &Finding::rule) != run.findings.end();
}

}  // namespace

RuleState StateOf(const RecordedRun& run, const RuleTally& rule) {
  bool warned = false, open = false;
  for (const Finding& finding : run.findings) {
    if (finding.rule != rule.id) continue;
    if (finding.kind == FindingKind::kInconclusive) {
      open = true;
    } else if (finding.kind == FindingKind::kWarning) {
      warned = true;
    } else {
      return RuleState::kBroken;
    }
  }
  if (warned) return RuleState::kWarnedOf;
  if (open) return RuleState::kNotSettled;
  if (rule.violations > 0 && !run.findings.empty() && !IsNamed(run, rule.id)) {
    return RuleState::kExplained;
  }
  return rule.exercised > 0 ? RuleState::kHeld : RuleState::kNotShown;
}

std::string RulesText(const Totals& totals) {
  if (totals.rules == 0) return NotCountedText(totals);
  std::string others;
  if (totals.warned > 0) others += fmt::format("{} warned of, ", totals.warned);
  if (totals.explained > 0) others += fmt::format("{} explained by them, ", totals.explained);
  if (totals.not_settled > 0) others += fmt::format("{} not settled, ", totals.not_settled);
  return fmt::format("{} held, {} broken, {}{} not shown", totals.held, totals.broken, others,
                     totals.not_shown);
}

std::string NotCountedText(const Totals& totals) {
  return totals.finished ? "not counted, since nothing was judged"
                         : "not counted, since the run did not end";
}

const Finding* ExplainingFinding(const RecordedRun& run, std::string_view rule) {
  // The id of a finding is its rule, a dot, and what tells it from others of the rule.
  const auto is_of_rule = [&](std::string_view id) { return id.substr(0, id.rfind('.')) == rule; };
  for (const Finding* finding : SortFindings(run)) {
    if (std::ranges::any_of(finding->also, is_of_rule)) return finding;
  }
  return nullptr;
}

std::string ExplainedText(const RecordedRun& run, std::string_view rule) {
  const std::vector<const Finding*> findings = SortFindings(run);
  const auto at = std::ranges::find(findings, ExplainingFinding(run, rule));
  return at == findings.end() ? "broken only by answers that another finding explains"
                              : fmt::format("broken only by answers that finding {} explains",
                                            at - findings.begin() + 1);
}

Totals CountTotals(const RecordedRun& run) {
  Totals totals;
  const auto count = [&](FindingKind kind) {
    return static_cast<std::uint64_t>(std::ranges::count(run.findings, kind, &Finding::kind));
  };
  totals.violations = count(FindingKind::kViolation);
  totals.warnings = count(FindingKind::kWarning);
  totals.known = count(FindingKind::kKnown);
  totals.inconclusive = count(FindingKind::kInconclusive);
  totals.rules = run.trailer.rules.size();
  totals.finished = run.finished;
  for (const RuleTally& rule : run.trailer.rules) {
    const RuleState state = StateOf(run, rule);
    ++(state == RuleState::kHeld         ? totals.held
       : state == RuleState::kBroken     ? totals.broken
       : state == RuleState::kWarnedOf   ? totals.warned
       : state == RuleState::kExplained  ? totals.explained
       : state == RuleState::kNotSettled ? totals.not_settled
                                         : totals.not_shown);
  }
  for (const UnforeseenAnswer& answer : run.trailer.unforeseen) totals.unforeseen += answer.count;
  if (run.finished && run.trailer.seconds > 0) {
    totals.requests_per_second = static_cast<double>(run.trailer.exchanges) / run.trailer.seconds;
  }
  return totals;
}

std::vector<const Finding*> SortFindings(const RecordedRun& run) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : run.findings) sorted.push_back(&finding);
  std::sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::make_tuple(a->kind, b->occurrences, std::string_view(a->rule),
                           std::string_view(a->id)) < std::make_tuple(b->kind, a->occurrences,
                                                                      std::string_view(b->rule),
                                                                      std::string_view(b->id));
  });
  return sorted;
}

std::string HeadlineOf(const Finding& finding) {
  if (!finding.cause.empty()) return finding.cause;
  if (finding.actual.empty()) return finding.statement;
  // A value says little without the one that was expected.
  constexpr std::size_t kShort = 40;
  const bool add = finding.actual.size() <= kShort && !finding.expected.empty();
  return finding.actual + (add ? " (expected " + finding.expected + ")" : "");
}

std::string StartSentence(std::string text) {
  const std::string_view word = std::string_view(text).substr(0, text.find_first_of(" \n"));
  const bool is_ordinary =
      word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-',;:") == std::string_view::npos &&
      !word.starts_with("s-");
  if (is_ordinary && !text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 32;
  return text;
}

std::vector<std::string> Cautions(const RecordedRun& run) {
  std::vector<std::string> out = run.notes;
  const Totals totals = CountTotals(run);
  if (run.trailer.verdict == RunVerdict::kInconclusive && totals.violations == 0) {
    out.push_back("Nothing is said for or against the target.");
  }
  if (run.trailer.judged * 2 < run.trailer.exchanges) {
    out.push_back(fmt::format("Only {} of {} could be judged.", Thousands(run.trailer.judged),
                              CountText(run.trailer.exchanges, "answer")));
  }
  if (totals.rules > 0 && totals.not_shown * 2 > totals.rules) {
    out.push_back(fmt::format("{} of {} {} not shown by any answer.", Thousands(totals.not_shown),
                              CountText(totals.rules, "rule"),
                              totals.not_shown == 1 ? "was" : "were"));
  }
  return out;
}

std::string_view LevelOf(const RecordedRun& run, std::string_view rule) {
  for (const RuleTally& tally : run.trailer.rules) {
    if (tally.id == rule) return NameOf(tally.level);
  }
  return "";
}

std::string NameOfRun(const RecordedRun& run) {
  for (const auto& [flag, value] : run.header.options) {
    if (flag == "--label" && !value.empty()) return value;
  }
  return run.header.started;
}

std::string TopicOf(std::string_view rule) { return std::string(rule.substr(0, rule.find('.'))); }

namespace {

std::string RepeatsText(const Repeats& repeats, std::string_view how) {
  return fmt::format("{} of {} {}", repeats.failed,
                     CountText(static_cast<std::uint64_t>(repeats.tried), "time"), how);
}

}  // namespace

std::string_view ReadableEncoding(FormEncoding encoding) {
  switch (encoding) {
    case FormEncoding::kLowerHex:
      return "escapes in small letters";
    case FormEncoding::kEscaped:
      return "every character escaped";
    case FormEncoding::kCharset:
      return "the media type with a charset";
    case FormEncoding::kChunked:
      return "in chunks";
    default:
      return NameOf(encoding);
  }
}

std::string RequestText(const Request& request) {
  // Line ends are written out in it.
  if (const auto raw = RawMessageOf(request)) {
    std::string text = HideSecrets(*raw);
    while (text.ends_with('\n')) text.pop_back();
    std::ranges::replace(text, '\n', ' ');
    return "raw: " + text;
  }
  std::string text = request.method;
  if (request.placement == Placement::kForm) text += " (form)";
  if (request.placement == Placement::kSplit) text += " (query and form)";
  if (request.encoding == FormEncoding::kPlus) {
    text += " (blanks sent as +)";
  } else if (request.encoding != FormEncoding::kPercent) {
    text += fmt::format(" ({})", ReadableEncoding(request.encoding));
  }
  if (request.forgery != Forgery::kNone) {
    text += fmt::format(" (signature forged: {})", NameOf(request.forgery));
  }
  char separator = ' ';
  for (const auto& [name, value] : WithoutSecrets(request.parameters)) {
    text += separator + ReadableValue(name) + "=" + ReadableValue(value);
    separator = '&';
  }
  return text;
}

std::vector<std::string> TextsBefore(const Finding& finding) {
  std::vector<std::string> out;
  for (const Request& request : finding.before) out.push_back(RequestText(request));
  return out;
}

std::vector<std::string> DiagnosisTexts(const Finding& finding) {
  std::vector<std::string> out;
  for (const std::string& fault : finding.diagnosis) {
    out.push_back(finding.variant ? fmt::format("answers like another variant of {}", fault)
                                  : "answers as if " + fault);
  }
  if (out.empty() && finding.diagnosed) {
    out.emplace_back("no fault of the catalogue answers like this");
  }
  return out;
}

std::string StabilityInShort(const Finding& finding) {
  if (finding.repeated.tried == 0) return "not sent again";
  const bool seen_again = finding.repeated.failed > 0 || finding.overlapping.failed > 0;
  return seen_again ? std::string(NameOf(finding.stability)) : "not seen again";
}

std::string StabilityText(const Finding& finding) {
  if (finding.stability != Stability::kIntermittent || finding.repeated.tried == 0) {
    return StabilityInShort(finding);
  }
  std::string counts = RepeatsText(finding.repeated, "alone");
  if (finding.overlapping.tried > 0) counts += ", " + RepeatsText(finding.overlapping, "at once");
  if (finding.repeated.failed > 0 || finding.overlapping.failed > 0) {
    return "intermittent: " + counts;
  }
  return "not seen again: " + counts + "; it may need the requests that came before it";
}

std::vector<std::pair<std::string, std::string>> UnexercisedRules(const RecordedRun& run) {
  std::vector<std::pair<std::string, std::string>> rules;
  std::set<std::string> seen;
  for (const std::string& entry : run.trailer.not_exercised) {
    const std::size_t colon = entry.find(':');
    const std::string id = entry.substr(0, colon);
    std::string reason = colon == std::string::npos ? "" : entry.substr(colon + 1);
    reason.erase(0, reason.find_first_not_of(' '));
    if (seen.insert(id).second) rules.emplace_back(id, reason);
  }
  for (const RuleTally& rule : run.trailer.rules) {
    if (rule.exercised == 0 && seen.insert(rule.id).second) rules.emplace_back(rule.id, "");
  }
  std::sort(rules.begin(), rules.end());
  return rules;
}

std::vector<NotShown> NotShownByReason(const RecordedRun& run) {
  std::vector<NotShown> out;
  for (const auto& [rule, why] : UnexercisedRules(run)) {
    const auto same = std::ranges::find(out, why, &NotShown::why);
    (same == out.end() ? out.emplace_back(NotShown{why, {}}) : *same).rules.push_back(rule);
  }
  std::ranges::stable_sort(out, [](const NotShown& a, const NotShown& b) {
    if (a.why.empty() != b.why.empty()) return b.why.empty();
    return a.rules.size() > b.rules.size();
  });
  return out;
}

std::vector<std::string> WhyNotShown(const RecordedRun& run) {
  std::vector<std::string> out;
  for (const auto& [why, rules] : NotShownByReason(run)) {
    // Besides rules, tests that were left out: "4 tests of walks".
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        rules, [](const std::string& rule) { return rule.find(' ') == std::string::npos; }));
    if (count < 2 || why.empty()) continue;
    out.push_back(fmt::format("{} of them: {}", Thousands(count), why));
  }
  return out;
}

std::vector<std::string> UnreachedQuestions(const RecordedRun& run) {
  std::vector<std::string> out;
  for (const LearnedAnswer& answer : run.trailer.reading) {
    if (answer.asked == 0) out.push_back(answer.question);
  }
  return out;
}

std::vector<std::string> ParametersWithoutEffect(const RecordedRun& run) {
  std::vector<std::string> out;
  for (const ParameterTally& parameter : run.trailer.parameters) {
    if (parameter.compared > 0 && parameter.effective == 0) out.push_back(parameter.name);
  }
  return out;
}

std::string VerdictText(const RecordedRun& run) {
  const Totals totals = CountTotals(run);
  if (run.trailer.verdict == RunVerdict::kConforms) {
    std::string text = "CONFORMS: every judged answer is right under one reading of the document";
    if (totals.warnings > 0) {
      text += ", with " + CountText(totals.warnings, "warning") + " by other sources";
    }
    if (totals.known > 0) {
      text += ", " + CountText(totals.known, "known finding") + " aside";
    }
    return text + (run.trailer.reason.empty() ? "" : "; " + run.trailer.reason) + ".";
  }
  if (run.trailer.verdict == RunVerdict::kViolations) {
    if (totals.violations == 0 && !run.trailer.reason.empty()) {
      return "FAILED: no violation that is not accepted, but " + run.trailer.reason + ".";
    }
    const std::string reason = run.trailer.reason.empty() ? "" : " (" + run.trailer.reason + ")";
    return "VIOLATIONS: " + CountText(CountBrokenRules(run), "rule is broken", "rules are broken") +
           ", " + CountText(totals.violations, "violation") + reason + ".";
  }
  std::string reason =
      run.trailer.reason.empty() ? "the target could not be judged" : run.trailer.reason;
  if (std::string_view(".?!").find(reason.back()) == std::string_view::npos) reason += '.';
  return "INCONCLUSIVE: " + reason;
}

const RecordedExchange* FirstEvidence(const RecordedRun& run, const Finding& finding) {
  for (const std::uint64_t id : finding.evidence) {
    for (const RecordedExchange& recorded : run.evidence) {
      if (recorded.exchange.id == id) return &recorded;
    }
  }
  return nullptr;
}

std::string EvidenceText(const Finding& finding, std::size_t limit) {
  if (finding.evidence.empty()) return "";
  std::string text = finding.evidence.size() == 1 ? "exchange" : "exchanges";
  const std::size_t named = std::min(limit, finding.evidence.size());
  for (std::size_t i = 0; i < named; ++i) {
    text += fmt::format("{} {}", i == 0 ? "" : ",", finding.evidence[i]);
  }
  const std::size_t more = finding.evidence.size() - named;
  return more == 0 ? text : text + fmt::format(" and {} more", more);
}

std::string ReproName(const Finding& finding) {
  constexpr std::size_t kLongest = 120;
  std::string name = finding.id.substr(0, kLongest);
  for (char& c : name) {
    if (!IsSafeInFileName(c)) c = '_';
  }
  const bool hidden = name.empty() || name[0] == '.' || name[0] == '-';
  if (!hidden && name == finding.id) return name;
  return fmt::format("{}{}_{:08x}", hidden ? "finding" : "", name, HashText(finding.id));
}

}  // namespace assay
