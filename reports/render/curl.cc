#include "reports/render/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "reports/text/secrets.h"
#include "reports/text/text.h"
#include "spec/catalogue/operation.h"
#include "spec/record/raw_message.h"
#include "spec/record/token_trail.h"
#include "spec/text/letters.h"
#include "spec/text/percent.h"

namespace assay {
namespace {

// The parameters that every operation takes (facts: "system parameters" of the RPC style).
constexpr std::array<std::string_view, 8> kCommon = {
    "Action",         "Version",          "Format",        "SignatureMethod",
    "SignatureNonce", "SignatureVersion", "SignatureType", "Timestamp"};

bool IsCommon(std::string_view name) {
  return std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end();
}

constexpr std::string_view kUnix = "unix:";

struct Parts : SentParts {
  std::vector<std::string> tokens;  // flags for the tokens that earlier answers give
};

Parts SplitParameters(const Request& request, bool after_others) {
  Parts parts;
  const auto add = [&](const std::string& name, const std::string& value) {
    const bool in_query = request.placement == Placement::kQuery ||
                          (request.placement == Placement::kSplit && IsCommon(name));
    (in_query ? parts.query : parts.form).push_back({name, value});
  };
  for (const auto& [name, value] : WithoutSecrets(request.parameters)) {
    const auto token = after_others ? ParseTokenReference(value) : std::nullopt;
    if (token && token->number() > 0 && !token->cut) {
      parts.tokens.push_back(
          fmt::format(" --data-urlencode {}=\"$token{}\"", ShellQuote(name), token->answer));
      continue;
    }
    add(name, value);
  }
  // As the driver adds it.
  if (!request.Find("Version")) add("Version", OperationInfo::Get().version);
  return parts;
}

std::string FormOf(const std::vector<Parameter>& parameters, FormEncoding encoding) {
  std::string out;
  AppendForm(parameters, &out, encoding);
  return out;
}

std::string AddQuery(std::string url, const std::string& query) {
  const std::size_t host = url.find("://") + 3;
  if (url.find('/', host) == std::string::npos) url += '/';
  if (query.empty()) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + query;
}

}  // namespace

std::string CurlTarget(std::string_view target) {
  if (target.starts_with(kUnix)) return "http://localhost";
  if (target.starts_with("http://") || target.starts_with("https://")) {
    return HideSecrets(target);
  }
  return "http://127.0.0.1:8080";
}

SentParts PartsOf(const Request& request) { return SplitParameters(request, false); }

std::string UrlOf(std::string_view target, const std::vector<Parameter>& query,
                  FormEncoding encoding) {
  return AddQuery(CurlTarget(target), FormOf(query, encoding));
}

namespace {

// What the run's record has in place of a value that nobody else may know.
constexpr std::string_view kHidden = "***";

// A name for a variable of the shell that holds what is hidden in the value of the flag.
std::string VariableFor(std::string_view flag, std::string_view value) {
  std::string name(flag == "--header" ? value.substr(0, value.find(':')) : "proxy_login");
  for (char& c : name) c = IsUnreserved(c) && c != '-' && c != '.' && c != '~' ? c : '_';
  std::ranges::transform(name, name.begin(), CapitalLetter);
  return "ASSAY_" + name;
}

// The value as one word of bash. Bash ends with the text behind `:?` if the variable is not set.
std::string OptionWord(std::string_view flag, std::string_view value) {
  const std::size_t at = value.find(kHidden);
  if (at == std::string::npos) return ShellQuote(value);
  const std::string_view before = value.substr(0, at), after = value.substr(at + kHidden.size());
  const std::string variable = VariableFor(flag, value);
  const std::string_view what =
      flag == "--header" ? "the value of this header" : "user:password of the proxy";
  std::string out = before.empty() ? "" : ShellQuote(before);
  out += fmt::format("\"${{{}:?set it to {}}}\"", variable, what);
  return after.empty() ? out : out + ShellQuote(after);
}

// How curl names what the run was given, "" for what it does not need.
std::string_view CurlFlag(std::string_view flag) {
  if (flag == "--header" || flag == "--proxy") return flag;
  if (flag == "--ca-file") return "--cacert";
  if (flag == "--client-cert") return "--cert";
  if (flag == "--client-key") return "--key";
  return {};
}

std::string CurlFlags(const GivenOptions& options) {
  std::string out;
  for (const auto& [flag, value] : options) {
    const std::string_view name = CurlFlag(flag);
    if (!name.empty()) out += fmt::format(" {} {}", name, OptionWord(flag, value));
  }
  return out;
}

// How the target is reached.
struct Way {
  std::string_view target;
  std::string flags;
};

// One request. The tokens of earlier answers are in variables of the shell.
std::string Command(const Request& request, std::string_view flags, const Way& way,
                    bool after_others) {
  const std::string_view target = way.target;
  const Parts parts = SplitParameters(request, after_others);
  const std::string url = UrlOf(target, parts.query, request.encoding);
  const std::string& method = request.method;
  std::string line = "curl --silent --show-error" + std::string(flags) + " --globoff --path-as-is";
  if (target.starts_with(kUnix)) {
    line += " --unix-socket " + ShellQuote(target.substr(kUnix.size()));
  }
  line += way.flags;
  if (method != "GET") line += " --request " + ShellQuote(method);
  if (method == "POST" || !parts.form.empty())
    line += " --data-raw " + ShellQuote(FormOf(parts.form, request.encoding));
  if (method == "GET" && !parts.form.empty()) line += " --request GET";
  if (!parts.form.empty() && request.encoding == FormEncoding::kChunked) {
    line += " --header 'Transfer-Encoding: chunked'";
  }
  if (!parts.form.empty() && request.encoding == FormEncoding::kCharset) {
    line += " --header 'Content-Type: application/x-www-form-urlencoded; charset=UTF-8'";
  }
  if (method == "GET" && parts.form.empty() && !parts.tokens.empty()) line += " --get";
  for (const std::string& token : parts.tokens) line += token;
  return line + " " + ShellQuote(url);
}

// Prints the NextToken of an answer in JSON or XML.
constexpr std::string_view kPrintToken =
    R"sh(sed -nE 's/.*"NextToken" *: *"([^"]*)".*/\1/p; s/.*<NextToken>([^<]*)<.*/\1/p')sh";

}  // namespace

std::string CurlLine(const Request& request, std::string_view target, const GivenOptions& options) {
  return Command(request, " --include", {target, CurlFlags(options)}, false);
}

namespace {

// Whether the requests after the N-th (from 1) use the token of its answer.
bool IsTokenUsed(const Finding& finding, std::size_t number) {
  const auto uses = [&](const Request& request) {
    return std::ranges::any_of(request.parameters, [&](const Parameter& parameter) {
      const auto token = ParseTokenReference(parameter.value);
      return token && token->number() == number;
    });
  };
  return uses(finding.request) || std::ranges::any_of(finding.before, uses);
}

std::vector<std::string> CurlCommands(const Finding& finding, std::string_view target,
                                      const GivenOptions& options) {
  const Way way{target, CurlFlags(options)};
  std::vector<std::string> commands;
  for (std::size_t i = 0; i < finding.before.size(); ++i) {
    const Request& request = finding.before[i];
    if (IsTokenUsed(finding, i + 1)) {
      commands.push_back(
          fmt::format("token{}=$({} | {})", i + 1, Command(request, "", way, i > 0), kPrintToken));
    } else {
      // Its answer is to be compared, so it is shown.
      commands.push_back(Command(request, " --include", way, i > 0));
      commands.emplace_back("echo");
    }
  }
  commands.push_back(Command(finding.request, " --include", way, !finding.before.empty()));
  return commands;
}

}  // namespace

std::string CurlLine(const Finding& finding, std::string_view target, const GivenOptions& options) {
  return fmt::format("{}", fmt::join(CurlCommands(finding, target, options), "; "));
}

namespace {

// The bytes as printf writes them: a format in single quotes.
std::string PrintfOf(const RawStep& step) {
  std::string format;
  for (const char c : step.bytes) {
    if (c == '\r' || c == '\n') {
      format += c == '\r' ? "\\r" : "\\n";
    } else if (c == '\\' || c == '%') {
      format.append(2, c);
    } else if (c < ' ' || c > '~' || c == '\'') {
      format += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      format += c;
    }
  }
  if (step.times == 1) return fmt::format("printf '{}'", format);
  // The number that each repetition gets is written with no digit.
  return fmt::format("printf '{}%.0s' $(seq {})", format, step.times);
}

std::string OptionOf(const GivenOptions& options, std::string_view flag) {
  const auto found = std::ranges::find(
      options, flag, [](const auto& option) { return std::string_view(option.first); });
  return found == options.end() ? "" : found->second;
}

// What stands in a message for the request of the run, which is not signed here.
RawValues ValuesFor(std::string_view target, const GivenOptions& options) {
  const std::string form = FormOf({{"Action", "DescribeSnapshots"},
                                   {"Version", OperationInfo::Get().version},
                                   {"RegionId", OptionOf(options, "--region")},
                                   {"Format", "JSON"}},
                                  FormEncoding::kPercent);
  std::string authority = CurlTarget(target);
  authority.erase(0, authority.find("://") + 3);
  const std::size_t path = std::min(authority.find('/'), authority.size());
  return {{"host", authority.substr(0, path)},
          {"path", path == authority.size() ? "/" : authority.substr(path)},
          {"query", form},
          {"headers", ""},
          {"form", form},
          {"form_query", ""},
          {"form_headers", ""},
          {"form_length", std::to_string(form.size())}};
}

// "127.0.0.1:8080" as two words.
std::string HostAndPort(std::string host) {
  std::string port = "80";
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
    port = host.substr(colon + 1);
    host.resize(colon);
  }
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return ShellQuote(host) + " " + ShellQuote(port);
}

}  // namespace

std::string RawMessageLine(std::string_view text, std::string_view target,
                           const GivenOptions& options) {
  const RawValues values = ValuesFor(target, options);
  std::string sends;
  for (const RawStep& step : ReadRawMessage(HideSecrets(text), values)) {
    if (step.kind == RawStep::Kind::kClose) break;
    if (!sends.empty()) sends += "; ";
    sends += step.kind == RawStep::Kind::kSend ? PrintfOf(step) : std::string("sleep 1");
  }
  if (sends.empty()) sends = "printf ''";
  const std::string to = target.starts_with(kUnix) ? "-U " + ShellQuote(target.substr(kUnix.size()))
                                                   : HostAndPort(values.at("host"));
  return fmt::format("{{ {}; sleep 1; }} | nc -N -w 10 {}", sends, to);
}

namespace {

// What shows the finding of a run, command by command.
std::vector<std::string> CommandsOf(const Finding& finding, const RunHeader& header) {
  if (const auto text = RawMessageOf(finding.request)) {
    return {RawMessageLine(*text, header.target, header.options)};
  }
  return CurlCommands(finding, header.target, header.options);
}

}  // namespace

std::string CurlLine(const Finding& finding, const RunHeader& header) {
  return fmt::format("{}", fmt::join(CommandsOf(finding, header), "; "));
}

std::string CurlScript(const Finding& finding, const RunHeader& header) {
  return fmt::format("{}\n", fmt::join(CommandsOf(finding, header), "\n"));
}

std::string ReplayFlags(const RecordedRun& run) {
  const std::string& target = run.header.target;
  std::string out =
      " --target " + ShellQuote(target.starts_with(kUnix) ? target : CurlTarget(target));
  for (const auto& [flag, value] : run.header.options) {
    const bool needed = flag == "--signature" || !CurlFlag(flag).empty();
    if (needed) out += " " + flag + " " + OptionWord(flag, value);
  }
  return out;
}

}  // namespace assay
