#pragma once

#include <memory>
#include <string>

#include "fuzz/worker_trace.h"
#include "reference/state/dataset.h"
#include "reference/target/http_client.h"
#include "reference/target/target.h"
#include "spec/text/result.h"

namespace assay {

// The value of --target that means the emulator linked into this program (fuzz/inprocess.h).
inline constexpr const char* kLinkedTarget = "inprocess";

// False if none was linked: -DASSAY_INPROCESS=... was not given when the program was built.
bool HasLinkedTarget();
// Says so, and what to do.
Error NoLinkedTarget();

// Whether it answers requests by a function that is called, with no socket between.
bool LinkedTargetIsCalled();
// A target that calls it, once it was started, and notes each call in `trace`.
std::unique_ptr<Target> CallLinkedTarget(HttpTargetOptions options,
                                         std::shared_ptr<WorkerTrace> trace);

// Starts it in this process, with that state in the file `dataset_file`, which is written first
// unless it is the user's own (`dataset` is nullptr). The URL, or kLinkedTarget if it is called;
// the Error says what did not work.
Result<std::string> StartLinkedTarget(const std::string& dataset_file, const Dataset* dataset);

}  // namespace assay
