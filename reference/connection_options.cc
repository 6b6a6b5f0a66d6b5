#include "reference/connection_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "reference/request_signer.h"

namespace assay {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

Result<RequestSigner> SignerOf(const std::string& signature) {
  if (signature == "none") return RequestSigner();
  if (signature != "v1" && signature != "v3") {
    return Error{"--signature", "`" + signature + "` is none of none, v1, v3"};
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

}  // namespace

void AddConnectionOptions(CLI::App& command, ConnectionOptions& options) {
  command
      .add_option(
          "--signature", options.signature,
          "none; v1: requests are signed in their parameters (HMAC-SHA1); v3: in their headers "
          "(ACS3-HMAC-SHA256). The key is that of ALIBABA_CLOUD_ACCESS_KEY_ID, "
          "ALIBABA_CLOUD_ACCESS_KEY_SECRET and, where it is set, ALIBABA_CLOUD_SECURITY_TOKEN")
      ->capture_default_str();
  command.add_option("--ca-file", options.ca_file,
                     "PEM file of the authorities that are trusted for https (default: the "
                     "system's)");
}

Result<HttpTargetOptions> MakeTargetOptions(const ConnectionOptions& options) {
  Result<RequestSigner> signer = SignerOf(options.signature);
  if (!signer) return signer.error();
  HttpTargetOptions http;
  http.sign = std::move(*signer);
  http.ca_file = options.ca_file;
  return http;
}

Result<std::unique_ptr<HttpTarget>> OpenEndpoint(std::string_view url,
                                                 const ConnectionOptions& options) {
  Result<HttpTargetOptions> http = MakeTargetOptions(options);
  if (!http) return http.error();
  http->connections = 1;
  return HttpTarget::Open(url, *http);
}

}  // namespace assay
