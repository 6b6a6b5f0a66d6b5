#include "reference/target/connection_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "reference/auth/request_signer.h"
#include "spec/text/base64.h"
#include "spec/text/letters.h"
#include "spec/text/percent.h"

namespace assay {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool HasKey() {
  return !Environment("ALIBABA_CLOUD_ACCESS_KEY_ID").empty() &&
         !Environment("ALIBABA_CLOUD_ACCESS_KEY_SECRET").empty();
}

Result<RequestSigner> SignerOf(const std::string& signature) {
  if (signature == "none") return RequestSigner();
  if (signature != "v1" && signature != "v3") {
    return Error{"--signature",
                 "`" + signature + "` is not a signature scheme; write none, v1 or v3"};
  }
  const Credentials key{.key_id = Environment("ALIBABA_CLOUD_ACCESS_KEY_ID"),
                        .secret = Environment("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
                        .security_token = Environment("ALIBABA_CLOUD_SECURITY_TOKEN")};
  if (key.key_id.empty() || key.secret.empty()) {
    return Error{"--signature " + signature,
                 "needs an access key: set ALIBABA_CLOUD_ACCESS_KEY_ID and "
                 "ALIBABA_CLOUD_ACCESS_KEY_SECRET"};
  }
  const auto scheme = signature == "v1" ? SignatureScheme::kParameters : SignatureScheme::kHeaders;
  return MakeSigner(key, {.scheme = scheme});
}

// The first of these variables that is set.
std::string FirstOf(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = Environment(name); !value.empty()) return value;
  }
  return "";
}

bool IsLocal(const Endpoint& endpoint) {
  return !endpoint.socket_path.empty() || endpoint.host == "localhost" || endpoint.host == "::1" ||
         endpoint.host.starts_with("127.");
}

// Whether the variable no_proxy names the host, or a domain that it is in.
bool IsExcluded(const std::string& host) {
  std::string_view rest;
  const std::string list = FirstOf({"no_proxy", "NO_PROXY"});
  for (rest = list; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view name = rest.substr(0, comma);
    rest.remove_prefix(std::min(rest.size(), comma + 1));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name == "*") return true;
    while (name.starts_with('.') || name.starts_with('*')) name.remove_prefix(1);
    if (name.empty() || !host.ends_with(name)) continue;
    if (host.size() == name.size() || host[host.size() - name.size() - 1] == '.') return true;
  }
  return false;
}

// The address of the proxy, "" for none. The variables say nothing about this machine.
std::string ProxyFor(const ConnectionOptions& options, const Endpoint& endpoint) {
  if (options.proxy == "none") return "";
  if (!options.proxy.empty()) return options.proxy;
  if (IsLocal(endpoint) || IsExcluded(endpoint.host)) return "";
  return endpoint.tls ? FirstOf({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
                      : FirstOf({"http_proxy", "all_proxy", "ALL_PROXY"});
}

Result<std::pair<std::string, std::string>> ParseHeader(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const bool plain = std::ranges::all_of(name, [](char c) {
    return c > ' ' && c < 127 &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string::npos;
  });
  if (colon == std::string::npos || name.empty() || !plain) {
    return Error{"--header", "write it as 'Name: value'"};
  }
  const std::size_t begin = text.find_first_not_of(" \t", colon + 1);
  std::string value = begin == std::string::npos ? "" : text.substr(begin);
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return Error{"--header", "the value of " + name + " holds a line break"};
  }
  return std::pair(name, std::move(value));
}

bool ContainsAny(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

// Whether the header carries what nobody else may know, by its name or by the form of its value.
bool IsCredential(const std::pair<std::string, std::string>& header) {
  const std::string name = SmallLetters(header.first), value = SmallLetters(header.second);
  if (ContainsAny(name, {"auth", "token", "key", "secret", "cookie", "passw", "passphrase", "pwd",
                         "credential", "signature", "bearer", "jwt", "session", "vault", "csrf"}) ||
      name.ends_with("-pat") || name.ends_with("-sid")) {
    return true;
  }
  constexpr std::array<std::string_view, 11> kBeginnings = {
      "bearer ",     "basic ", "digest ", "negotiate ", "ghp_", "gho_",
      "github_pat_", "glpat-", "eyj",     "ltai",       "akia"};
  return ContainsAny(value, {"password=", "passwd=", "pwd=", "token=", "secret=", "://"}) ||
         std::ranges::any_of(kBeginnings,
                             [&](std::string_view begin) { return value.starts_with(begin); });
}

// Hides the value of a header, and what of it targets repeat alone: the token behind its scheme,
// the values of cookies, the password of basic authentication.
void HideCredential(std::string_view value, SecretMask& mask) {
  constexpr std::size_t kShortest = 8;  // of a part; shorter ones are words
  mask.Add(value);
  while (!value.empty()) {
    std::string_view part = value.substr(0, value.find_first_of(" ,;"));
    value.remove_prefix(std::min(part.size() + 1, value.size()));
    const std::size_t assign = part.find('=');
    const bool is_pair = assign != std::string_view::npos &&
                         part.find_first_not_of('=', assign) != std::string_view::npos;
    if (is_pair) part.remove_prefix(assign + 1);
    while (part.starts_with('"')) part.remove_prefix(1);
    while (part.ends_with('"')) part.remove_suffix(1);
    if (part.size() < kShortest || SmallLetters(part) == "negotiate") continue;
    mask.Add(part);
    std::string decoded;
    if (!ParseBase64(std::string(part), &decoded)) continue;
    const std::size_t colon = decoded.find(':');
    if (colon == std::string::npos) continue;
    mask.Add(decoded);
    mask.Add(std::string_view(decoded).substr(colon + 1));
  }
}

std::string WithoutPassword(std::string url) {
  const std::size_t at = url.rfind('@');
  const std::size_t begin = url.find("://");
  if (at == std::string::npos) return url;
  const std::size_t from = begin == std::string::npos ? 0 : begin + 3;
  return url.replace(from, at - from, "***");
}

// The address of a proxy, and the login that stands before its @, percent-encoded: "user:password".
std::pair<std::string, std::string> SplitProxy(std::string url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t at = std::min(url.rfind('@'), url.size());
  if (at == url.size() || at < begin) return {std::move(url), ""};
  std::string login;
  for (const char c : url.substr(begin, at - begin)) login += c == '+' ? "%2B" : std::string(1, c);
  return {url.erase(begin, at + 1 - begin), FormDecode(login)};
}

Done UseProxy(const std::string& given, HttpTargetOptions& http) {
  const auto [url, login] = SplitProxy(given);
  Result<Endpoint> address = ParseEndpoint(url);
  if (!address) return Error{"--proxy", address.error().Text()};
  http.proxy = std::move(*address);
  if (login.empty()) return Ok();
  http.proxy_authorization = "Basic " + ToBase64(login);
  HideCredential(http.proxy_authorization, http.mask);
  return Ok();
}

SecretMask MaskOfEnvironment() {
  SecretMask mask;
  for (const char* name : {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                           "ALIBABA_CLOUD_SECURITY_TOKEN"}) {
    mask.Add(Environment(name));
  }
  return mask;
}

}  // namespace

GivenOptions DescribeConnection(const ConnectionOptions& options, std::string_view url) {
  GivenOptions out;
  for (const std::string& text : options.headers) {
    const auto header = ParseHeader(text);
    if (!header) continue;
    out.emplace_back("--header",
                     header->first + ": " + (IsCredential(*header) ? "***" : header->second));
  }
  const Result<Endpoint> endpoint = ParseEndpoint(url);
  const std::string proxy = endpoint ? ProxyFor(options, *endpoint) : "";
  if (!proxy.empty()) out.emplace_back("--proxy", WithoutPassword(proxy));
  if (!options.ca_file.empty()) out.emplace_back("--ca-file", options.ca_file);
  if (!options.client_cert.empty()) out.emplace_back("--client-cert", options.client_cert);
  if (!options.client_key.empty()) out.emplace_back("--client-key", options.client_key);
  return out;
}

void AddConnectionOptions(CLI::App& command, ConnectionOptions& options) {
  if (HasKey()) options.signature = "v3";
  command.add_option(
      "--signature", options.signature,
      "none; v1: requests are signed in their parameters (HMAC-SHA1); v3: in their headers "
      "(ACS3-HMAC-SHA256). The key is that of ALIBABA_CLOUD_ACCESS_KEY_ID, "
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET and, if it is set, ALIBABA_CLOUD_SECURITY_TOKEN "
      "(default: v3 if a key is set, otherwise none)");
  command.add_option("--ca-file", options.ca_file,
                     "PEM file of the authorities that are trusted for https (default: the "
                     "system's)");
  command.add_option("--client-cert", options.client_cert,
                     "PEM file of the certificate to show to a target that asks for one");
  command.add_option("--client-key", options.client_key,
                     "PEM file of its key (default: in the certificate's file)");
  command
      .add_option("--header", options.headers,
                  "'Name: value', sent with every request; may repeat. Values that look like "
                  "credentials are never written")
      ->allow_extra_args(false);
  command.add_option("--proxy", options.proxy,
                     "http://host:port or http://user:password@host:port, or none (default: "
                     "https_proxy, http_proxy and all_proxy, "
                     "but for this machine and no_proxy)");
  command
      .add_option("--max-answer", options.max_answer_mib,
                  "MiB of the body of one answer; a longer one is not read to its end")
      ->check(CLI::Range(0.001, 1024.0))
      ->capture_default_str();
}

Result<HttpTargetOptions> MakeTargetOptions(const ConnectionOptions& options,
                                            std::string_view url) {
  Result<RequestSigner> signer = SignerOf(options.signature);
  if (!signer) return signer.error();
  HttpTargetOptions http;
  http.sign = std::move(*signer);
  http.ca_file = options.ca_file;
  if (options.signs()) http.mask = MaskOfEnvironment();
  http.client_cert = options.client_cert;
  http.client_key = options.client_key;
  if (!http.client_key.empty() && http.client_cert.empty()) {
    return Error{"--client-key", "is the key of a certificate; name that with --client-cert"};
  }
  for (const std::string& text : options.headers) {
    auto header = ParseHeader(text);
    if (!header) return header.error();
    if (IsCredential(*header)) HideCredential(header->second, http.mask);
    http.headers.push_back(std::move(*header));
  }
  http.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(options.timeout_s * 1000));
  http.body_limit = static_cast<std::size_t>(options.max_answer_mib * 1024 * 1024);
  http.stop = options.stop;
  const Result<Endpoint> endpoint = ParseEndpoint(url);
  const std::string proxy = endpoint ? ProxyFor(options, *endpoint) : "";
  if (proxy.empty()) return http;
  if (const Done done = UseProxy(proxy, http); !done) return done.error();
  return http;
}

Result<std::unique_ptr<HttpTarget>> OpenEndpoint(std::string_view url,
                                                 const ConnectionOptions& options) {
  Result<HttpTargetOptions> http = MakeTargetOptions(options, url);
  if (!http) return http.error();
  http->connections = 1;
  return HttpTarget::Open(url, *http);
}

}  // namespace assay
