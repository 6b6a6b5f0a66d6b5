#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/findings/collector.h"
#include "reference/judge/judge.h"
#include "reference/session/doubts.h"
#include "reference/session/driver.h"
#include "reference/session/exchanged_answers.h"
#include "reference/session/script.h"
#include "reference/session/sent_requests.h"
#include "reference/session/session_options.h"
#include "reference/session/sightings.h"
#include "reference/target/target.h"
#include "spec/record/record.h"

namespace assay {

// Sends what the suites ask for, has every exchange judged by the one judge, in the order of the
// scripts whatever the order of arrival, and keeps the findings. Equal targets, scripts and options
// give equal findings.
class Session {
 public:
  Session(Target& target, Judge& judge, Recorder& recorder, SessionOptions options = {});

  // Runs the scripts, as many at a time as the target takes; one result for each script.
  std::vector<ScriptResult> Run(const Origin& origin, std::vector<std::unique_ptr<Script>> scripts);
  // The same for a stream: `next` yields scripts until nullptr, `done` gets each result in order.
  void Run(const Origin& origin, const std::function<std::unique_ptr<Script>()>& next,
           const std::function<void(ScriptResult&&)>& done);
  // Sends and judges one request.
  JudgedExchange Send(const Origin& origin, const Request& request);

  // Adds what a suite itself found wrong with an exchange.
  void Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
              std::vector<std::uint64_t> evidence = {});
  // Like Report(), for what is wrong in every state that the test saw.
  void ReportCertain(const Origin& origin, const JudgedExchange& exchange, Difference difference,
                     std::vector<std::uint64_t> evidence);

  // Adds what was seen once and cannot be shown again; `why` ends the sentence. Nothing is added if
  // the state was seen to move.
  void ReportUnsettled(const JudgedExchange& exchange, Difference difference, std::string_view why);

  // Runs one test, again if the state changed during it: then its results are discarded, up to
  // `tries` times in all. What could not be settled in the end becomes inconclusive findings.
  void RunTest(const std::function<void()>& test, int tries);
  // The last quiet state; null while the state stays as it is known.
  std::shared_ptr<const QuietState> quiet_state() const { return doubts_.quiet_state(); }
  // From now on the requests are kept; those that were sent since the last call.
  std::vector<Request> TakeSent();
  // True if every exchange after that one was of one state.
  bool StateHeldSince(std::uint64_t exchange) const { return doubts_.StateHeldSince(exchange); }

  // Confirms, reduces and groups what was found; to be called once, at the end.
  std::vector<Finding> Findings();

  // Counts those of earlier sessions of the run, too.
  std::uint64_t exchanges() const { return exchanges_; }
  // Violations of `must` rules seen so far (exchanges and reports).
  std::uint64_t violations() const { return violations_; }
  // Answers that only said that requests come too fast.
  std::uint64_t throttled() const { return traffic_.throttled; }
  // True if all requests that it may send have been sent.
  bool spent() const { return traffic_.IsSpent(options_); }
  // True if its StopSign ended it.
  bool stopped() const { return traffic_.IsStopped(options_); }
  // True if no request is sent any more for another reason than their number: the session was
  // stopped, or the target answers too slowly, too much or too little.
  bool cut_short() const { return traffic_.IsCutShort(options_); }
  // Why: "5 requests were sent" if that is the bound, what was wrong with the answers, or what
  // stopped it and in which suite.
  std::string WhySpent() const;
  // Why the session gave up on the target, or nothing.
  const std::optional<Error>& lost() const { return traffic_.lost; }
  Judge& judge() { return judge_; }
  Target& target() { return target_; }

 private:
  JudgedExchange JudgeStep(const Origin& origin, ScriptStep& step);
  void NoteExchanged(const ScriptStep& step, Verdict& verdict);
  Verdict JudgeFailure(std::uint64_t id, const Request& request, const Error& error);
  void Record(const Origin& origin, const JudgedExchange& judged, ScriptStep& step);
  void Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
              std::vector<std::uint64_t> evidence, bool doubtful);
  Doubts::AskAgain AskAgain();

  Target& target_;
  Judge& judge_;
  Recorder& recorder_;
  const SessionOptions options_;
  Traffic traffic_;
  AnswerReader reader_;
  Collector findings_;
  PassingFailures passing_;
  ExchangedAnswers exchanged_;
  Doubts doubts_;
  Sightings sightings_;
  std::optional<SentRequests> sent_;  // if they are kept
  std::uint64_t exchanges_ = 0;
  std::uint64_t violations_ = 0;
  std::string suite_;  // that sent last, before the session was stopped
};

}  // namespace assay
