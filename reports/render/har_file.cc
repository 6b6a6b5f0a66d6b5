#include "reports/render/har_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/render/curl.h"
#include "reports/text/secrets.h"
#include "spec/text/base64.h"
#include "spec/text/percent.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBodies = 8 * 1024 * 1024;
constexpr const char* kFormType = "application/x-www-form-urlencoded";

Json NamedValues(const std::vector<Parameter>& parameters) {
  Json values = Json::array();
  for (const auto& [name, value] : parameters) values.push_back({{"name", name}, {"value", value}});
  return values;
}

std::string HarTime(const std::string& started) {
  // HAR wants a time zone and allows no missing time.
  return started.size() == 20 ? started : "1970-01-01T00:00:00Z";
}

Json RequestEntry(const RecordedRun& run, const Request& request) {
  const SentParts parts = PartsOf(request);
  std::string form;
  AppendForm(parts.form, &form, request.encoding);
  Json out = {
      {"method", request.method},  {"url", UrlOf(run.header.target, parts.query, request.encoding)},
      {"httpVersion", "HTTP/1.1"}, {"cookies", Json::array()},
      {"headers", Json::array()},  {"queryString", NamedValues(parts.query)},
      {"headersSize", -1},         {"bodySize", form.size()}};
  if (!form.empty()) {
    out["headers"].push_back({{"name", "Content-Type"}, {"value", kFormType}});
    out["postData"] = {{"mimeType", kFormType}, {"text", form}};
  }
  return out;
}

// `room` is what bodies may still take.
Json ResponseEntry(const RecordedExchange& recorded, std::size_t* room) {
  const ExchangeRecord& exchange = recorded.exchange;
  Json headers = {{{"name", "Content-Type"}, {"value", exchange.content_type}}};
  if (!exchange.request_id.empty()) {
    headers.push_back({{"name", "x-acs-request-id"}, {"value", exchange.request_id}});
  }
  Json content = {{"size", recorded.body_bytes}, {"mimeType", exchange.content_type}};
  const std::string body = HideSecrets(exchange.body);
  // Of a body that was not kept there is no text, so that nobody takes it for an empty one.
  if (!recorded.body_cut && body.size() <= *room) {
    *room -= body.size();
    const bool plain = IsValidUtf8(body);
    content["text"] = plain ? body : ToBase64(body);
    if (!plain) content["encoding"] = "base64";
  }
  return {{"status", exchange.status},
          {"statusText", ""},
          {"httpVersion", "HTTP/1.1"},
          {"cookies", Json::array()},
          {"headers", std::move(headers)},
          {"content", std::move(content)},
          {"redirectURL", ""},
          {"headersSize", -1},
          {"bodySize", recorded.body_bytes}};
}

}  // namespace

std::string HarText(const RecordedRun& run) {
  Json entries = Json::array();
  std::size_t room = kMostBodies;
  for (const RecordedExchange& recorded : run.evidence) {
    const double wait =
        static_cast<double>(std::max<std::int64_t>(0, recorded.exchange.latency_us)) / 1000;
    entries.push_back({{"startedDateTime", HarTime(run.header.started)},
                       {"time", wait},
                       {"request", RequestEntry(run, recorded.exchange.request)},
                       {"response", ResponseEntry(recorded, &room)},
                       {"cache", Json::object()},
                       {"timings", {{"send", 0}, {"wait", wait}, {"receive", 0}}},
                       {"_exchange", recorded.exchange.id},
                       {"_verdict", NameOf(recorded.exchange.verdict)}});
  }
  const Json har = {{"log",
                     {{"version", "1.2"},
                      {"creator", {{"name", "Assay"}, {"version", run.header.assay}}},
                      {"entries", std::move(entries)}}}};
  return har.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace assay
