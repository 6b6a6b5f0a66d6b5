// Faults of how requests travel: encoding, signatures, transport.
#include <algorithm>
#include <chrono>
#include <thread>

#include "reference/faults/families.h"
#include "reference/wire/http_server.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

void AddWireValues(std::vector<Fault>& out) {
  // What a value that decodes wrongly may break.
  const std::vector<Rule> rules = {"encoding.request.percent"_rule,
                                   "encoding.request.non_ascii"_rule,
                                   "encoding.request.plus"_rule,
                                   "filter.snapshot_name.selects"_rule,
                                   "tag.key.selects"_rule,
                                   "tag.value.selects"_rule,
                                   "tag.text.exact"_rule,
                                   "page.total_count.matches"_rule,
                                   "request.reading.consistent"_rule,
                                   "request.valid.accepted"_rule,
                                   "tag.pair.one_tag"_rule,
                                   "tag.several.all"_rule,
                                   "request.parameters.conjunction"_rule};
  const auto add = [&](const char* id, const char* title, int difficulty,
                       std::function<void(Request&, Parameter&)> change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kReceive,
                   .difficulty = difficulty,
                   .breaks = rules,
                   .parse = [change = std::move(change)](const Scene&, Request& request) {
                     for (Parameter& parameter : request.parameters) change(request, parameter);
                   }});
  };
  const auto cut_at = [](char c) {
    return [c](Request&, Parameter& p) { p.value = p.value.substr(0, p.value.find(c)); };
  };
  add("encoding.percent.decoded_twice", "decodes values twice", 3,
      [](Request&, Parameter& p) { p.value = FormDecode(p.value); });
  add("encoding.percent.not_decoded", "does not decode %-escapes of reserved characters", 2,
      [](Request&, Parameter& p) {
        for (const auto& [plain, escaped] : {std::pair{"%", "%25"}, std::pair{"&", "%26"},
                                             std::pair{"=", "%3D"}, std::pair{"+", "%2B"}}) {
          p.value = ReplacedAll(p.value, plain, escaped);
        }
      });
  add("encoding.ampersand.ends_value", "ends a value at an escaped &", 3, cut_at('&'));
  add("encoding.equals.ends_value", "ends a value at an escaped =", 3, cut_at('='));
  add("encoding.plus.escaped_as_blank", "reads an escaped + as a blank", 3,
      [](Request&, Parameter& p) { p.value = ReplacedAll(p.value, "+", " "); });
  add("encoding.plus.kept", "reads a + that means a space as a +", 3,
      [](Request& request, Parameter& p) {
        if (request.encoding == FormEncoding::kPlus) p.value = ReplacedAll(p.value, " ", "+");
      });
  add("encoding.non_ascii.dropped", "drops characters beyond ASCII from values", 3,
      [](Request&, Parameter& p) {
        std::erase_if(p.value, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
      });
  add("encoding.non_ascii.first_byte", "ends a value at the first character beyond ASCII", 3,
      [](Request&, Parameter& p) {
        const auto at = std::ranges::find_if(
            p.value, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
        p.value.erase(at, p.value.end());
      });
}

// Whether the request asks for the format, in whatever letter case.
bool AsksFor(const Scene& s, std::string_view format) {
  return SmallLetters(s.Value("Format")) == SmallLetters(format);
}

Fault WrongFormat(const char* id, const char* title, const char* from, const char* to, Rule rule) {
  return {.id = id,
          .title = title,
          .stage = Stage::kParse,
          .difficulty = 1,
          .breaks = {rule},
          .when = [from](const Scene& s) { return AsksFor(s, from); },
          .parse = [to](const Scene&, Request& request) { request.Set("Format", to); }};
}

void AddFormats(std::vector<Fault>& out) {
  out.push_back(WrongFormat("encoding.format.always_json", "answers in JSON if XML is asked for",
                            "XML", "JSON", "encoding.format.xml"_rule));
  out.push_back(WrongFormat("encoding.format.always_xml", "answers in XML if JSON is asked for",
                            "JSON", "XML", "encoding.format.json"_rule));
  out.push_back({.id = "encoding.format.errors_in_json",
                 .title = "answers errors in JSON if XML is asked for",
                 .stage = Stage::kRender,
                 .difficulty = 2,
                 .breaks = {"encoding.format.xml"_rule},
                 .answer = [](const Scene&, Response& answer) {
                   if (answer.status < 400 || !answer.body.starts_with("<")) return;
                   answer.content_type = "application/json;charset=utf-8";
                   answer.body = "{\"RequestId\":\"" + answer.request_id +
                                 "\",\"HostId\":\"ecs\",\"Code\":\"InvalidParameter\","
                                 "\"Message\":\"The specified parameter is not valid.\"}";
                 }});
}

void AddPlacements(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, std::vector<Rule> breaks, auto when,
                       auto parse) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kReceive,
                   .difficulty = 2,
                   .breaks = std::move(breaks),
                   .when = when,
                   .parse = parse});
  };
  const auto is_common = [](const Parameter& p) {
    return p.name == "Action" || p.name == "Version" || p.name == "Format" || p.name == "RegionId";
  };
  add(
      "encoding.form.ignored", "does not read a form",
      {"encoding.request.form"_rule, "request.valid.accepted"_rule, "error.code.belongs"_rule,
       "request.open.admissible"_rule, "error.code.known"_rule},
      [](const Scene& s) { return s.request.placement == Placement::kForm; },
      [](const Scene&, Request& request) { request.parameters.clear(); });
  add(
      "encoding.form.filters_ignored", "reads common parameters only from a form",
      {"encoding.request.form"_rule, "encoding.request.split"_rule, "page.total_count.matches"_rule,
       "filter.status.accomplished"_rule, "filter.status.failed"_rule,
       "request.parameters.conjunction"_rule, "ids.list.selects"_rule},
      [](const Scene& s) { return s.request.placement != Placement::kQuery; },
      [is_common](const Scene&, Request& request) {
        std::erase_if(request.parameters, [&](const Parameter& p) { return !is_common(p); });
      });
  add(
      "encoding.post.query_ignored", "does not read the query of a POST",
      {"encoding.request.post_query"_rule, "encoding.request.split"_rule,
       "request.valid.accepted"_rule},
      [](const Scene& s) {
        return s.request.method == "POST" && s.request.placement == Placement::kQuery;
      },
      [](const Scene&, Request& request) { request.parameters.clear(); });
  out.push_back({.id = "encoding.method.put_performed",
                 .title = "performs requests with the method PUT",
                 .stage = Stage::kReceive,
                 .difficulty = 2,
                 .breaks = {"encoding.method.other"_rule},
                 .when = [](const Scene& s) { return s.request.method == "PUT"; },
                 .parse = [](const Scene&, Request& request) { request.method = "GET"; }});
}

// Ways of writing a request that an author may not have thought of: nothing is read then.
void AddUnreadEncodings(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, FormEncoding encoding, Rule rule) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kReceive,
                   .difficulty = 3,
                   .breaks = {rule},
                   .when = [encoding](const Scene& s) { return s.request.encoding == encoding; },
                   .parse = [](const Scene&, Request& request) { request.parameters.clear(); }});
  };
  add("encoding.escapes.small_letters", "does not read escapes in small letters",
      FormEncoding::kLowerHex, "encoding.request.lower_hex"_rule);
  add("encoding.escapes.of_names", "does not read names that are escaped", FormEncoding::kEscaped,
      "encoding.request.escaped"_rule);
  add("encoding.form.charset_unread", "does not read a form whose media type names a charset",
      FormEncoding::kCharset, "encoding.request.charset"_rule);
  add("encoding.form.chunks_unread", "does not read a form that is sent in chunks",
      FormEncoding::kChunked, "encoding.request.chunked"_rule);
}

// What a signature that is checked still does not cover.
void AddUncovered(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, Forgery blind, Rule rule) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kAuthenticate,
                   .difficulty = 3,
                   .breaks = {rule},
                   .blind = blind});
  };
  const Rule parameters = "auth.signature.covers_parameters"_rule;
  add("auth.signature.names_only", "signs the name of the last parameter without its value",
      Forgery::kValue, parameters);
  add("auth.signature.without_format", "leaves Format out of what is signed",
      Forgery::kCommonParameter, parameters);
  add("auth.signature.without_dry_run", "leaves DryRun out of what is signed", Forgery::kDryRun,
      parameters);
  add("auth.signature.with_page_number", "signs a PageNumber that was not sent", Forgery::kRemoved,
      parameters);
  add("auth.signature.any_method", "leaves the method out of what is signed", Forgery::kMethod,
      "auth.signature.covers_method"_rule);
  const Rule whole = "auth.signature.whole"_rule;
  add("auth.signature.half", "accepts the beginning of a signature", Forgery::kHalf, whole);
  add("auth.signature.any_letters", "compares signatures without regard to letter case",
      Forgery::kLetters, whole);
  add("auth.signature.empty", "accepts an empty signature", Forgery::kEmpty, whole);
  add("auth.signature.any_algorithm", "answers if it does not know the method of signing",
      Forgery::kSignatureMethod, "auth.signature.method"_rule);
  add("auth.body.uncovered", "does not compare the hash of the body", Forgery::kBodyHash,
      "auth.signature.covers_body"_rule);
  add("auth.headers.uncovered", "accepts a signature that covers hardly any header",
      Forgery::kUnsignedHeaders, "auth.signature.covers_headers"_rule);
  add("auth.time.future_unchecked", "accepts times of signing in the future", Forgery::kFuture,
      "auth.time.limited"_rule);
  add("auth.time.any_text", "accepts a time of signing that is none", Forgery::kTimeFormat,
      "auth.time.given"_rule);
  add("auth.time.optional", "accepts a signature without its time", Forgery::kTimeMissing,
      "auth.time.given"_rule);
}

}  // namespace

void AddEncodingFaults(std::vector<Fault>& out) {
  AddWireValues(out);
  AddPlacements(out);
  AddUnreadEncodings(out);
  AddFormats(out);
}

void AddAuthFaults(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, Forgery blind, std::vector<Rule> breaks) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kAuthenticate,
                   .difficulty = 2,
                   .breaks = std::move(breaks),
                   .blind = blind});
  };
  add("auth.signature.unchecked", "does not check signatures", Forgery::kSignature,
      {"auth.signature.verified"_rule});
  add("auth.signature.optional", "answers requests without a signature", Forgery::kUnsigned,
      {"auth.signature.required"_rule});
  add("auth.signature.known_parameters_only", "signs only the parameters that were there",
      Forgery::kParameter, {"auth.signature.covers_parameters"_rule});
  add("auth.time.unchecked", "does not check the time of a signature", Forgery::kTime,
      {"auth.time.limited"_rule});
  add("auth.nonce.unchecked", "accepts a nonce a second time", Forgery::kNonce,
      {"auth.nonce.once"_rule});
  const auto says = [&](const char* id, const char* title, Rule rule, auto change) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kAuthenticate,
                   .difficulty = 3,
                   .breaks = {rule},
                   .turned_away = change});
  };
  says("auth.refusal.other_code", "refuses wrong signatures with Forbidden",
       "auth.refusal.code"_rule, [](std::string& code, std::string&) {
         if (code == "SignatureDoesNotMatch") code = "Forbidden";
       });
  says("auth.refusal.no_string", "does not tell the string that it signed",
       "auth.refusal.text"_rule, [](std::string& code, std::string& message) {
         if (code == "SignatureDoesNotMatch") message = "Wrong signature.";
       });
  const auto in_parameters = [&](const char* id, const char* title, Forgery blind, Rule rule) {
    add(id, title, blind, {rule});
    out.back().in_parameters = true;
  };
  in_parameters("auth.parameters.unchecked", "checks signatures in headers, not in parameters",
                Forgery::kSignature, "auth.signature.verified"_rule);
  in_parameters("auth.parameters.value_uncovered",
                "signs in parameters without the values that were there", Forgery::kValue,
                "auth.signature.covers_parameters"_rule);
  in_parameters("auth.parameters.nonce_again", "accepts a nonce again in parameters",
                Forgery::kNonce, "auth.nonce.once"_rule);
  in_parameters("auth.parameters.any_time", "does not check the time in parameters", Forgery::kTime,
                "auth.time.limited"_rule);
  add("auth.key.unchecked", "accepts every access key", Forgery::kKey, {"auth.key.known"_rule});
  AddUncovered(out);
}

void AddTransportFaults(std::vector<Fault>& out) {
  const auto add = [&](const char* id, const char* title, int difficulty,
                       std::function<void(const Scene&, HttpResponse&)> send) {
    out.push_back({.id = id,
                   .title = title,
                   .stage = Stage::kSend,
                   .difficulty = difficulty,
                   .breaks = {"encoding.http.complete"_rule, "encoding.json.well_formed"_rule,
                              "encoding.xml.well_formed"_rule},
                   .wire = true,
                   .send = std::move(send)});
  };
  const auto length = [](HttpResponse& out_response, std::ptrdiff_t by) {
    const auto size = static_cast<std::ptrdiff_t>(out_response.body.size());
    out_response.Set("Content-Length", std::to_string(std::max<std::ptrdiff_t>(0, size + by)));
  };
  add("transport.length.too_short", "announces fewer bytes than it sends", 1,
      [length](const Scene&, HttpResponse& response) { length(response, -2); });
  add("transport.length.too_long", "announces more bytes than it sends, and closes", 1,
      [length](const Scene&, HttpResponse& response) {
        length(response, 7);
        response.close_after = true;
      });
  add("transport.length.of_characters", "announces characters instead of bytes", 3,
      [length](const Scene&, HttpResponse& response) {
        const auto more = std::ranges::count_if(
            response.body, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });
        if (more > 0) length(response, -more);
      });
  add("transport.error.closes", "closes the connection instead of sending an error", 1,
      [](const Scene&, HttpResponse& response) {
        if (response.status >= 400) response.cut_after = 0;
      });
  add("transport.error.half", "sends half of an error and closes", 2,
      [](const Scene&, HttpResponse& response) {
        if (response.status >= 400) response.cut_after = 40;
      });
  add("transport.error.spills", "sends more bytes after an error than it announces", 2,
      [length](const Scene&, HttpResponse& response) {
        if (response.status >= 400) length(response, -9);
      });
  add("transport.body.at_most_16k", "sends at most 16 KiB of an answer, and closes", 3,
      [](const Scene&, HttpResponse& response) {
        if (response.body.size() > 16384) response.cut_after = 16384;
      });
  add("transport.header.half", "breaks off within the headers", 1,
      [](const Scene&, HttpResponse& response) { response.cut_after = 60; });
  out.push_back({.id = "transport.far_page.slow",
                 .title = "takes more than 3 seconds for a page beyond the millionth",
                 .stage = Stage::kPage,
                 .difficulty = 4,
                 .breaks = {"encoding.http.in_time"_rule},
                 .wire = true,
                 .when = [](const Scene& s) { return s.PageNumber() >= 1'000'000; },
                 .page =
                     [](const Scene&, RenderedList&) {
                       std::this_thread::sleep_for(std::chrono::milliseconds(3100));
                     }});
}

}  // namespace assay
