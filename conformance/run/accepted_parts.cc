#include "conformance/run/accepted_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reference/findings/groups.h"
#include "spec/catalogue/catalogue.h"

namespace assay {
namespace {

// Of a finding's id.
std::string RuleOf(const std::string& id) { return id.substr(0, id.rfind('.')); }

std::string StatementOf(const std::string& rule) {
  const auto found = FindRule(rule);
  return found ? Catalogue::Get()[*found].statement : "";
}

}  // namespace

std::vector<std::string> MissingParts(const std::vector<KnownFinding>& known,
                                      const std::string& today,
                                      const std::vector<Finding>& findings) {
  std::set<std::string> accepted;
  std::set<std::string, std::less<>> symptoms;
  for (const KnownFinding& entry : known) {
    if (!entry.expires.empty() && entry.expires < today) continue;
    accepted.insert(entry.id);
    symptoms.emplace(SymptomOf(entry.id));
  }
  std::vector<std::string> out;
  for (const Finding& finding : findings) {
    if (finding.kind != FindingKind::kViolation && finding.kind != FindingKind::kWarning) continue;
    std::vector<std::string> listed, missing;
    if (!accepted.contains(finding.id)) missing.push_back(finding.id);
    if (accepted.contains(finding.id)) listed.push_back(finding.id);
    for (const std::string& part : finding.also) {
      const bool covered = accepted.contains(part) ||
                           (!finding.diagnosis.empty() && symptoms.contains(SymptomOf(part)));
      (covered ? listed : missing).push_back(part);
    }
    if (listed.empty() || missing.empty()) continue;
    out.push_back(fmt::format("{} is accepted, but not what is the same finding: {}",
                              listed.front(), fmt::join(missing, ", ")));
  }
  return out;
}

std::vector<Finding> WithTheirParts(const std::vector<Finding>& findings) {
  std::vector<Finding> out;
  for (const Finding& finding : findings) {
    Finding& whole = out.emplace_back(finding);
    whole.also.clear();
    for (const std::string& id : finding.also) {
      Finding part = finding;
      part.also.clear();
      part.id = id;
      part.rule = RuleOf(id);
      part.statement = StatementOf(part.rule);
      part.actual = fmt::format("against \"{}\", as a part of {}", part.statement, finding.id);
      out.push_back(std::move(part));
    }
  }
  return out;
}

}  // namespace assay
