#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reference/target/http_client.h"
#include "spec/record/record.h"
#include "spec/text/result.h"

namespace CLI {
class App;
}

namespace assay {

// How a command connects to an endpoint, as the user wrote it.
struct ConnectionOptions {
  std::string signature = "none";  // or "v1": in parameters; "v3": in headers
  std::string ca_file;             // "" for the system's authorities
  std::string client_cert, client_key;
  std::string proxy;                 // "" for that of the usual variables, "none" for none
  std::vector<std::string> headers;  // "Name: value"
  double timeout_s = 10;             // no option: not every command has it
  double max_answer_mib = 8;         // of the body of one answer
  const StopSign* stop = nullptr;    // what ends the run early; no option

  bool signs() const { return signature != "none"; }
  // Signatures in headers come with `Accept: application/json`, and without a Format the answer is
  // JSON then.
  bool accepts_json() const { return signature == "v3"; }
};

// Adds --signature, --ca-file and the other options that say how to reach a target, and how much
// of its answers is read.
void AddConnectionOptions(CLI::App& command, ConnectionOptions& options);

// A target that is used by one request at a time. The Error is that of MakeTargetOptions() or of
// HttpTarget::Open().
Result<std::unique_ptr<HttpTarget>> OpenEndpoint(std::string_view url,
                                                 const ConnectionOptions& options);

// What of the options a reader of a run should know: flag and value. The values of headers that
// look like credentials, and passwords of proxies, are "***".
GivenOptions DescribeConnection(const ConnectionOptions& options, std::string_view url);

// The options of the target at that address. The key is taken from the environment, never from the
// command line, which other users of a machine can read. An Error names the flag or variable.
Result<HttpTargetOptions> MakeTargetOptions(const ConnectionOptions& options, std::string_view url);

}  // namespace assay
