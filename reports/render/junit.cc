#include "reports/render/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "reports/render/curl.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/count.h"
#include "spec/text/time.h"

namespace assay {
namespace {

struct Counts {
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
};

using Findings = std::vector<const Finding*>;

void SetAttribute(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(XmlText(value).c_str());
}

// Adds <failure>, <error> or <skipped> with a one-line message and a text.
void AddOutcome(pugi::xml_node testcase, const char* outcome, const std::string& type,
                const std::string& message, const std::string& text) {
  pugi::xml_node node = testcase.append_child(outcome);
  SetAttribute(node, "message", message);
  if (!type.empty()) SetAttribute(node, "type", type);
  if (!text.empty()) node.append_child(pugi::node_pcdata).set_value(XmlText(text).c_str());
}

void AddOutput(pugi::xml_node suite, const char* name, const std::string& text) {
  pugi::xml_node node = suite.append_child(name);
  if (!text.empty()) node.append_child(pugi::node_pcdata).set_value(XmlText(text).c_str());
}

std::string Describe(const RecordedRun& run, const Finding& finding) {
  std::string text = fmt::format("{} ({}, {}, {})\n{}\n", finding.id, NameOf(finding.kind),
                                 CountText(finding.occurrences, "time"), StabilityText(finding),
                                 finding.statement);
  text += "source:   " + finding.source + "\n";
  for (const std::string& before : TextsBefore(finding)) text += "after:    " + before + "\n";
  text += "request:  " + RequestText(finding.request) + "\n";
  text += "expected: " + finding.expected + "\n";
  text += "actual:   " + finding.actual + "\n";
  if (!finding.evidence.empty()) text += "evidence: " + EvidenceText(finding, 20) + "\n";
  for (const std::string& line : DiagnosisTexts(finding)) text += "diagnosis: " + line + "\n";
  return text + "curl:     " + CurlLine(finding, run.header) + "\n";
}

std::string DescribeAll(const RecordedRun& run, const Findings& findings, FindingKind kind) {
  std::string text;
  for (const Finding* finding : findings) {
    if (finding->kind == kind) text += (text.empty() ? "" : "\n") + Describe(run, *finding);
  }
  return text;
}

const Finding* FirstOfKind(const Findings& findings, FindingKind kind) {
  for (const Finding* finding : findings) {
    if (finding->kind == kind) return finding;
  }
  return nullptr;
}

std::string Contrast(const Finding& finding) {
  return "expected " + finding.expected + "; actual " + finding.actual;
}

// What the findings of one testcase make of it; warnings alone let it pass, and are part of what
// the suite says, since not every schema allows an output of a testcase.
void AddFindings(const RecordedRun& run, const Findings& findings, pugi::xml_node testcase,
                 Counts* counts, std::string* output) {
  if (const Finding* violation = FirstOfKind(findings, FindingKind::kViolation)) {
    ++counts->failures;
    AddOutcome(testcase, "failure", "violation", Contrast(*violation),
               DescribeAll(run, findings, FindingKind::kViolation));
  } else if (const Finding* unclear = FirstOfKind(findings, FindingKind::kInconclusive)) {
    ++counts->errors;
    AddOutcome(testcase, "error", "could not judge", Contrast(*unclear),
               DescribeAll(run, findings, FindingKind::kInconclusive));
  } else if (const Finding* known = FirstOfKind(findings, FindingKind::kKnown)) {
    ++counts->skipped;
    AddOutcome(testcase, "skipped", "", "known finding " + known->id + ": " + Contrast(*known), "");
  }
  const std::string warnings = DescribeAll(run, findings, FindingKind::kWarning);
  if (!warnings.empty()) *output += findings.front()->rule + ": " + warnings;
}

// A run that did not come to its end does not say how long it took: then what its answers took.
double SecondsOfRun(const RecordedRun& run) {
  if (run.finished) return run.trailer.seconds;
  double seconds = 0;
  for (const auto& [test, time] : run.tests) seconds += time.seconds;
  return seconds;
}

// Writes the testcases of one suite.
class Suite {
 public:
  Suite(const RecordedRun& run, pugi::xml_node node) : run_(run), node_(node) {
    for (const Finding* finding : SortFindings(run)) by_rule_[finding->rule].push_back(finding);
    for (const auto& [rule, reason] : UnexercisedRules(run)) unexercised_.emplace(rule, reason);
  }

  const Counts& counts() const { return counts_; }
  // What the testcases that pass have to say.
  const std::string& output() const { return output_; }

  void AddRules() {
    std::set<std::string> ids;
    for (const RuleTally& rule : run_.trailer.rules) ids.insert(rule.id);
    for (const auto& [id, reason] : unexercised_) ids.insert(id);
    for (const std::string& id : ids) AddRule(id);
  }

  // Those whose rule has no testcase of its own yet, since the run did not come to its end; to be
  // called after AddRules().
  void AddOtherFindings() {
    for (const auto& [rule, findings] : by_rule_) {
      AddFindings(run_, findings, Testcase(rule, rule), &counts_, &output_);
    }
  }

  void AddVerdict() {
    const pugi::xml_node testcase = Testcase("run", "run.verdict");
    if (run_.trailer.verdict == RunVerdict::kInconclusive) {
      ++counts_.errors;
      AddOutcome(testcase, "error", "could not judge", HideSecrets(VerdictText(run_)), "");
    } else if (run_.trailer.verdict == RunVerdict::kViolations &&
               (!HasViolation() || !run_.trailer.reason.empty())) {
      // Something else than violations fails the run: a known list out of date.
      ++counts_.failures;
      AddOutcome(testcase, "failure", "gate", HideSecrets(VerdictText(run_)), "");
    }
  }

 private:
  bool HasViolation() const {
    return std::ranges::count(run_.findings, FindingKind::kViolation, &Finding::kind) > 0;
  }

  void AddRule(const std::string& id) {
    const pugi::xml_node testcase = Testcase(id, id);
    const auto findings = by_rule_.extract(id);
    if (!findings.empty())
      return AddFindings(run_, findings.mapped(), testcase, &counts_, &output_);
    const auto unexercised = unexercised_.find(id);
    if (unexercised == unexercised_.end()) return AddExplained(id);
    ++counts_.skipped;
    const std::string& reason = unexercised->second;
    AddOutcome(testcase, "skipped", "", "not shown" + (reason.empty() ? "" : ": " + reason), "");
  }

  // A rule that is broken as a part of another finding passes, and says so.
  void AddExplained(const std::string& id) {
    const auto rule = std::ranges::find(run_.trailer.rules, id, &RuleTally::id);
    if (rule == run_.trailer.rules.end() || StateOf(run_, *rule) != RuleState::kExplained) return;
    output_ += id + ": " + ExplainedText(run_, id);
    if (const Finding* finding = ExplainingFinding(run_, id)) output_ += ": " + finding->id;
    output_ += "\n";
  }

  pugi::xml_node Testcase(const std::string& rule, const std::string& wanted) {
    std::string name = XmlText(wanted);  // two names may become one only here
    for (int i = 2; !names_.insert(name).second; ++i)
      name = fmt::format("{} {}", XmlText(wanted), i);
    ++counts_.tests;
    pugi::xml_node testcase = node_.append_child("testcase");
    SetAttribute(testcase, "classname", TopicOf(rule));
    SetAttribute(testcase, "name", name);
    SetAttribute(testcase, "time", fmt::format("{:.3f}", SecondsOf(rule)));
    return testcase;
  }

  // What the target took for the requests of the rule's own test.
  double SecondsOf(const std::string& rule) const {
    if (rule == "run") return SecondsOfRun(run_);
    for (const std::string& name : {rule, "rules." + rule}) {
      const auto at = run_.tests.find(name);
      if (at != run_.tests.end()) return at->second.seconds;
    }
    return 0;
  }

  const RecordedRun& run_;
  pugi::xml_node node_;
  Counts counts_;
  std::string output_;
  std::map<std::string, Findings> by_rule_;
  std::map<std::string, std::string> unexercised_;
  std::set<std::string> names_;
};

void SetCounts(pugi::xml_node node, const RecordedRun& run, const Counts& counts) {
  node.append_attribute("tests").set_value(counts.tests);
  node.append_attribute("failures").set_value(counts.failures);
  node.append_attribute("errors").set_value(counts.errors);
  node.append_attribute("skipped").set_value(counts.skipped);
  SetAttribute(node, "time", fmt::format("{:.3f}", SecondsOfRun(run)));
}

void AddProperty(pugi::xml_node properties, const char* name, const std::string& value) {
  pugi::xml_node property = properties.append_child("property");
  SetAttribute(property, "name", name);
  SetAttribute(property, "value", value);
}

// "2026-11-24T08:00:00", in UTC: schemas demand a time, and allow no zone.
std::string Timestamp(const std::string& started) {
  std::int64_t seconds = 0;
  std::string text = FormatTime(ParseTime(started, &seconds) ? seconds : 0);
  text.pop_back();
  return text;
}

// The attributes that some schema demands and no other forbids. The machine is not named: the same
// journal gives the same report everywhere.
void SetAttributes(pugi::xml_node suite, const RecordedRun& run, const Counts& counts) {
  SetAttribute(suite, "id", "0");
  SetAttribute(suite, "package", "assay");
  SetAttribute(suite, "hostname", "localhost");
  SetAttribute(suite, "timestamp", Timestamp(run.header.started));
  SetCounts(suite, run, counts);
}

}  // namespace

std::string JunitXml(const RecordedRun& run) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version").set_value("1.0");
  declaration.append_attribute("encoding").set_value("UTF-8");
  pugi::xml_node root = document.append_child("testsuites");
  pugi::xml_node node = root.append_child("testsuite");
  SetAttribute(node, "name", "assay " + HideSecrets(run.header.target));
  pugi::xml_node properties = node.append_child("properties");
  AddProperty(properties, "assay", run.header.assay);
  AddProperty(properties, "seed", std::to_string(run.header.seed));
  AddProperty(properties, "verdict", std::string(NameOf(run.trailer.verdict)));
  for (const std::string& note : run.notes) AddProperty(properties, "note", note);
  Suite suite(run, node);
  suite.AddRules();
  suite.AddOtherFindings();
  suite.AddVerdict();
  AddOutput(node, "system-out", suite.output());
  AddOutput(node, "system-err", "");
  SetAttributes(node, run, suite.counts());
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent, pugi::encoding_utf8);
  return out.str();
}

}  // namespace assay
