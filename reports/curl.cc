#include "reports/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/secrets.h"
#include "reports/text.h"

namespace assay {
namespace {

// The parameters that every operation takes (facts: "system parameters" of the RPC style).
constexpr std::array<std::string_view, 8> kCommon = {
    "Action",         "Version",          "Format",        "SignatureMethod",
    "SignatureNonce", "SignatureVersion", "SignatureType", "Timestamp"};

bool IsCommon(std::string_view name) {
  return std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end();
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

bool IsPlainInShell(char c) {
  return IsUnreserved(c) ? c != '~' : std::string_view("/:=@%+,").find(c) != std::string_view::npos;
}

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7F; }

std::string QuoteWithEscapes(std::string_view bytes) {
  std::string out = "$'";
  for (const char c : bytes) {
    if (c == '\'' || c == '\\') {
      out += {'\\', c};
    } else if (IsPrintable(c)) {
      out += c;
    } else if (c != 0) {
      // Octal, always three digits: \x would take hex digits that follow as its own.
      out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    }
  }
  return out + "'";
}

void AppendParameter(std::string_view name, std::string_view value, char blank, std::string* out) {
  if (!out->empty()) *out += '&';
  *out += EncodeUrlPart(name, blank) + "=" + EncodeUrlPart(value, blank);
}

struct Parts {
  std::string query;
  std::string form;
};

Parts SplitParameters(const Finding& finding) {
  Parts parts;
  const char blank = finding.encoding == "plus" ? '+' : '\0';
  for (const auto& [name, value] : WithoutSecrets(finding.parameters)) {
    const bool in_query = finding.placement == "query" || finding.placement.empty() ||
                          (finding.placement == "split" && IsCommon(name));
    AppendParameter(name, value, blank, in_query ? &parts.query : &parts.form);
  }
  return parts;
}

std::string AddQuery(std::string url, const std::string& query) {
  const std::size_t host = url.find("://") + 3;
  if (url.find('/', host) == std::string::npos) url += '/';
  if (query.empty()) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + query;
}

}  // namespace

std::string ShellQuote(std::string_view bytes) {
  if (!bytes.empty() && std::all_of(bytes.begin(), bytes.end(), IsPlainInShell)) {
    return std::string(bytes);
  }
  const bool simple =
      std::all_of(bytes.begin(), bytes.end(), [](char c) { return IsPrintable(c) && c != '\''; });
  return simple ? "'" + std::string(bytes) + "'" : QuoteWithEscapes(bytes);
}

std::string EncodeUrlPart(std::string_view bytes, char blank) {
  std::string out;
  for (const char c : bytes) {
    if (c == ' ' && blank != 0) {
      out += blank;
    } else if (IsUnreserved(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string CurlTarget(std::string_view target) {
  if (target.starts_with("http://") || target.starts_with("https://")) {
    return HideSecrets(target);
  }
  return "http://127.0.0.1:8080";
}

std::string CurlLine(const Finding& finding, std::string_view target) {
  const Parts parts = SplitParameters(finding);
  const std::string url = AddQuery(CurlTarget(target), parts.query);
  const std::string method = finding.method.empty() ? "GET" : finding.method;
  std::string line = "curl --silent --show-error --include --globoff --path-as-is";
  if (method != "GET") line += " --request " + ShellQuote(method);
  if (method == "POST" || !parts.form.empty()) line += " --data-raw " + ShellQuote(parts.form);
  if (method == "GET" && !parts.form.empty()) line += " --request GET";
  return line + " " + ShellQuote(url);
}

std::string ReplayFlags(const RecordedRun& run) {
  std::string out = " --target " + ShellQuote(CurlTarget(run.header.target));
  for (const auto& [flag, value] : run.header.options) {
    if (flag == "--signature") out += " --signature " + ShellQuote(value);
  }
  return out;
}

}  // namespace assay
