#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "reference/answer/kept_answer.h"
#include "reference/session/pacer.h"
#include "reference/session/script.h"
#include "reference/session/session_options.h"
#include "reference/target/patience.h"
#include "reference/target/target.h"

namespace assay {

// What was sent to a target, and whether it can be asked any more; several drivers share it.
struct Traffic {
  std::uint64_t sent = 0;       // second tries included
  std::uint64_t retried = 0;    // of them, second tries and later ones
  std::uint64_t throttled = 0;  // answers that only said that requests come too fast
  std::uint64_t received = 0;   // bytes of bodies
  std::uint64_t timed_out = 0;  // requests that no answer came to in time
  int broken_in_a_row = 0;
  bool breaks_off = false;  // one answer after another
  std::optional<Error> lost = std::nullopt;
  std::optional<Request> plain;  // the smallest request that was answered with 200
  Pacer pacer;                   // of all drivers, one after another
  // Since when every answer asked for patience.
  std::optional<std::chrono::steady_clock::time_point> throttled_since;

  void KeepIfPlain(const Request& request) {
    const bool is_plain = !IsOtherMethod(request) && request.forgery == Forgery::kNone;
    const bool is_plainer = !plain || request.parameters.size() < plain->parameters.size();
    if (is_plain && is_plainer) plain = request;
  }
  bool IsStopped(const SessionOptions& options) const {
    return options.stop != nullptr && options.stop->IsUp();
  }
  // So many requests time out that the run would take for ever: every tenth, and a minute in all.
  bool IsTooSlow(const SessionOptions& options) const {
    return timed_out >= 5 && timed_out * 10 > sent &&
           options.timeout * timed_out > std::chrono::minutes(1);
  }
  // Answers so large, on average, that the run would take for ever: a page of 100 snapshots has a
  // tenth of that.
  bool IsTooLarge() const {
    return received > std::uint64_t{256} << 20 && received > sent * (std::uint64_t{512} << 10);
  }
  bool IsRetriedTooOften(const SessionOptions& options) const {
    return options.most_retries > 0 && retried >= options.most_retries;
  }
  bool IsCutShort(const SessionOptions& options) const {
    return breaks_off || IsTooLarge() || IsTooSlow(options) || IsRetriedTooOften(options) ||
           IsStopped(options);
  }
  // All requests that may be sent have been sent.
  bool IsSpent(const SessionOptions& options) const {
    return IsCutShort(options) || (options.most_requests > 0 && sent >= options.most_requests);
  }
};

// One request of a script and its outcome.
struct ScriptStep {
  Request request;
  bool sent = false;
  Result<Response> response = Error{};
  AnswerState state;
  std::optional<KeptAnswer> answer;                          // the response, read
  std::vector<PassingFailures::Failure> failed_before = {};  // the tries before it

  Exchange AsExchange(std::uint64_t id) const { return {id, request, *response, **answer, state}; }
};

// Failures that say something about the answer, not about the connection to the target.
bool IsBrokenAnswer(const Error& error);

// Feeds one target with the requests of many scripts, and hands their steps on in the order of the
// scripts, whatever the order of arrival.
class Driver : public RequestSource {
 public:
  // `next` yields scripts until nullptr; `done` gets the steps of each.
  Driver(const SessionOptions& options, int concurrency, Traffic& traffic, AnswerReader& reader,
         std::function<std::unique_ptr<Script>()> next,
         std::function<void(std::vector<ScriptStep>&&)> done);

  const Request* Next() override;
  std::chrono::steady_clock::time_point NotBefore() const override {
    return traffic_.pacer.not_before();
  }
  void Answered(const Request* request, Result<Response>& response) override;

 private:
  struct Running {
    std::unique_ptr<Script> script;
    Request request;  // the one that is to be sent or was sent
    Patience patience;
    std::vector<ScriptStep> steps;
    std::vector<PassingFailures::Failure> failures;  // of the request, so far
    bool waiting = false;                            // for its answer
    bool finished = false;
  };

  bool Start();
  Running* FindReady();
  Patience FreshPatience() const;
  void Advance(Running& running, const Exchange* previous);
  bool TryAgain(Running& running, const Result<Response>& response);
  void NoteFailure(Running& running, const Result<Response>& response);
  void NoteThrottling(const Response& response, const Patience& patience, Patience::Next next);
  void Doubt(const Error& error);
  const Request* NextProbe();
  void TakeProbe(const Result<Response>& response);
  void GiveUp(const Error& error);
  void Keep(Running& running, Result<Response>& response);
  void CutShort();
  void HandOn();

  const SessionOptions& options_;
  const std::size_t window_;
  Traffic& traffic_;
  const std::function<std::unique_ptr<Script>()> next_;
  const std::function<void(std::vector<ScriptStep>&&)> done_;
  std::list<Running> running_;  // in the order of the scripts; addresses stay
  bool exhausted_ = false;
  std::size_t held_ = 0;  // bytes of the answers that wait to be handed on
  // A plain request, sent when others broke off one after the other, and why it is sent.
  Request probe_;
  std::optional<Error> doubt_;
  bool probing_ = false;
  int probes_failed_ = 0;
  AnswerReader& reader_;  // the same for all drivers of a target: it remembers what it read
};

}  // namespace assay
