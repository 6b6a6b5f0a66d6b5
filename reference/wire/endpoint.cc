#include "reference/wire/endpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace assay {
namespace {

// Without what may be a password: what stands before an @, in whatever odd address, and what stands
// behind a question mark.
std::string Shown(std::string_view url) {
  std::string out(url.substr(0, url.find_first_of("?#")));
  const std::size_t at = url.rfind('@');
  if (at == std::string_view::npos) return out == url ? out : out + "?…";
  const std::size_t scheme = url.find("://");
  const bool has_scheme = scheme != std::string_view::npos && scheme < at;
  out = has_scheme ? url.substr(0, scheme + 3) : "";
  const std::string_view rest = url.substr(at + 1);
  return out + "***@" + std::string(rest.substr(0, rest.find_first_of("?#")));
}

Error BadUrl(std::string_view url, std::string_view what) {
  return {Shown(url),
          std::string(what) + "; write it like http://127.0.0.1:8080, https://host or host:port"};
}

bool IsBlankOrControl(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// The port, or nothing if the text is not a number from 1 to 65535.
std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// Splits "host", "host:port" or "[v6]:port" into host and the text after the colon.
struct Authority {
  std::string_view host;
  std::optional<std::string_view> port;
};

std::optional<Authority> SplitAuthority(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return std::nullopt;
    Authority split{text.substr(1, close - 1), std::nullopt};
    if (!rest.empty()) split.port = rest.substr(1);
    return split;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return Authority{text, std::nullopt};
  return Authority{text.substr(0, colon), text.substr(colon + 1)};
}

std::string Bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string Endpoint::Authority() const {
  if (!socket_path.empty()) return host;
  const std::string name = Bracketed(host);
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

std::string Endpoint::Url() const {
  if (!socket_path.empty()) return "unix:" + socket_path;
  return (tls ? "https://" : "http://") + Authority() + (path == "/" ? "" : path);
}

Result<Endpoint> ParseEndpoint(std::string_view url) {
  Endpoint endpoint;
  if (url.starts_with("unix:")) {
    endpoint.host = "localhost";
    endpoint.socket_path = url.substr(5);
    if (endpoint.socket_path.starts_with('/')) return endpoint;
    return BadUrl(url, "the path of a Unix socket begins with /, as in unix:/run/ecs.sock");
  }
  std::string_view rest = url;
  if (const std::size_t end = url.find("://"); end != std::string_view::npos) {
    const std::string scheme = Lower(url.substr(0, end));
    if (scheme != "http" && scheme != "https")
      return BadUrl(url, "the scheme \"" + scheme + "\" is not http or https");
    endpoint.tls = scheme == "https";
    rest.remove_prefix(end + 3);
  }
  if (rest.substr(0, rest.find('/')).find('@') != std::string_view::npos)
    return BadUrl("",
                  "an address holds no user or password: credentials come from the environment");
  if (std::any_of(rest.begin(), rest.end(), IsBlankOrControl))
    return BadUrl(url, "there is a space or a control character in the address");
  if (rest.find_first_of("?#") != std::string_view::npos)
    return BadUrl(url, "an address has no query and no fragment");
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  if (slash < rest.size()) endpoint.path = rest.substr(slash);
  const std::string_view authority = rest.substr(0, slash);
  const auto split = SplitAuthority(authority);
  if (!split || split->host.empty()) return BadUrl(url, "the address names no host");
  endpoint.host = Lower(split->host);
  endpoint.port = endpoint.tls ? 443 : 80;
  if (!split->port) return endpoint;
  const auto port = ParsePort(*split->port);
  if (!port)
    return BadUrl(url, "the port is not a number from 1 to 65535 (an IPv6 address goes in [ ])");
  endpoint.port = *port;
  return endpoint;
}

bool IsLoopback(const Endpoint& endpoint) {
  return !endpoint.socket_path.empty() || endpoint.host == "localhost" || endpoint.host == "::1" ||
         endpoint.host.starts_with("127.");
}

double PoliteRate(const Endpoint& endpoint) { return IsLoopback(endpoint) ? 0 : 10; }

}  // namespace assay
