#include "reports/render/report_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/render/campaign.h"
#include "reports/render/overview.h"
#include "reports/text/secrets.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

Json ParameterValues(const std::vector<Parameter>& parameters) {
  Json values = Json::object();
  for (const auto& [name, value] : WithoutSecrets(parameters)) {
    Json& place = values[name];
    if (place.is_null()) {
      place = value;
    } else if (place.is_array()) {
      place.push_back(value);
    } else {
      place = Json::array({place, value});
    }
  }
  return values;
}

Json RepeatsValue(const Repeats& repeats) {
  return {{"failed", repeats.failed}, {"tried", repeats.tried}};
}

Json RequestValue(const Request& request) {
  return {{"method", request.method}, {"parameters", ParameterValues(request.parameters)}};
}

Json FindingValue(const Finding& finding, bool with_repro) {
  Json before = Json::array();
  for (const Request& request : finding.before) before.push_back(RequestValue(request));
  return {{"id", finding.id},
          {"rule", finding.rule},
          {"kind", NameOf(finding.kind)},
          {"stability", NameOf(finding.stability)},
          {"repeated", RepeatsValue(finding.repeated)},
          {"overlapping", RepeatsValue(finding.overlapping)},
          {"occurrences", finding.occurrences},
          {"statement", finding.statement},
          {"source", finding.source},
          {"before", std::move(before)},
          {"request", RequestValue(finding.request)},
          {"expected", finding.expected},
          {"actual", finding.actual},
          {"evidence", finding.evidence},
          {"diagnosis", finding.diagnosis},
          {"diagnosed", finding.diagnosed},
          {"variant", finding.variant},
          {"cause", finding.cause},
          {"weight", finding.occurrences},
          {"also", finding.also},
          {"repro", with_repro ? "repro/" + ReproName(finding) + ".sh" : ""}};
}

Json FindingValues(const RecordedRun& run, bool with_repro) {
  Json values = Json::array();
  for (const Finding* finding : SortFindings(run)) {
    values.push_back(FindingValue(*finding, with_repro));
  }
  return values;
}

Json RuleValues(const RecordedRun& run) {
  std::vector<RuleTally> rules = run.trailer.rules;
  std::sort(rules.begin(), rules.end(),
            [](const RuleTally& a, const RuleTally& b) { return a.id < b.id; });
  Json values = Json::array();
  for (const RuleTally& rule : rules) {
    values.push_back({{"id", rule.id},
                      {"level", NameOf(rule.level)},
                      {"state", NameOf(StateOf(run, rule))},
                      {"exercised", rule.exercised},
                      {"violations", rule.violations}});
  }
  return values;
}

Json ReadingValues(const RecordedRun& run) {
  std::vector<LearnedAnswer> reading = run.trailer.reading;
  std::sort(reading.begin(), reading.end(),
            [](const LearnedAnswer& a, const LearnedAnswer& b) { return a.question < b.question; });
  Json values = Json::array();
  for (const LearnedAnswer& answer : reading) {
    values.push_back({{"question", answer.question},
                      {"possible", answer.possible},
                      {"settled", answer.settled},
                      {"why_open", answer.why_open},
                      {"asked", answer.asked},
                      {"evidence", answer.evidence}});
  }
  return values;
}

Json UnforeseenValues(const RecordedRun& run) {
  Json values = Json::array();
  for (const UnforeseenAnswer& answer : run.trailer.unforeseen) {
    values.push_back({{"request", answer.request},
                      {"foreseen", answer.foreseen},
                      {"answer", answer.answer},
                      {"count", answer.count}});
  }
  return values;
}

// What a run says nothing about, however it ended.
Json VacuityValue(const RecordedRun& run) {
  Json rules = Json::array();
  for (const auto& [rule, why] : UnexercisedRules(run))
    rules.push_back({{"id", rule}, {"why", why}});
  Json parameters = Json::array();
  for (const ParameterTally& parameter : run.trailer.parameters) {
    parameters.push_back({{"name", parameter.name},
                          {"given", parameter.given},
                          {"compared", parameter.compared},
                          {"effective", parameter.effective}});
  }
  return {{"rules_not_exercised", rules},
          {"questions_not_reached", UnreachedQuestions(run)},
          {"parameters_without_effect", ParametersWithoutEffect(run)},
          {"parameters", parameters}};
}

// What a run says of its time at its end, which not every run comes to.
Json KnownOrNull(const RecordedRun& run, double number) {
  return run.finished ? Json(number) : Json(nullptr);
}

Json TotalsValue(const RecordedRun& run) {
  const Totals totals = CountTotals(run);
  return {{"exchanges", run.trailer.exchanges},
          {"judged", run.trailer.judged},
          {"throttled", run.trailer.throttled},
          {"violations", totals.violations},
          {"held", totals.held},
          {"broken", totals.broken},
          {"warned", totals.warned},
          {"explained", totals.explained},
          {"not_settled", totals.not_settled},
          {"not_shown", totals.not_shown},
          {"unforeseen", totals.unforeseen},
          {"warnings", totals.warnings},
          {"known", totals.known},
          {"inconclusive", totals.inconclusive},
          {"requests_per_second", KnownOrNull(run, totals.requests_per_second)}};
}

Json CampaignValue(const CampaignTally& campaign) {
  const DiscoveryEstimate estimate = EstimateDiscovery(campaign);
  Json samples = Json::array();
  for (const CampaignSample& sample : campaign.samples) {
    samples.push_back({{"seconds", sample.seconds},
                       {"inputs", sample.inputs},
                       {"requests", sample.requests},
                       {"features", sample.features},
                       {"findings", sample.findings},
                       {"corpus", sample.corpus}});
  }
  return {{"ended", campaign.ended},
          {"workers", campaign.workers},
          {"features_shown_once", campaign.shown_once},
          {"features_shown_twice", campaign.shown_twice},
          {"next_input_shows_new_feature",
           {{"probability", estimate.probability},
            {"low", estimate.low},
            {"high", estimate.high},
            {"source", "Good 1953 (Good-Turing); interval: Esty 1983"}}},
          {"samples", std::move(samples)}};
}

}  // namespace

std::string ReportJson(const RecordedRun& run, bool with_repro) {
  Json report = {{"schema", "assay-report/1"},
                 {"assay", run.header.assay},
                 {"verdict", NameOf(run.trailer.verdict)},
                 {"reason", HideSecrets(run.trailer.reason)},
                 {"target", HideSecrets(run.header.target)},
                 {"seed", run.header.seed},
                 {"started", run.header.started},
                 {"seconds", KnownOrNull(run, run.trailer.seconds)},
                 {"totals", TotalsValue(run)},
                 {"findings", FindingValues(run, with_repro)},
                 {"rules", RuleValues(run)},
                 {"reading", ReadingValues(run)},
                 {"unforeseen", UnforeseenValues(run)},
                 {"vacuity", VacuityValue(run)}};
  if (run.trailer.campaign) report["campaign"] = CampaignValue(*run.trailer.campaign);
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace assay
