#include "reports/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "reports/secrets.h"
#include "reports/text.h"
#include "spec/operation.h"

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
  std::vector<std::string> tokens;  // flags: of those that earlier answers give
};

// "3" of the token that the third answer gives, "" of any other value.
std::string_view AnswerOfToken(std::string_view value) {
  if (!value.starts_with(kTokenOfAnswer) || !value.ends_with('>')) return "";
  value.remove_prefix(kTokenOfAnswer.size());
  value.remove_suffix(1);
  const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? value : "";
}

template <typename Sent>
Parts SplitParameters(const Sent& sent, bool after_others) {
  Parts parts;
  const char blank = sent.encoding == "plus" ? '+' : '\0';
  const auto add = [&](std::string_view name, std::string_view value) {
    const bool in_query = sent.placement == "query" || sent.placement.empty() ||
                          (sent.placement == "split" && IsCommon(name));
    AppendParameter(name, value, blank, in_query ? &parts.query : &parts.form);
  };
  for (const auto& [name, value] : WithoutSecrets(sent.parameters)) {
    const std::string_view answer = after_others ? AnswerOfToken(value) : "";
    if (!answer.empty()) {
      parts.tokens.push_back(
          fmt::format(" --data-urlencode {}=\"$token{}\"", ShellQuote(name), answer));
      continue;
    }
    add(name, value);
  }
  // As the driver adds it.
  const auto is_version = [](const auto& parameter) { return parameter.first == "Version"; };
  if (std::ranges::none_of(sent.parameters, is_version))
    add("Version", OperationInfo::Get().version);
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

namespace {

// One request. The tokens of earlier answers are in variables of the shell.
template <typename Sent>
std::string Command(const Sent& sent, std::string_view flags, std::string_view target,
                    bool after_others) {
  const Parts parts = SplitParameters(sent, after_others);
  const std::string url = AddQuery(CurlTarget(target), parts.query);
  const std::string method = sent.method.empty() ? "GET" : sent.method;
  std::string line = "curl --silent --show-error" + std::string(flags) + " --globoff --path-as-is";
  if (method != "GET") line += " --request " + ShellQuote(method);
  if (method == "POST" || !parts.form.empty()) line += " --data-raw " + ShellQuote(parts.form);
  if (method == "GET" && !parts.form.empty()) line += " --request GET";
  if (method == "GET" && parts.form.empty() && !parts.tokens.empty()) line += " --get";
  for (const std::string& token : parts.tokens) line += token;
  return line + " " + ShellQuote(url);
}

// Prints the NextToken of an answer in JSON or XML.
constexpr std::string_view kPrintToken =
    R"sh(sed -nE 's/.*"NextToken" *: *"([^"]*)".*/\1/p; s/.*<NextToken>([^<]*)<.*/\1/p')sh";

}  // namespace

std::string CurlLine(const Finding& finding, std::string_view target) {
  std::string line;
  for (std::size_t i = 0; i < finding.before.size(); ++i) {
    line += fmt::format("token{}=$({} | {}); ", i + 1,
                        Command(finding.before[i], "", target, i > 0), kPrintToken);
  }
  return line + Command(finding, " --include", target, !finding.before.empty());
}

std::string ReplayFlags(const RecordedRun& run) {
  std::string out = " --target " + ShellQuote(CurlTarget(run.header.target));
  for (const auto& [flag, value] : run.header.options) {
    if (flag == "--signature") out += " --signature " + ShellQuote(value);
  }
  return out;
}

}  // namespace assay
