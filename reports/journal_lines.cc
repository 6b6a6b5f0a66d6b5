#include "reports/journal_lines.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/secrets.h"
#include "reports/text.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Json TextValue(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  return Json{{"base64", Base64(text)}};
}

Json TextValues(const std::vector<std::string>& texts) {
  Json values = Json::array();
  for (const std::string& text : texts) values.push_back(TextValue(text));
  return values;
}

Json PairValues(const Pairs& pairs) {
  Json values = Json::array();
  for (const auto& [name, value] : WithoutSecrets(pairs)) {
    values.push_back(Json::array({TextValue(name), TextValue(value)}));
  }
  return values;
}

Json RuleValues(const std::vector<RuleTally>& rules) {
  Json values = Json::array();
  for (const RuleTally& rule : rules) {
    values.push_back({{"id", TextValue(rule.id)},
                      {"level", TextValue(rule.level)},
                      {"exercised", rule.exercised},
                      {"violations", rule.violations}});
  }
  return values;
}

Json ReadingValues(const std::vector<LearnedAnswer>& reading) {
  Json values = Json::array();
  for (const LearnedAnswer& answer : reading) {
    values.push_back({{"question", TextValue(answer.question)},
                      {"possible", TextValues(answer.possible)},
                      {"settled", answer.settled},
                      {"asked", answer.asked},
                      {"evidence", answer.evidence},
                      {"why_open", TextValue(answer.why_open)}});
  }
  return values;
}

Json ParameterTallies(const std::vector<ParameterTally>& parameters) {
  Json values = Json::array();
  for (const ParameterTally& parameter : parameters) {
    values.push_back({{"name", TextValue(parameter.name)},
                      {"given", parameter.given},
                      {"compared", parameter.compared},
                      {"effective", parameter.effective}});
  }
  return values;
}

void Append(std::string_view text, fmt::memory_buffer* out) {
  out->append(text.data(), text.data() + text.size());
}

void AppendText(std::string_view text, fmt::memory_buffer* out) {
  if (IsUtf8(text)) return AppendJsonString(text, out);
  Append("{\"base64\":", out);
  AppendJsonString(Base64(text), out);
  out->push_back('}');
}

// `key` is written as it is: `,"key":`.
void AppendMember(std::string_view key, std::string_view text, fmt::memory_buffer* out) {
  Append(key, out);
  AppendText(text, out);
}

void AppendRules(const std::vector<std::string>& rules, fmt::memory_buffer* out) {
  Append(",\"rules\":[", out);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendText(rules[i], out);
  }
  out->push_back(']');
}

void AppendParameters(const Pairs& parameters, fmt::memory_buffer* out) {
  Append(",\"parameters\":[", out);
  bool first = true;
  for (const auto& [name, value] : parameters) {
    if (IsSecret(name)) continue;
    Append(std::exchange(first, false) ? "[" : ",[", out);
    AppendText(name, out);
    out->push_back(',');
    AppendText(value, out);
    out->push_back(']');
  }
  out->push_back(']');
}

void AppendBody(std::string_view body, std::size_t limit, fmt::memory_buffer* out) {
  fmt::format_to(fmt::appender(*out), ",\"body_bytes\":{}", body.size());
  if (body.size() > limit) Append(",\"cut\":true", out);
  const std::string_view kept = CutUtf8(body, limit);
  if (IsUtf8(kept)) return AppendMember(",\"body\":", kept, out);
  AppendMember(",\"body_base64\":", Base64(kept), out);
}

Json RepeatsValue(const Repeats& repeats) { return Json::array({repeats.failed, repeats.tried}); }

Json RequestValues(const std::vector<RequestRecord>& requests) {
  Json values = Json::array();
  for (const RequestRecord& request : requests) {
    values.push_back({{"method", TextValue(request.method)},
                      {"placement", TextValue(request.placement)},
                      {"encoding", TextValue(request.encoding)},
                      {"parameters", PairValues(request.parameters)}});
  }
  return values;
}

}  // namespace

std::string HeaderLine(const RunHeader& header) {
  const Json line = {{"type", "header"},
                     {"assay", TextValue(header.assay)},
                     {"spec_hash", TextValue(header.spec_hash)},
                     {"target", TextValue(HideSecrets(header.target))},
                     {"dataset", TextValue(header.dataset)},
                     {"seed", header.seed},
                     {"started", TextValue(header.started)},
                     {"options", PairValues(header.options)}};
  return line.dump() + "\n";
}

std::string FindingLine(const Finding& finding) {
  const Json line = {{"type", "finding"},
                     {"id", TextValue(finding.id)},
                     {"rule", TextValue(finding.rule)},
                     {"kind", TextValue(finding.kind)},
                     {"stability", TextValue(finding.stability)},
                     {"repeated", RepeatsValue(finding.repeated)},
                     {"overlapping", RepeatsValue(finding.overlapping)},
                     {"occurrences", finding.occurrences},
                     {"statement", TextValue(finding.statement)},
                     {"source", TextValue(finding.source)},
                     {"method", TextValue(finding.method)},
                     {"placement", TextValue(finding.placement)},
                     {"encoding", TextValue(finding.encoding)},
                     {"forgery", TextValue(finding.forgery)},
                     {"parameters", PairValues(finding.parameters)},
                     {"before", RequestValues(finding.before)},
                     {"expected", TextValue(HideSecrets(finding.expected))},
                     {"actual", TextValue(HideSecrets(finding.actual))},
                     {"evidence", finding.evidence},
                     {"diagnosis", TextValues(finding.diagnosis)},
                     {"diagnosed", finding.diagnosed},
                     {"also", TextValues(finding.also)}};
  return line.dump() + "\n";
}

std::string TrailerLine(const RunTrailer& trailer) {
  const Json line = {{"type", "trailer"},
                     {"verdict", TextValue(trailer.verdict)},
                     {"exit_code", trailer.exit_code},
                     {"seconds", trailer.seconds},
                     {"exchanges", trailer.exchanges},
                     {"judged", trailer.judged},
                     {"throttled", trailer.throttled},
                     {"reason", TextValue(HideSecrets(trailer.reason))},
                     {"rules", RuleValues(trailer.rules)},
                     {"reading", ReadingValues(trailer.reading)},
                     {"not_exercised", TextValues(trailer.not_exercised)},
                     {"parameters", ParameterTallies(trailer.parameters)}};
  return line.dump() + "\n";
}

void AppendExchangeLine(const ExchangeRecord& exchange, std::size_t body_limit,
                        fmt::memory_buffer* out) {
  fmt::format_to(fmt::appender(*out), "{{\"type\":\"exchange\",\"id\":{}", exchange.id);
  AppendMember(",\"verdict\":", exchange.verdict, out);
  AppendRules(exchange.rules, out);
  AppendMember(",\"suite\":", exchange.suite, out);
  AppendMember(",\"test\":", exchange.test, out);
  AppendMember(",\"method\":", exchange.method, out);
  AppendMember(",\"placement\":", exchange.placement, out);
  if (exchange.encoding != "percent") AppendMember(",\"encoding\":", exchange.encoding, out);
  if (exchange.forgery != "none") AppendMember(",\"forgery\":", exchange.forgery, out);
  if (!exchange.request_id.empty()) AppendMember(",\"request_id\":", exchange.request_id, out);
  if (!exchange.next_token.empty()) AppendMember(",\"next_token\":", exchange.next_token, out);
  AppendParameters(exchange.parameters, out);
  fmt::format_to(fmt::appender(*out), ",\"status\":{},\"latency_us\":{}", exchange.status,
                 exchange.latency_us);
  AppendMember(",\"content_type\":", exchange.content_type, out);
  // An answer that is as documented holds no secret; looking for one would cost as much as the
  // writing.
  if (exchange.verdict == "conforms" && exchange.status == 200) {
    AppendBody(exchange.body, body_limit, out);
  } else {
    AppendBody(HideSecrets(exchange.body), body_limit, out);
  }
  Append("}\n", out);
}

}  // namespace assay
