#include "fuzz/linked_target.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

#include "fuzz/direct_target.h"
#include "fuzz/inprocess.h"

// Absent from a program that was built without an emulator.
#pragma weak assay_start_target
#pragma weak assay_answer_request

namespace assay {

Error NoLinkedTarget() {
  return Error{"--target inprocess",
               "no emulator is linked into this program; build it with -DASSAY_INPROCESS=FILES, as "
               "the README says under \"Within the process\""};
}

bool HasLinkedTarget() { return assay_start_target != nullptr; }

bool LinkedTargetIsCalled() { return assay_answer_request != nullptr; }

std::unique_ptr<Target> CallLinkedTarget(HttpTargetOptions options,
                                         std::shared_ptr<WorkerTrace> trace) {
  return std::make_unique<DirectTarget>(assay_answer_request, kLinkedTarget, std::move(options),
                                        std::move(trace));
}

Result<std::string> StartLinkedTarget(const std::string& dataset_file, const Dataset* dataset) {
  if (dataset != nullptr) {
    std::ofstream file(dataset_file, std::ios::binary);
    file << DatasetText(*dataset) << std::flush;
    if (!file) return Error{dataset_file, "the dataset for the emulator cannot be written"};
  }
  const int port = assay_start_target(dataset_file.c_str());
  if (port <= 0) {
    return Error{"--target inprocess",
                 fmt::format("the emulator did not start: assay_start_target(\"{}\") returned {}",
                             dataset_file, port),
                 ExitCode::kCouldNotJudge};
  }
  if (LinkedTargetIsCalled()) return std::string(kLinkedTarget);
  return fmt::format("http://127.0.0.1:{}", port);
}

}  // namespace assay
