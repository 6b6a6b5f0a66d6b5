#include "reports/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "reports/secrets.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"violation", "warning", "known",
                                                    "inconclusive"};

std::size_t KindOrder(std::string_view kind) {
  return static_cast<std::size_t>(std::find(kKinds.begin(), kKinds.end(), kind) - kKinds.begin());
}

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

std::string Plural(std::uint64_t count, std::string_view one, std::string_view many) {
  return Thousands(count) + " " + std::string(count == 1 ? one : many);
}

std::uint64_t CountBrokenRules(const RecordedRun& run) {
  std::set<std::string_view> rules;
  for (const Finding& finding : run.findings) {
    if (finding.kind == "violation") rules.insert(finding.rule);
  }
  return rules.size();
}

}  // namespace

Totals CountTotals(const RecordedRun& run) {
  Totals totals;
  for (const Finding& finding : run.findings) {
    if (finding.kind == "violation") ++totals.violations;
    if (finding.kind == "warning") ++totals.warnings;
    if (finding.kind == "known") ++totals.known;
    if (finding.kind == "inconclusive") ++totals.inconclusive;
  }
  totals.rules = run.trailer.rules.size();
  totals.rules_exercised = static_cast<std::uint64_t>(
      std::count_if(run.trailer.rules.begin(), run.trailer.rules.end(),
                    [](const RuleTally& rule) { return rule.exercised > 0; }));
  if (run.trailer.seconds > 0) {
    totals.requests_per_second = static_cast<double>(run.trailer.exchanges) / run.trailer.seconds;
  }
  return totals;
}

std::vector<const Finding*> SortFindings(const RecordedRun& run) {
  std::vector<const Finding*> sorted;
  for (const Finding& finding : run.findings) sorted.push_back(&finding);
  std::sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::make_tuple(KindOrder(a->kind), std::string_view(a->rule), std::string_view(a->id)) <
           std::make_tuple(KindOrder(b->kind), std::string_view(b->rule), std::string_view(b->id));
  });
  return sorted;
}

std::string LevelOf(const RecordedRun& run, std::string_view rule) {
  for (const RuleTally& tally : run.trailer.rules) {
    if (tally.id == rule) return tally.level;
  }
  return "";
}

std::string TopicOf(std::string_view rule) { return std::string(rule.substr(0, rule.find('.'))); }

namespace {

// Of a finding's request, or of one that goes before it.
template <typename Sent>
std::string TextOf(const Sent& sent, std::string_view forgery) {
  std::string text = sent.method.empty() ? "GET" : sent.method;
  if (sent.placement == "form") text += " (form)";
  if (sent.placement == "split") text += " (query and form)";
  if (sent.encoding == "plus") text += " (blanks sent as +)";
  if (forgery != "none") text += fmt::format(" (signature forged: {})", forgery);
  char separator = ' ';
  for (const auto& [name, value] : WithoutSecrets(sent.parameters)) {
    text += separator + ReadableValue(name) + "=" + ReadableValue(value);
    separator = '&';
  }
  return text;
}

std::string RepeatsText(const Repeats& repeats, std::string_view how) {
  return fmt::format("{} of {} times {}", repeats.failed, repeats.tried, how);
}

}  // namespace

std::string RequestText(const Finding& finding) { return TextOf(finding, finding.forgery); }

std::vector<std::string> TextsBefore(const Finding& finding) {
  std::vector<std::string> out;
  for (const RequestRecord& request : finding.before) out.push_back(TextOf(request, "none"));
  return out;
}

std::vector<std::string> DiagnosisTexts(const Finding& finding) {
  std::vector<std::string> out;
  for (const std::string& fault : finding.diagnosis) out.push_back("answers as if " + fault);
  if (out.empty() && finding.diagnosed) {
    out.emplace_back("no fault of the catalogue answers so");
  }
  return out;
}

std::string StabilityText(const Finding& finding) {
  if (finding.stability != "intermittent" || finding.repeated.tried == 0) return finding.stability;
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
  if (run.trailer.verdict == "conforms") {
    std::string text = "CONFORMS: every judged answer is right under one reading of the document";
    if (totals.known > 0) {
      text += ", " + Plural(totals.known, "known finding", "known findings") + " aside";
    }
    return text + (run.trailer.reason.empty() ? "" : "; " + run.trailer.reason) + ".";
  }
  if (run.trailer.verdict == "violations") {
    const std::string reason = run.trailer.reason.empty() ? "" : " (" + run.trailer.reason + ")";
    return "VIOLATIONS: " + Plural(CountBrokenRules(run), "rule is broken", "rules are broken") +
           ", " + Plural(totals.violations, "finding", "findings") + reason + ".";
  }
  std::string reason =
      run.trailer.reason.empty() ? "the target could not be judged" : run.trailer.reason;
  if (reason.back() != '.') reason += '.';
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

std::string Thousands(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace assay
