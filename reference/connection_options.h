#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reference/http_client.h"
#include "spec/result.h"

namespace CLI {
class App;
}

namespace assay {

// How a command gets through to an endpoint, as the user wrote it.
struct ConnectionOptions {
  std::string signature = "none";  // or "v1": in parameters; "v3": in headers
  std::string ca_file;             // "" for the system's authorities

  bool signs() const { return signature != "none"; }
  // Signatures in headers come with `Accept: application/json`, and without a Format the answer is
  // JSON then.
  bool accepts_json() const { return signature == "v3"; }
};

// Adds --signature and --ca-file.
void AddConnectionOptions(CLI::App& command, ConnectionOptions& options);

// A target that is used by one request at a time. The Error is that of MakeTargetOptions() or of
// HttpTarget::Open().
Result<std::unique_ptr<HttpTarget>> OpenEndpoint(std::string_view url,
                                                 const ConnectionOptions& options);

// The options of the target. The key is taken from the environment, never from the command line,
// which other users of a machine can read. An Error names the flag or variable.
Result<HttpTargetOptions> MakeTargetOptions(const ConnectionOptions& options);

}  // namespace assay
