#include "conformance/known.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "reference/dataset.h"
#include "spec/catalogue.h"
#include "spec/data_file.h"

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
  reader.RefuseOthers();
  if (out.reason.empty()) reader.Complain("reason", "say why the finding is accepted");
  if (!out.expires.empty() && !IsDate(out.expires)) {
    reader.Complain("expires", fmt::format("`{}` is no date like 2026-12-31", out.expires));
  }
  return out;
}

bool IsAccepted(const Finding& finding) {
  return finding.kind == "violation" || finding.kind == "warning";
}

// True where the entry names the finding or a part of it.
bool Names(const KnownFinding& known, const Finding& finding) {
  if (!IsAccepted(finding) && finding.kind != "known") return false;
  return finding.id == known.id || std::ranges::find(finding.also, known.id) != finding.also.end();
}

// Whether the accepted ids make the finding known: its own one is among them, and those of its
// parts, too, unless a diagnosis proves that they have the same cause. So nothing new hides behind
// something accepted.
bool IsKnown(const std::set<std::string>& accepted, const Finding& finding) {
  const auto is_accepted = [&](const std::string& id) { return accepted.contains(id); };
  return IsAccepted(finding) && is_accepted(finding.id) &&
         (!finding.diagnosis.empty() || std::ranges::all_of(finding.also, is_accepted));
}

// Of a finding's id: the rule and what follows its last dot.
std::string RuleOf(const std::string& id) { return id.substr(0, id.rfind('.')); }

// What is wrong with the entry whatever was found, or "".
std::string ProblemOf(const KnownFinding& known, const std::string& today) {
  if (!FindRule(known.rule)) {
    return fmt::format("{}: there is no rule `{}`; take the entry out", known.id, known.rule);
  }
  if (!known.id.starts_with(known.rule + ".")) {
    return fmt::format("{}: the id is not one of rule {}; copy both from report.json", known.id,
                       known.rule);
  }
  if (!known.expires.empty() && known.expires < today) {
    return fmt::format("{}: accepted until {} only; mend the target or move the date", known.id,
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
      if (!ids.insert(out.back().id).second) file.Complain(place, "the id stands here twice");
    }
    reader.RefuseOthers();
  }
  if (!file.sound()) return file.error();
  return out;
}

Result<std::vector<KnownFinding>> LoadKnown(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return Error{file, "the known findings cannot be read"};
  return ParseKnown(text, file);
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
    // What could not be judged may be there still.
    const bool open = std::ranges::any_of(findings, [&](const Finding& finding) {
      return finding.kind == "inconclusive" && finding.id == entry.id;
    });
    if (!found && !open && full_run) {
      problems.push_back(fmt::format("{}: no longer found; take the entry out", entry.id));
    }
  }
  for (Finding& finding : findings) {
    if (IsKnown(accepted, finding)) finding.kind = "known";
  }
  return problems;
}

std::string KnownText(const std::vector<Finding>& findings) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    if (!IsAccepted(finding) && finding.kind != "known") continue;
    const auto add = [&](const std::string& id, const std::string& rule) {
      entries.push_back(
          {{"id", id}, {"rule", rule}, {"reason", "not yet examined: " + finding.actual}});
    };
    add(finding.id, finding.rule);
    for (const std::string& part : finding.also) add(part, RuleOf(part));
  }
  const nlohmann::ordered_json out = {{"format", kFormat}, {"findings", std::move(entries)}};
  return out.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay
