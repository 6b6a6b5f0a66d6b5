#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "fuzz/worker_trace.h"
#include "reference/target/http_client.h"
#include "reference/target/target.h"
#include "reference/wire/wire_request.h"

namespace assay {

// As assay_answer_request() of fuzz/inprocess.h.
using AnswerFunction = std::size_t (*)(const char* request, std::size_t size, const char** answer);

// A function of this process as a target: it is given the bytes of each request, as HttpTarget
// would send them, and gives those of the answer. Of `options`, those of a connection mean nothing.
// A call that takes longer than options.timeout ends the process by SIGABRT: nothing else stops it.
// `trace` holds the request that the function is answering, as it was before it was signed.
class DirectTarget : public Target {
 public:
  DirectTarget(AnswerFunction answer, std::string name, HttpTargetOptions options,
               std::shared_ptr<WorkerTrace> trace);
  ~DirectTarget() override;

  void Run(RequestSource& source) override;
  std::string Name() const override { return name_; }

 private:
  class Watchdog;
  Result<Response> Ask(const Request& request);
  Result<Response> Read(const char* bytes, std::size_t size, const std::string& method) const;

  const AnswerFunction answer_;
  const std::string name_;
  const HttpTargetOptions options_;
  WireRequest wire_;
  std::string bytes_, unsigned_;
  const std::shared_ptr<WorkerTrace> trace_;
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace assay
