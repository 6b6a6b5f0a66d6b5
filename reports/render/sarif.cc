#include "reports/render/sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/render/curl.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/embedded.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostResults = 5000;  // that GitHub shows
constexpr std::size_t kLongestBody = 16 * 1024;
constexpr const char* kHelp =
    "https://www.alibabacloud.com/help/en/ecs/developer-reference/"
    "api-ecs-2014-05-26-describesnapshots";

// Where a rule stands in the rule files.
struct RulePlace {
  std::string file = "spec/describe_snapshots/operation.json";
  int line = 1;
};

RulePlace PlaceOf(std::string_view rule) {
  const std::string entry = fmt::format("\"id\": \"{}\"", rule);
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    const std::size_t at = file.name.starts_with("rules/") ? file.text.find(entry) : file.text.npos;
    if (at == file.text.npos) continue;
    const auto lines = std::ranges::count(file.text.substr(0, at), '\n');
    return {"spec/describe_snapshots/" + std::string(file.name), static_cast<int>(lines) + 1};
  }
  return {};
}

const char* SeverityOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kViolation:
    case FindingKind::kKnown:
      return "error";
    case FindingKind::kWarning:
      return "warning";
    case FindingKind::kInconclusive:
      break;
  }
  return "note";
}

Json RuleValue(const std::string& id) {
  Json rule = {{"id", id}};
  const auto found = FindRule(id);
  const std::string statement =
      found ? Catalogue::Get()[*found].statement : "A rule of an earlier version.";
  rule["shortDescription"] = {{"text", statement}};
  if (!found) return rule;
  const RuleInfo& info = Catalogue::Get()[*found];
  std::string sources;
  for (const SourceReference& source : info.sources) {
    sources += fmt::format("\n- {}, {}{}", source.document, source.where,
                           source.quote.empty() ? "" : ": \"" + source.quote + "\"");
  }
  rule["fullDescription"] = {{"text", statement}};
  rule["help"] = {{"text", statement + "\n" + sources}, {"markdown", statement + "\n" + sources}};
  rule["helpUri"] = kHelp;
  rule["defaultConfiguration"] = {{"level", info.level == Level::kMust ? "error" : "warning"}};
  rule["properties"] = {{"tags", {info.topic, std::string(NameOf(info.level))}}};
  return rule;
}

Json RequestValue(const RecordedRun& run, const Finding& finding) {
  Json parameters = Json::object();
  for (const auto& [name, value] : WithoutSecrets(finding.request.parameters)) {
    parameters[name] = value;
  }
  return {{"protocol", "HTTP"},
          {"version", "1.1"},
          {"target", CurlTarget(run.header.target)},
          {"method", finding.request.method},
          {"parameters", std::move(parameters)}};
}

Json ResponseValue(const ShownAnswer& answer) {
  return {{"protocol", "HTTP"},
          {"version", "1.1"},
          {"statusCode", answer.status},
          {"headers", {{"content-type", answer.content_type}}},
          {"body", {{"text", Shorten(HideSecrets(answer.body), kLongestBody)}}}};
}

Json ResultValue(const RecordedRun& run, const Finding& finding, std::size_t rule_index) {
  const RulePlace place = PlaceOf(finding.rule);
  std::string text = fmt::format("{}. Expected: {}. Actual: {}.", HeadlineOf(finding),
                                 finding.expected, finding.actual);
  for (const std::string& line : DiagnosisTexts(finding)) text += " " + line + ".";
  Json result = {
      {"ruleId", finding.rule},
      {"ruleIndex", rule_index},
      {"level", SeverityOf(finding.kind)},
      {"kind", finding.kind == FindingKind::kInconclusive ? "open" : "fail"},
      {"message", {{"text", Shorten(HideSecrets(text), 4000)}}},
      {"locations",
       {{{"physicalLocation",
          {{"artifactLocation", {{"uri", place.file}}}, {"region", {{"startLine", place.line}}}}},
         {"logicalLocations",
          {{{"fullyQualifiedName", RequestText(finding.request)}, {"kind", "resource"}}}}}}},
      {"partialFingerprints", {{"assay/v1", finding.id}}},
      {"occurrenceCount", std::max<std::uint64_t>(1, finding.occurrences)},
      {"webRequest", RequestValue(run, finding)},
      {"properties",
       {{"curl", CurlLine(finding, run.header)},
        {"stability", StabilityText(finding)},
        {"diagnosis", finding.diagnosis}}}};
  // `open` is a kind of its own, which has no level.
  if (finding.kind == FindingKind::kInconclusive) result["level"] = "none";
  if (finding.answer.status != 0) result["webResponse"] = ResponseValue(finding.answer);
  if (finding.kind == FindingKind::kKnown) {
    result["suppressions"] = {{{"kind", "external"}, {"status", "accepted"}}};
  }
  return result;
}

}  // namespace

std::string SarifText(const RecordedRun& run) {
  std::set<std::string> ids;
  for (const RuleTally& rule : run.trailer.rules) ids.insert(rule.id);
  for (const Finding& finding : run.findings) ids.insert(finding.rule);
  Json rules = Json::array();
  std::map<std::string, std::size_t> indexes;
  for (const std::string& id : ids) {
    indexes[id] = rules.size();
    rules.push_back(RuleValue(id));
  }
  Json results = Json::array();
  for (const Finding* finding : SortFindings(run)) {
    if (results.size() == kMostResults) break;
    results.push_back(ResultValue(run, *finding, indexes[finding->rule]));
  }
  Json invocation = {{"executionSuccessful", run.trailer.verdict != RunVerdict::kInconclusive},
                     {"exitCode", run.trailer.exit_code}};
  if (!run.trailer.reason.empty()) {
    invocation["toolExecutionNotifications"] = {
        {{"level", "note"}, {"message", {{"text", HideSecrets(run.trailer.reason)}}}}};
  }
  const Json log = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       {{{"tool",
          {{"driver",
            {{"name", "Assay"},
             {"informationUri", kHelp},
             {"semanticVersion", run.header.assay},
             {"rules", std::move(rules)}}}}},
         {"automationDetails", {{"id", fmt::format("assay/{}/", HideSecrets(run.header.target))}}},
         {"invocations", {std::move(invocation)}},
         {"results", std::move(results)}}}}};
  // In ASCII: nothing that a target says acts where the file is shown.
  return log.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace assay
