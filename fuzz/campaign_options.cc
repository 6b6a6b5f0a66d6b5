#include "fuzz/campaign_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "fuzz/linked_target.h"
#include "reference/session/smallest_request.h"
#include "reference/state/open_dataset.h"
#include "reference/wire/endpoint.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// A folder that was named must be there, and hold something to begin with.
Done CheckCorpus(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return Error{folder, "there is no such folder (--corpus)"};
  fs::directory_iterator entries(folder, error);
  if (error) {
    return Error{folder, "the corpus cannot be read: " + error.message() + " (--corpus)"};
  }
  if (entries == fs::directory_iterator()) {
    return Error{folder,
                 "the folder holds no input; leave out --corpus to begin with those of the "
                 "catalogue"};
  }
  return Ok();
}

Done ResolveState(const CampaignOptions& options, CampaignPlan& plan) {
  Result<Dataset> dataset = options.dataset.empty() && options.target.empty()
                                ? Result<Dataset>(GenerateDataset(60, 1))
                                : LoadDatasetOrBuiltIn(options.dataset);
  if (!dataset) return dataset.error();
  plan.dataset = std::make_unique<Dataset>(std::move(*dataset));
  plan.dataset_name = options.dataset.empty() ? "built in" : options.dataset;
  const auto& regions = plan.dataset->regions;
  if (!options.region.empty() && std::ranges::find(regions, options.region) == regions.end()) {
    return Error{"--region", fmt::format("the dataset has no region `{}`; it has {}",
                                         options.region, fmt::join(regions, ", "))};
  }
  plan.region = options.region.empty() ? HomeRegion(*plan.dataset) : options.region;
  return Ok();
}

}  // namespace

Result<CampaignPlan> MakeCampaignPlan(const CampaignOptions& options) {
  CampaignPlan plan;
  if (options.wire && options.target.empty()) {
    return Error{"--wire", "sends bytes to an endpoint, so it needs --target http://host:port"};
  }
  if (options.wire && options.linked) {
    return Error{"--wire",
                 "sends bytes to an endpoint, so it needs --target http://host:port: serve the "
                 "emulator in place of linking it"};
  }
  if (options.linked && !HasLinkedTarget()) return NoLinkedTarget();
  if (options.linked && LinkedTargetIsCalled() && options.rate > 0) {
    return Error{"--rate", "spares a server; the emulator is called within this process"};
  }
  if (options.wire && !options.from.empty()) {
    return Error{"--from", "names requests; --wire begins with messages, in a folder: --corpus"};
  }
  const Result<ProgressMode> progress = ParseProgressMode(options.progress);
  if (!progress) return progress.error();
  plan.progress = *progress;
  if (const Done done = ResolveState(options, plan); !done) return done.error();
  if (!options.reading.empty()) {
    Result<Reading> reading = LoadReading(options.reading);
    if (!reading) return reading.error();
    plan.reading = std::move(*reading);
  }
  if (!options.known.empty()) {
    Result<std::vector<KnownFinding>> known = LoadKnown(options.known);
    if (!known) return known.error();
    plan.known = std::move(*known);
  }
  Result<ImportedInputs> imported = ImportInputs(options.from);
  if (!imported) return imported.error();
  plan.imported = std::move(*imported);
  plan.corpus = options.corpus;
  if (plan.corpus.empty()) {
    plan.corpus = (fs::path(options.out) / (options.wire ? "wire-corpus" : "corpus")).string();
  } else if (const Done done = CheckCorpus(plan.corpus); !done) {
    return done.error();
  }
  return plan;
}

Result<std::unique_ptr<Target>> OpenCampaignTarget(const CampaignOptions& options) {
  if (options.linked && options.target == kLinkedTarget) {
    Result<HttpTargetOptions> direct = MakeTargetOptions(options.connection, "http://127.0.0.1");
    if (!direct) return direct.error();
    return CallLinkedTarget(std::move(*direct), options.trace);
  }
  const Result<Endpoint> endpoint = ParseEndpoint(options.target);
  if (!endpoint) return Error{"--target", endpoint.error().Text()};
  Result<HttpTargetOptions> http = MakeTargetOptions(options.connection, options.target);
  if (!http) return http.error();
  http->connections = kConnections;
  http->rate = RateOf(options, *endpoint);
  Result<std::unique_ptr<HttpTarget>> opened = HttpTarget::Open(options.target, *http);
  if (!opened) return opened.error();
  return std::unique_ptr<Target>(std::move(*opened));
}

double RateOf(const CampaignOptions& options, const Endpoint& endpoint) {
  return options.rate >= 0 ? options.rate : PoliteRate(endpoint);
}

Result<WireClient> OpenWireClient(const CampaignOptions& options, const CampaignPlan& plan) {
  const Result<Endpoint> endpoint = ParseEndpoint(options.target);
  if (!endpoint) return Error{"--target", endpoint.error().Text()};
  if (endpoint->tls) {
    return Error{"--wire",
                 "sends plain bytes, to http:// or unix: targets; for an https endpoint, name the "
                 "plain address of the server behind its TLS"};
  }
  const Result<HttpTargetOptions> http = MakeTargetOptions(options.connection, options.target);
  if (!http) return http.error();
  if (http->proxy) {
    return Error{
        "--wire",
        "does not go through a proxy, which would read the bytes itself; add --proxy none"};
  }
  return WireClient(*endpoint, *http, SmallestRequest(plan.region, "JSON"));
}

}  // namespace assay
