#include "reference/session/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "reference/watch/watched_target.h"
#include "reference/wire/transport_failure.h"

namespace assay {
namespace {

// Bytes of answers that wait for a slower script; beyond, only that one goes on.
constexpr std::size_t kMostHeld = 32 * 1024 * 1024;
// Without one answer but those that ask for patience.
constexpr std::chrono::seconds kLongestThrottling{100};

// Requests in a row after which a plain one is sent, to see whether the target is still there, and
// how often that is tried.
constexpr int kBreaksToDoubt = 4, kTimeoutsToDoubt = 2, kProbes = 2;

std::size_t BytesOf(const ScriptStep& step) {
  return step.response ? step.response->body.size() : 0;
}

// The body, if it stays where it is when the response is moved: short ones are part of the string.
std::string_view BodyThatStays(const Response& response) {
  const std::string& body = response.body;
  return body.size() >= sizeof body ? std::string_view(body) : std::string_view();
}

}  // namespace

bool IsBrokenAnswer(const Error& error) {
  const auto failure = FailureOf(error);
  return failure == TransportFailure::kMalformed || failure == TransportFailure::kClosed ||
         failure == TransportFailure::kTooLarge || failure == TransportFailure::kNoHttp;
}

// Scripts ahead of the slowest one wait with their answers in memory: a bounded number.
Driver::Driver(const SessionOptions& options, int concurrency, Traffic& traffic,
               AnswerReader& reader, std::function<std::unique_ptr<Script>()> next,
               std::function<void(std::vector<ScriptStep>&&)> done)
    : options_(options),
      window_(4 * static_cast<std::size_t>(std::max(1, concurrency)) + 4),
      traffic_(traffic),
      next_(std::move(next)),
      done_(std::move(done)),
      reader_(reader) {}

const Request* Driver::Next() {
  if (traffic_.lost) return nullptr;
  while (!traffic_.IsSpent(options_)) {
    if (doubt_) return NextProbe();
    if (Running* running = FindReady()) {
      running->waiting = true;
      ++traffic_.sent;
      traffic_.pacer.Sent(Pacer::Clock::now());
      return &running->request;
    }
    if (exhausted_ || running_.size() >= window_ || held_ > kMostHeld) return nullptr;
    exhausted_ = !Start();
  }
  CutShort();
  return nullptr;
}

void Driver::Answered(const Request* request, Result<Response>& response) {
  if (request == &probe_) {
    TakeProbe(response);
  } else {
    Running& running = *std::ranges::find_if(
        running_, [&](const Running& candidate) { return &candidate.request == request; });
    running.waiting = false;
    if (TryAgain(running, response)) {
      ++traffic_.retried;
    } else {
      Keep(running, response);
    }
  }
  if (traffic_.IsSpent(options_)) CutShort();
  HandOn();
}

// Takes the response as the answer, and asks the script for what comes next.
void Driver::Keep(Running& running, Result<Response>& response) {
  running.patience = FreshPatience();
  running.steps.push_back({running.request, true, std::move(response),
                           StateOfLastAnswer(options_.watched, options_.knows_state)});
  ScriptStep& step = running.steps.back();
  step.failed_before = std::exchange(running.failures, {});
  if (!step.response) return Advance(running, nullptr);
  held_ += BytesOf(step);
  // Read once, here, for the script, the judge and all who come after them.
  step.answer.emplace(reader_.Read(*step.response), BodyThatStays(*step.response));
  const Exchange exchange = step.AsExchange(0);
  Advance(running, &exchange);
}

bool Driver::Start() {
  std::unique_ptr<Script> script = next_();
  if (!script) return false;
  running_.push_back({.script = std::move(script), .patience = FreshPatience()});
  Advance(running_.back(), nullptr);
  HandOn();
  return true;
}

// If too much waits for the slowest script, that one only.
Driver::Running* Driver::FindReady() {
  const auto end =
      held_ > kMostHeld && !running_.empty() ? std::next(running_.begin()) : running_.end();
  const auto at = std::find_if(running_.begin(), end, [](const Running& running) {
    return !running.waiting && !running.finished;
  });
  return at == end ? nullptr : &*at;
}

// Slowness may pass, too.
Patience Driver::FreshPatience() const { return Patience(options_.tries, true); }

void Driver::Advance(Running& running, const Exchange* previous) {
  running.request = Request{};
  running.finished = !running.script->Next(previous, running.request);
}

bool Driver::TryAgain(Running& running, const Result<Response>& response) {
  const Patience::Next next = running.patience.After(running.request, response);
  if (response && IsThrottled(*response)) {
    NoteThrottling(*response, running.patience, next);
    return next == Patience::Next::kWait && !traffic_.lost;
  }
  const bool again = next == Patience::Next::kAgain;
  if (again) NoteFailure(running, response);
  if (response) {
    traffic_.received += response->body.size();
    traffic_.broken_in_a_row = 0;
    traffic_.throttled_since.reset();
    traffic_.pacer.Passed();
    if (response->status == 200) traffic_.KeepIfPlain(running.request);
    return again;
  }
  if (IsOtherMethod(running.request)) return false;
  if (FailureOf(response.error()) == TransportFailure::kStopped) return false;
  const bool late = FailureOf(response.error()) == TransportFailure::kTimeout;
  traffic_.timed_out += late ? 1 : 0;
  // A target that breaks off on one request is still there; one that is silent may be gone.
  if (!again || !IsBrokenAnswer(response.error())) ++traffic_.broken_in_a_row;
  Doubt(response.error());
  return again && !traffic_.lost && !traffic_.breaks_off;
}

void Driver::NoteFailure(Running& running, const Result<Response>& response) {
  if (auto failure = PassingFailures::Of(response)) {
    running.failures.push_back(std::move(*failure));
  }
}

void Driver::NoteThrottling(const Response& response, const Patience& patience,
                            Patience::Next next) {
  traffic_.broken_in_a_row = 0;
  ++traffic_.throttled;
  const auto now = std::chrono::steady_clock::now();
  // All requests wait, since the target complains about their number.
  if (next == Patience::Next::kWait) {
    traffic_.pacer.Throttled(now, patience.delay(), response.retry_after_ms > 0);
  }
  if (!traffic_.throttled_since) traffic_.throttled_since = now;
  if (now - *traffic_.throttled_since < kLongestThrottling || traffic_.lost) return;
  traffic_.lost =
      Error{"",
            fmt::format("for {} s every answer only said that requests come too "
                        "fast (status {}, {} of them)",
                        kLongestThrottling.count(), response.status, traffic_.throttled),
            ExitCode::kCouldNotJudge};
}

// Whether the target is still there, after what happened.
void Driver::Doubt(const Error& error) {
  const auto failure = FailureOf(error);
  const bool is_gone =
      failure == TransportFailure::kRefused || failure == TransportFailure::kUnknownHost ||
      failure == TransportFailure::kTls || failure == TransportFailure::kUnreachable;
  if (is_gone) return GiveUp(error);
  if (doubt_) return;
  // One handler that crashes is not the whole target.
  if (traffic_.plain) {
    const int few = failure == TransportFailure::kTimeout ? kTimeoutsToDoubt : kBreaksToDoubt;
    if (traffic_.broken_in_a_row >= few) doubt_ = error;
  } else if (traffic_.broken_in_a_row >= options_.lost_after) {
    GiveUp(error);
  }
}

const Request* Driver::NextProbe() {
  if (probing_) return nullptr;
  probing_ = true;
  probe_ = *traffic_.plain;
  ++traffic_.sent;
  return &probe_;
}

void Driver::TakeProbe(const Result<Response>& response) {
  probing_ = false;
  const bool stopped = !response && FailureOf(response.error()) == TransportFailure::kStopped;
  if (stopped) return doubt_.reset();
  if (!response && ++probes_failed_ < kProbes) return;
  probes_failed_ = 0;
  const Error doubt = *std::exchange(doubt_, std::nullopt);
  traffic_.broken_in_a_row = 0;
  if (!response) GiveUp(doubt);
}

void Driver::GiveUp(const Error& error) {
  if (BeganToAnswer(error)) {
    traffic_.breaks_off = true;
  } else if (!traffic_.lost) {
    traffic_.lost = error;
  }
}

// What cannot be sent any more stays unanswered, so that no suite takes a part for the whole.
void Driver::CutShort() {
  for (Running& running : running_) {
    if (running.waiting || running.finished) continue;
    running.steps.push_back({.request = std::move(running.request)});
    running.finished = true;
  }
  HandOn();
}

void Driver::HandOn() {
  while (!running_.empty() &&
         (running_.front().finished || (traffic_.lost && !running_.front().waiting))) {
    std::vector<ScriptStep> steps = std::move(running_.front().steps);
    for (const ScriptStep& step : steps) held_ -= BytesOf(step);
    running_.pop_front();
    done_(std::move(steps));
  }
}

}  // namespace assay
