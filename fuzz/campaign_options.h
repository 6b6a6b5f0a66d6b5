#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/imported_inputs.h"
#include "fuzz/wire_client.h"
#include "fuzz/worker_trace.h"
#include "reference/findings/known.h"
#include "reference/state/dataset.h"
#include "reference/target/connection_options.h"
#include "reports/render/progress.h"
#include "spec/catalogue/reading.h"

namespace assay {

// What `assay fuzz` was asked for. Texts are as the user wrote them.
struct CampaignOptions {
  // "" for the model in this process, kLinkedTarget for the emulator linked into it, until that was
  // started; then its URL, unless it is called.
  std::string target;
  std::string dataset;
  std::string reading;
  std::string region;
  std::string known;
  std::string corpus;             // "" for OUT/corpus
  std::vector<std::string> from;  // other material that inputs are made of
  std::string out = "assay-fuzz";
  ConnectionOptions connection;
  double rate = -1;  // requests a second, 0 for unlimited; below 0 for 10, unlimited on loopback
  double max_time_s = 60;  // 0: no limit
  double quiet_for_s = 0;  // ends the campaign if nothing new was seen for so long; 0: never
  std::uint64_t max_requests = 0;  // 0: no limit
  std::size_t max_findings = 0;    // 0: no limit
  std::uint64_t seed = 1;
  int jobs = 1;
  std::string progress = "auto";
  bool linked = false;  // the target runs in the worker's own process, which its coverage guides
  std::shared_ptr<WorkerTrace> trace;  // of this worker
  bool wire = false;  // the bytes of messages are mutated, not the parameters of requests
  bool verbose = false;
  std::vector<std::string> flags;  // of libFuzzer
};

// The options, checked and resolved.
struct CampaignPlan {
  std::unique_ptr<Dataset> dataset;  // at a fixed address
  std::string dataset_name;          // "built in" or the file
  Reading reading;
  std::string region;
  std::vector<KnownFinding> known;
  ProgressMode progress = ProgressMode::kAuto;
  std::string corpus;  // the folder
  ImportedInputs imported;
};

// The Error names the flag, file or folder; its exit is kBadUsage.
Result<CampaignPlan> MakeCampaignPlan(const CampaignOptions& options);

// Requests of one input that need no token of each other are sent at once, over so many
// connections.
inline constexpr int kConnections = 4;

// Opens the target of the options; not for "".
Result<std::unique_ptr<Target>> OpenCampaignTarget(const CampaignOptions& options);

// What sends the messages of --wire. The Error says which targets that takes.
Result<WireClient> OpenWireClient(const CampaignOptions& options, const CampaignPlan& plan);
// Requests a second at most, 0 for no limit.
double RateOf(const CampaignOptions& options, const Endpoint& endpoint);

}  // namespace assay
