#include "fuzz/direct_target.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>

#include "fuzz/wire_answers.h"
#include "reference/target/foreign_protocol.h"
#include "reference/wire/transport_failure.h"
#include "spec/text/count.h"
#include "spec/text/secret_mask.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

// Looks a few times within the patience whether the call is still the one that it saw before.
class DirectTarget::Watchdog {
 public:
  Watchdog(std::chrono::milliseconds patience, WorkerTrace& trace)
      : patience_(patience), trace_(trace), asking_(pthread_self()), thread_([this] { Watch(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  void Watch() {
    std::uint64_t seen = 0;
    Clock::time_point since = Clock::now();
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, patience_ / 8, [this] { return ended_; })) {
      const std::uint64_t call = trace_.Calls();
      const Clock::time_point now = Clock::now();
      if (call != std::exchange(seen, call) || call % 2 == 0) since = now;
      if (now - since < patience_) continue;
      trace_.GiveUpCall();
      // Not through stdio, whose lock the call may hold.
      dprintf(STDERR_FILENO, "the emulator did not answer within %g s (--timeout)\n",
              std::chrono::duration<double>(patience_).count());
      pthread_kill(asking_, SIGABRT);  // its stack is where it hangs
      return;
    }
  }

  const std::chrono::milliseconds patience_;
  WorkerTrace& trace_;
  const pthread_t asking_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread thread_;
};

DirectTarget::DirectTarget(AnswerFunction answer, std::string name, HttpTargetOptions options,
                           std::shared_ptr<WorkerTrace> trace)
    : answer_(answer),
      name_(std::move(name)),
      options_(std::move(options)),
      trace_(std::move(trace)) {
  wire_.host = name_;
  wire_.path = "/";
  if (options_.timeout.count() > 0)
    watchdog_ = std::make_unique<Watchdog>(options_.timeout, *trace_);
}
DirectTarget::~DirectTarget() = default;

void DirectTarget::Run(RequestSource& source) {
  while (const Request* request = source.Next()) {
    std::this_thread::sleep_until(source.NotBefore());
    Result<Response> response = Ask(*request);
    source.Answered(request, response);
  }
}

Result<Response> DirectTarget::Ask(const Request& request) {
  if (options_.stop != nullptr && options_.stop->IsUp()) {
    return TransportError(TransportFailure::kStopped, name_, " " + options_.stop->Why());
  }
  LayOut(request, options_.version, &wire_);
  wire_.headers = options_.headers;
  if (options_.sign) {
    Encode(wire_, UserAgent(), &unsigned_);
    options_.sign(request, wire_);
  }
  Encode(wire_, UserAgent(), &bytes_);
  const Clock::time_point begun = Clock::now();
  trace_->BeginCall(options_.sign ? unsigned_ : bytes_);
  const char* answer = nullptr;
  const std::size_t size = answer_(bytes_.data(), bytes_.size(), &answer);
  trace_->EndCall();
  Result<Response> response = Read(answer, size, request.method);
  if (response) {
    response->latency_us =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun).count();
  }
  HideSecrets(options_.mask, response);
  if (options_.sign) {
    SecretMask signature;
    signature.Add(SignatureOf(wire_));
    HideSecrets(signature, response);
  }
  return response;
}

Result<Response> DirectTarget::Read(const char* bytes, std::size_t size,
                                    const std::string& method) const {
  if (size == 0 || bytes == nullptr) {
    return TransportError(TransportFailure::kClosed, name_, fmt::format("{})", kNothingCame));
  }
  WireAnswers read = ReadAnswers({bytes, size}, {method}, true);
  if (read.whole.size() == 1 && read.problem.empty() && !read.is_cut) {
    if (read.whole[0].response.body.size() > options_.body_limit) {
      return TransportError(TransportFailure::kTooLarge, name_,
                            fmt::format(": over {}", CountText(options_.body_limit, "byte")));
    }
    return std::move(read.whole[0].response);
  }
  if (read.is_foreign) {
    return TransportError(TransportFailure::kNoHttp, name_,
                          ": " + DescribeForeignBytes({bytes, size}));
  }
  if (read.whole.empty() && read.is_cut) {
    return TransportError(TransportFailure::kClosed, name_,
                          fmt::format(" (after {})", CountText(size, "byte")));
  }
  return TransportError(TransportFailure::kMalformed, name_,
                        ": " + (read.problem.empty() ? "more than one answer" : read.problem));
}

}  // namespace assay
