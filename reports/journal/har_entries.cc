#include "reports/journal/har_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "reports/text/secrets.h"
#include "spec/catalogue/data_file.h"
#include "spec/text/base64.h"
#include "spec/text/letters.h"
#include "spec/text/text_file.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kMostBytes = 512 * 1024 * 1024;
constexpr int kDeepest = 64;  // a HAR file nests about ten levels

// Nesting is checked before the text is parsed: the parser must not run out of stack.
bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

// The host and port that an address names, "" if it names none.
std::string HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos)
    url.remove_prefix(at + 1);
  return SmallLetters(url);
}

// What counts as one target: a host, or all the regional endpoints of the real service together.
std::string TargetAt(const std::string& host) {
  const std::string name = host.substr(0, host.find(':'));
  return name.ends_with(".aliyuncs.com") ? "aliyuncs.com" : host;
}

struct Pieces {
  std::vector<Parameter> query, form;
  bool plus = false;  // a blank was sent as "+"
};

// Takes one file apart.
class HarReader {
 public:
  HarReader(std::string_view text, const std::string& name) : file_(text, name) {}

  Result<HarEntries> Read() {
    if (file_.sound()) ReadLog();
    if (!file_.sound()) return Shown(file_.error());
    return std::move(out_);
  }

 private:
  // Without the text around a mistake: it may be a key or a signature.
  static Error Shown(Error error) {
    error.what = error.what.substr(0, error.what.find("; last read"));
    return error;
  }

  void ReadLog() {
    ObjectReader root(file_, file_.root(), "");
    const Json* log_value = root.Find("log");
    if (!log_value) return file_.Complain("", "not a HAR file: it has no `log`");
    ObjectReader log(file_, *log_value, "log");
    const std::string version = log.TextOr("version", "1.2");
    if (!version.starts_with("1.")) {
      return log.Complain("version", fmt::format("`{}`: HAR 1.2 can be read", version));
    }
    std::size_t number = 0;
    for (const Json* entry : log.List("entries")) {
      ReadEntry(*entry, fmt::format("log.entries[{}]", number), number + 1);
      ++number;
      if (!file_.sound()) return;
    }
  }

  void ReadEntry(const Json& value, const std::string& place, std::uint64_t id) {
    ObjectReader entry(file_, value, place);
    const Json* request = entry.Find("request");
    if (!request) return entry.Complain("request", "is missing");
    RecordedExchange recorded;
    recorded.exchange.id = id;
    if (!ReadRequest(*request, entry.PlaceOf("request"), recorded.exchange.request)) return;
    const Json* response = entry.Find("response");
    if (!response) return entry.Complain("response", "is missing");
    ReadResponse(*response, entry.PlaceOf("response"), recorded);
    if (!file_.sound()) return;
    out_.entries.push_back({std::move(recorded), TargetAt(host_)});
  }

  // False if it is not one of DescribeSnapshots, or wrong.
  bool ReadRequest(const Json& value, const std::string& place, Request& out) {
    ObjectReader request(file_, value, place);
    out.method = request.Text("method");
    const std::string url = request.Text("url");
    const auto headers = Headers(request);
    host_ = HostOf(url);
    if (host_.empty() && headers.contains("host")) host_ = SmallLetters(headers.at("host"));
    Pieces pieces = ReadQuery(request, url);
    ReadForm(request, pieces);
    if (!file_.sound()) return false;
    std::string action = ActionOf(pieces);
    if (action.empty() && headers.contains("x-acs-action")) {
      action = headers.at("x-acs-action");
      pieces.query.insert(pieces.query.begin(), {"Action", action});
    }
    if (action != "DescribeSnapshots") {
      ++out_.others;
      return false;
    }
    NoteAccepted(headers);
    WriteRequest(pieces, out);
    return true;
  }

  std::map<std::string, std::string> Headers(ObjectReader& owner) {
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : Pairs(owner, "headers")) {
      out[SmallLetters(name)] = value;
    }
    return out;
  }

  // A list of {"name", "value"}; empty if it is absent.
  std::vector<std::pair<std::string, std::string>> Pairs(ObjectReader& owner,
                                                         const std::string& key) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const Json* element : owner.List(key, false)) {
      ObjectReader pair(file_, *element, fmt::format("{}[{}]", owner.PlaceOf(key), out.size()));
      const std::string name = pair.Text("name");
      out.emplace_back(name, pair.TextOr("value", ""));
    }
    return out;
  }

  // The address says it as it was sent; tools differ in whether they decode `queryString`.
  Pieces ReadQuery(ObjectReader& request, const std::string& url) {
    Pieces out;
    std::string_view query = url;
    query = query.substr(0, query.find('#'));
    query.remove_prefix(std::min(query.find('?'), query.size()));
    if (query.size() > 1) {
      out.query = ParseForm(query.substr(1));
      out.plus = query.find('+') != std::string_view::npos;
    } else {
      for (const auto& [name, value] : Pairs(request, "queryString")) {
        out.query.push_back({name, value});
      }
    }
    return out;
  }

  void ReadForm(ObjectReader& request, Pieces& out) {
    const Json* data = request.Find("postData");
    if (!data || data->is_null()) return;
    ObjectReader post(file_, *data, request.PlaceOf("postData"));
    const std::string media_type = post.TextOr("mimeType", "");
    std::string text = post.TextOr("text", "");
    // No HAR version has this for requests, but tools write it.
    for (const char* key : {"encoding", "_encoding"}) {
      if (post.TextOr(key, "") != "base64") continue;
      std::string decoded;
      if (!ParseBase64(text, &decoded)) {
        return post.Complain("text", "is not base64, though `encoding` says so");
      }
      text = std::move(decoded);
      break;
    }
    const bool is_form =
        media_type.empty() || media_type.find("x-www-form-urlencoded") != std::string::npos;
    if (!text.empty() && is_form) {
      out.form = ParseForm(text);
      out.plus |= text.find('+') != std::string::npos;
      return;
    }
    for (const auto& [name, value] : Pairs(post, "params")) out.form.push_back({name, value});
  }

  static std::string ActionOf(const Pieces& pieces) {
    for (const auto* list : {&pieces.query, &pieces.form}) {
      for (const Parameter& parameter : *list) {
        if (parameter.name == "Action") return parameter.value;
      }
    }
    return "";
  }

  void NoteAccepted(const std::map<std::string, std::string>& headers) {
    const auto accept = headers.find("accept");
    out_.accepts_json |=
        accept != headers.end() && accept->second.find("application/json") != std::string::npos;
  }

  static void WriteRequest(const Pieces& pieces, Request& out) {
    const auto sent = [](const Parameter& parameter) { return !IsOfSignature(parameter.name); };
    const bool in_query = std::ranges::any_of(pieces.query, sent);
    const bool in_form = std::ranges::any_of(pieces.form, sent);
    out.placement = !in_form ? Placement::kQuery : in_query ? Placement::kSplit : Placement::kForm;
    out.encoding = pieces.plus ? FormEncoding::kPlus : FormEncoding::kPercent;
    for (const auto* list : {&pieces.query, &pieces.form}) {
      for (const Parameter& parameter : *list) {
        if (sent(parameter)) out.parameters.push_back(parameter);
      }
    }
  }

  void ReadResponse(const Json& value, const std::string& place, RecordedExchange& out) {
    ObjectReader response(file_, value, place);
    if (!response.Find("status")) response.Complain("status", "is missing");
    out.exchange.status = response.OptionalInt("status").value_or(0);
    if (out.exchange.status < 0 || out.exchange.status > 999) {
      response.Complain("status", "is not an HTTP status");
    }
    const auto headers = Headers(response);
    const auto header = [&](const char* name) {
      const auto at = headers.find(name);
      return at == headers.end() ? std::string() : at->second;
    };
    out.exchange.content_type = header("content-type");
    out.exchange.request_id = header("x-acs-request-id");
    const Json* content_value = response.Find("content");
    if (!content_value) return response.Complain("content", "is missing");
    ObjectReader content(file_, *content_value, response.PlaceOf("content"));
    ReadContent(content, out);
  }

  void ReadContent(ObjectReader& content, RecordedExchange& out) {
    ExchangeRecord& exchange = out.exchange;
    if (exchange.content_type.empty()) exchange.content_type = content.TextOr("mimeType", "");
    out.body_bytes =
        static_cast<std::uint64_t>(std::max(0, content.OptionalInt("size").value_or(0)));
    const std::optional<std::string> text = content.OptionalText("text");
    const std::string encoding = content.TextOr("encoding", "");
    if (!text) {
      // Nothing was kept, though HTTP has no error or list without a body.
      out.body_cut = true;
    } else if (encoding.empty()) {
      exchange.body = *text;
    } else if (encoding != "base64") {
      content.Complain("encoding", fmt::format("`{}` is not known; HAR has base64 alone",
                                               encoding.substr(0, 40)));
    } else if (!ParseBase64(*text, &exchange.body)) {
      content.Complain("text", "is not base64, though `encoding` says so");
    }
  }

  DataFile file_;
  HarEntries out_;
  std::string host_;  // of the entry that is being read
};

}  // namespace

bool IsHar(const std::string& path) {
  if (path.ends_with(".har")) return true;
  std::ifstream file(path, std::ios::binary);
  std::string begin(64, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  std::erase_if(begin, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return begin.starts_with("{\"log\":");
}

Result<HarEntries> ParseHarEntries(std::string_view text, const std::string& name) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";  // some tools write it
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  if (IsTooDeep(text)) {
    return Error{name,
                 fmt::format("nests deeper than {} levels: this is not a HAR file", kDeepest)};
  }
  return HarReader(text, name).Read();
}

Result<HarEntries> LoadHarEntries(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return Error{path, "the recording cannot be read: " + error.message()};
  if (size > kMostBytes) {
    return Error{path, fmt::format("has {} MiB; recordings up to {} MiB can be read: export fewer "
                                   "entries",
                                   size >> 20, kMostBytes >> 20)};
  }
  const Result<std::string> text = ReadTextFile(path);
  if (!text) return Error{path, "the recording cannot be read: " + text.error().what};
  return ParseHarEntries(*text, path);
}

}  // namespace assay
