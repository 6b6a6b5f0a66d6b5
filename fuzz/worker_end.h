#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "fuzz/campaign_options.h"
#include "fuzz/worker_trace.h"
#include "spec/text/result.h"

namespace assay {

// A process that has a share of a campaign.
struct Worker {
  int number = 0;  // from 1
  pid_t process = -1;
  std::string out;  // the folder of its journal
  std::shared_ptr<WorkerTrace> trace;
  int status = 0;  // of waitpid()
  bool ended = false;
};

// The file with what the engine, or an emulator that is linked, printed.
std::string EngineLogOf(const CampaignOptions& options, int worker);

struct WorkerEnd {
  std::string reason;
  ExitCode exit = ExitCode::kCouldNotJudge;
};

// Why a worker did not come to its end. If an emulator that answers within it ended it, that is a
// violation, and the request that it was answering is written to OUT/inputs.
WorkerEnd DescribeEnd(const CampaignOptions& options, const Worker& worker);

}  // namespace assay
