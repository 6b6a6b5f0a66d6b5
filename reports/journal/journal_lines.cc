#include "reports/journal/journal_lines.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/journal/shared_bodies.h"
#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/text/base64.h"
#include "spec/text/hash.h"
#include "spec/text/json_text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShortestShared = 200;   // bytes of a body; a digest takes 50
constexpr std::size_t kMostDigests = 200'000;  // bounds the memory

Json TextValue(std::string_view text) {
  if (IsValidUtf8(text)) return std::string(text);
  return Json{{"base64", ToBase64(text)}};
}

Json TextValues(const std::vector<std::string>& texts) {
  Json values = Json::array();
  for (const std::string& text : texts) values.push_back(TextValue(text));
  return values;
}

template <typename NameAndValue>
Json PairValues(const std::vector<NameAndValue>& pairs) {
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
                      {"level", NameOf(rule.level)},
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

Json UnforeseenValues(const std::vector<UnforeseenAnswer>& unforeseen) {
  Json values = Json::array();
  for (const UnforeseenAnswer& answer : unforeseen) {
    values.push_back({{"request", TextValue(HideSecrets(answer.request))},
                      {"foreseen", TextValue(answer.foreseen)},
                      {"answer", TextValue(HideSecrets(answer.answer))},
                      {"count", answer.count}});
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

Json CampaignValue(const CampaignTally& campaign) {
  Json samples = Json::array();
  for (const CampaignSample& sample : campaign.samples) {
    samples.push_back({{"seconds", sample.seconds},
                       {"inputs", sample.inputs},
                       {"requests", sample.requests},
                       {"features", sample.features},
                       {"findings", sample.findings},
                       {"corpus", sample.corpus}});
  }
  return {{"ended", TextValue(campaign.ended)},
          {"workers", campaign.workers},
          {"shown_once", campaign.shown_once},
          {"shown_twice", campaign.shown_twice},
          {"samples", std::move(samples)}};
}

void Append(std::string_view text, fmt::memory_buffer* out) {
  out->append(text.data(), text.data() + text.size());
}

void AppendText(std::string_view text, fmt::memory_buffer* out) {
  if (IsValidUtf8(text)) return AppendJsonText(text, out);
  Append("{\"base64\":", out);
  AppendJsonText(ToBase64(text), out);
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

void AppendParameters(const std::vector<Parameter>& parameters, fmt::memory_buffer* out) {
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

void AppendOwn(const std::vector<SplitBody::Own>& own, fmt::memory_buffer* out) {
  Append(",\"own\":[", out);
  for (std::size_t i = 0; i < own.size(); ++i) {
    fmt::format_to(fmt::appender(*out), "{}[{},", i > 0 ? "," : "", own[i].at);
    AppendText(own[i].text, out);
    out->push_back(']');
  }
  out->push_back(']');
}

// Writes the digest of the body; false if that does not suffice, since it is new.
bool AppendDigest(std::string_view body, WrittenBodies* written, fmt::memory_buffer* out) {
  const SplitBody split = Split(body);
  const std::string digest = ShortDigest(split.common);
  if (!written->contains(digest)) {
    if (written->size() >= kMostDigests) return false;
    written->insert(digest);
    AppendMember(",\"body_hash\":", digest, out);
    return false;
  }
  AppendMember(",\"body_hash\":", digest, out);
  AppendOwn(split.own, out);
  return true;
}

void AppendBody(std::string_view body, std::size_t limit, WrittenBodies* written,
                fmt::memory_buffer* out) {
  fmt::format_to(fmt::appender(*out), ",\"body_bytes\":{}", body.size());
  const bool whole = body.size() <= limit && body.size() >= kShortestShared;
  if (written && whole && IsValidUtf8(body) && AppendDigest(body, written, out)) return;
  if (body.size() > limit) Append(",\"cut\":true", out);
  const std::string_view kept = CutUtf8(body, limit);
  if (IsValidUtf8(kept)) return AppendMember(",\"body\":", kept, out);
  AppendMember(",\"body_base64\":", ToBase64(kept), out);
}

Json RepeatsValue(const Repeats& repeats) { return Json::array({repeats.failed, repeats.tried}); }

Json RequestValues(const std::vector<Request>& requests) {
  Json values = Json::array();
  for (const Request& request : requests) {
    values.push_back({{"method", TextValue(request.method)},
                      {"placement", NameOf(request.placement)},
                      {"encoding", NameOf(request.encoding)},
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

namespace {

Json AnswerValue(const ShownAnswer& answer) {
  return {{"status", answer.status},
          {"content_type", TextValue(answer.content_type)},
          {"body", TextValue(HideSecrets(answer.body))}};
}

std::string LineOf(const Finding& finding, const char* type) {
  Json line = {{"type", type},
               {"id", TextValue(finding.id)},
               {"rule", TextValue(finding.rule)},
               {"kind", NameOf(finding.kind)},
               {"stability", NameOf(finding.stability)},
               {"repeated", RepeatsValue(finding.repeated)},
               {"overlapping", RepeatsValue(finding.overlapping)},
               {"occurrences", finding.occurrences},
               {"statement", TextValue(finding.statement)},
               {"source", TextValue(finding.source)},
               {"method", TextValue(finding.request.method)},
               {"placement", NameOf(finding.request.placement)},
               {"encoding", NameOf(finding.request.encoding)},
               {"forgery", NameOf(finding.request.forgery)},
               {"parameters", PairValues(finding.request.parameters)},
               {"before", RequestValues(finding.before)},
               {"expected", TextValue(HideSecrets(finding.expected))},
               {"actual", TextValue(HideSecrets(finding.actual))},
               {"evidence", finding.evidence},
               {"diagnosis", TextValues(finding.diagnosis)},
               {"diagnosed", finding.diagnosed},
               {"also", TextValues(finding.also)}};
  if (!finding.cause.empty()) line["cause"] = TextValue(finding.cause);
  if (finding.variant) line["variant"] = true;
  if (finding.answer.status != 0) line["answer"] = AnswerValue(finding.answer);
  if (finding.example.status != 0) line["example"] = AnswerValue(finding.example);
  return line.dump() + "\n";
}

}  // namespace

std::string FindingLine(const Finding& finding) { return LineOf(finding, "finding"); }
std::string SightingLine(const Finding& finding) { return LineOf(finding, "sighting"); }

std::uint64_t RequestDigest(const Request& request) {
  std::uint64_t hash = MixHash(kHashStart, request.method);
  hash = MixHash(MixHash(hash, NameOf(request.placement)), NameOf(request.encoding));
  hash = MixHash(hash, NameOf(request.forgery));
  for (const auto& [name, value] : WithoutSecrets(request.parameters)) {
    hash = MixHash(MixHash(hash, name), value);
  }
  return hash;
}

std::string TrailerLine(const RunTrailer& trailer) {
  Json line = {{"type", "trailer"},
               {"verdict", NameOf(trailer.verdict)},
               {"exit_code", trailer.exit_code},
               {"seconds", trailer.seconds},
               {"exchanges", trailer.exchanges},
               {"judged", trailer.judged},
               {"throttled", trailer.throttled},
               {"reason", TextValue(HideSecrets(trailer.reason))},
               {"rules", RuleValues(trailer.rules)},
               {"reading", ReadingValues(trailer.reading)},
               {"not_exercised", TextValues(trailer.not_exercised)},
               {"parameters", ParameterTallies(trailer.parameters)},
               {"unforeseen", UnforeseenValues(trailer.unforeseen)}};
  if (trailer.campaign) line["campaign"] = CampaignValue(*trailer.campaign);
  return line.dump() + "\n";
}

void AppendExchangeLine(const ExchangeRecord& exchange, std::size_t body_limit,
                        fmt::memory_buffer* out, WrittenBodies* written) {
  const Request& request = exchange.request;
  fmt::format_to(fmt::appender(*out), "{{\"type\":\"exchange\",\"id\":{}", exchange.id);
  AppendMember(",\"verdict\":", NameOf(exchange.verdict), out);
  AppendRules(exchange.rules, out);
  AppendMember(",\"suite\":", exchange.suite, out);
  AppendMember(",\"test\":", exchange.test, out);
  AppendMember(",\"method\":", request.method, out);
  AppendMember(",\"placement\":", NameOf(request.placement), out);
  if (request.encoding != FormEncoding::kPercent) {
    AppendMember(",\"encoding\":", NameOf(request.encoding), out);
  }
  if (request.forgery != Forgery::kNone) {
    AppendMember(",\"forgery\":", NameOf(request.forgery), out);
  }
  if (!exchange.request_id.empty()) AppendMember(",\"request_id\":", exchange.request_id, out);
  if (!exchange.next_token.empty()) AppendMember(",\"next_token\":", exchange.next_token, out);
  AppendParameters(request.parameters, out);
  fmt::format_to(fmt::appender(*out), ",\"status\":{},\"latency_us\":{}", exchange.status,
                 exchange.latency_us);
  AppendMember(",\"content_type\":", exchange.content_type, out);
  // A conforming answer holds no secret; looking for one would cost as much as writing it.
  if (exchange.verdict == ExchangeVerdict::kConforms && exchange.status == 200) {
    AppendBody(exchange.body, body_limit, written, out);
  } else {
    AppendBody(HideSecrets(exchange.body), body_limit, written, out);
  }
  Append("}\n", out);
}

}  // namespace assay
