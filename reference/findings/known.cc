#include "reference/findings/known.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "reference/findings/groups.h"
#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/data_file.h"
#include "spec/text/text_file.h"
#include "spec/text/time.h"

namespace assay {
namespace {

constexpr const char* kFormat = "assay-known/1";

bool IsDate(const std::string& text) {
  std::int64_t seconds = 0;
  return text.size() == 10 && ParseTime(text + "T00:00:00Z", &seconds);
}

KnownFinding ReadOne(DataFile& file, const nlohmann::ordered_json& value,
                     const std::string& place) {
  ObjectReader reader(file, value, place);
  KnownFinding out{reader.Text("id"), reader.Text("rule"), reader.Text("reason"),
                   reader.TextOr("expires", "")};
  const std::string stability = reader.TextOr("stability", "");
  reader.RefuseOthers();
  out.intermittent = stability == NameOf(Stability::kIntermittent);
  if (!stability.empty() && !Named<Stability>(stability)) {
    reader.Complain("stability", fmt::format("`{}` is not one of {}", stability,
                                             fmt::join(kNamesOf<Stability>, ", ")));
  }
  if (out.reason.empty()) reader.Complain("reason", "say why the finding is accepted");
  if (!out.expires.empty() && !IsDate(out.expires)) {
    reader.Complain("expires", fmt::format("`{}` is not a date like 2026-12-31", out.expires));
  }
  return out;
}

bool IsAccepted(const Finding& finding) {
  return finding.kind == FindingKind::kViolation || finding.kind == FindingKind::kWarning;
}

// True if the entry names the finding or a part of it.
bool Names(const KnownFinding& known, const Finding& finding) {
  if (!IsAccepted(finding) && finding.kind != FindingKind::kKnown) return false;
  return finding.id == known.id || std::ranges::find(finding.also, known.id) != finding.also.end();
}

// Whether the accepted ids cover a part of the finding. With a diagnosis, parts that show an
// accepted symptom with another kind of request are of the same cause.
bool CoversPart(const std::set<std::string>& accepted, const Finding& finding,
                const std::string& part) {
  if (accepted.contains(part)) return true;
  return !finding.diagnosis.empty() && std::ranges::any_of(accepted, [&](const std::string& other) {
    return SymptomOf(other) == SymptomOf(part);
  });
}

// The accepted ids make a finding known if its own one is among them, and they cover all its parts:
// which of these are, and which are not.
struct Coverage {
  std::vector<std::string> listed, missing;
};
Coverage CoverageOf(const std::set<std::string>& accepted, const Finding& finding) {
  Coverage out;
  (accepted.contains(finding.id) ? out.listed : out.missing).push_back(finding.id);
  for (const std::string& part : finding.also) {
    (CoversPart(accepted, finding, part) ? out.listed : out.missing).push_back(part);
  }
  return out;
}

// Of a finding's id, which is the rule's and more after its last dot.
std::string RuleOf(const std::string& id) { return id.substr(0, id.rfind('.')); }

std::string StatementOf(const std::string& rule) {
  const auto found = FindRule(rule);
  return found ? Catalogue::Get()[*found].statement : "";
}

// What is wrong with the entry whatever was found, or "".
std::string ProblemOf(const KnownFinding& known, const std::string& today) {
  if (!FindRule(known.rule)) {
    return fmt::format("{}: unknown rule `{}`; remove the entry", known.id, known.rule);
  }
  if (!known.id.starts_with(known.rule + ".")) {
    return fmt::format("{}: the id is not one of rule {}; copy both from report.json", known.id,
                       known.rule);
  }
  if (!known.expires.empty() && known.expires < today) {
    return fmt::format("{}: accepted only until {}; fix the target or move the date", known.id,
                       known.expires);
  }
  return "";
}

}  // namespace

Result<std::vector<KnownFinding>> ParseKnown(std::string_view text, const std::string& name) {
  DataFile file(text, name);
  std::vector<KnownFinding> out;
  if (file.sound()) {
    ObjectReader reader(file, file.root(), "");
    if (reader.Text("format") != kFormat) {
      reader.Complain("format", fmt::format("`{}` is expected", kFormat));
    }
    std::set<std::string> ids;
    for (const nlohmann::ordered_json* element : reader.List("findings")) {
      const std::string place = PlaceOfElement("findings", out.size(), *element);
      out.push_back(ReadOne(file, *element, place));
      if (!ids.insert(out.back().id).second) file.Complain(place, "the id is here twice");
    }
    reader.RefuseOthers();
  }
  if (!file.sound()) return file.error();
  return out;
}

Result<std::vector<KnownFinding>> LoadKnown(const std::string& file) {
  const Result<std::string> text = ReadTextFile(file);
  if (!text) return Error{file, "the known findings cannot be read: " + text.error().what};
  return ParseKnown(*text, file);
}

std::vector<std::string> ApplyKnown(const std::vector<KnownFinding>& known, bool full_run,
                                    const std::string& today, std::vector<Finding>& findings) {
  std::vector<std::string> problems;
  std::set<std::string> accepted;
  for (const KnownFinding& entry : known) {
    if (std::string problem = ProblemOf(entry, today); !problem.empty()) {
      problems.push_back(std::move(problem));
      continue;
    }
    accepted.insert(entry.id);
    const bool found = std::ranges::any_of(
        findings, [&](const Finding& finding) { return Names(entry, finding); });
    // What could not be judged may still be there.
    const bool open = std::ranges::any_of(findings, [&](const Finding& finding) {
      return finding.kind == FindingKind::kInconclusive && finding.id == entry.id;
    });
    if (!found && !open && full_run && !entry.intermittent) {
      problems.push_back(fmt::format("{}: no longer found; remove the entry", entry.id));
    }
  }
  for (Finding& finding : findings) {
    if (IsAccepted(finding) && CoverageOf(accepted, finding).missing.empty()) {
      finding.kind = FindingKind::kKnown;
    }
  }
  return problems;
}

std::vector<std::string> MissingParts(const std::vector<KnownFinding>& known,
                                      const std::string& today,
                                      const std::vector<Finding>& findings) {
  std::set<std::string> accepted;
  for (const KnownFinding& entry : known) {
    if (ProblemOf(entry, today).empty()) accepted.insert(entry.id);
  }
  std::vector<std::string> out;
  for (const Finding& finding : findings) {
    if (!IsAccepted(finding)) continue;
    const auto [listed, missing] = CoverageOf(accepted, finding);
    if (listed.empty() || missing.empty()) continue;
    out.push_back(fmt::format("{} is accepted, but not what is the same finding: {}",
                              listed.front(), fmt::join(missing, ", ")));
  }
  return out;
}

namespace {

nlohmann::ordered_json EntryOf(const KnownFinding& known) {
  nlohmann::ordered_json entry = {{"id", known.id}, {"rule", known.rule}, {"reason", known.reason}};
  if (!known.expires.empty()) entry["expires"] = known.expires;
  if (known.intermittent) entry["stability"] = NameOf(Stability::kIntermittent);
  return entry;
}

}  // namespace

std::string KnownText(const std::vector<Finding>& findings,
                      const std::vector<KnownFinding>& earlier,
                      const std::function<bool(const KnownFinding&)>& keeps) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  std::set<std::string> written;
  const auto add = [&](const KnownFinding& known) {
    if (written.insert(known.id).second) entries.push_back(EntryOf(known));
  };
  for (const KnownFinding& known : earlier) {
    const bool found = std::ranges::any_of(
        findings, [&](const Finding& finding) { return Names(known, finding); });
    if (found || known.intermittent || keeps(known)) add(known);
  }
  for (const Finding& finding : findings) {
    if (!IsAccepted(finding) && finding.kind != FindingKind::kKnown) continue;
    const std::string unexamined = "not yet examined: ";
    const bool intermittent = finding.stability == Stability::kIntermittent;
    add({finding.id, finding.rule, unexamined + finding.actual, "", intermittent});
    for (const std::string& part : finding.also) {
      const std::string rule = RuleOf(part);
      add({part, rule,
           fmt::format("{}against \"{}\", as a part of {}", unexamined, StatementOf(rule),
                       finding.id),
           "", intermittent});
    }
  }
  const nlohmann::ordered_json out = {{"format", kFormat}, {"findings", std::move(entries)}};
  return out.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay
