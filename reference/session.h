#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reference/describe_snapshots/judge.h"
#include "reference/target.h"
#include "spec/record.h"

namespace assay {

// A sequence of requests in which each may depend on the answer before it.
class Script {
 public:
  virtual ~Script() = default;
  // Fills in the next request; false when there is none. `previous` is the answer to the last one,
  // nullptr for the first call and where there was no answer.
  virtual bool Next(const Response* previous, Request& request) = 0;
};

// Sends fixed requests.
class FixedScript : public Script {
 public:
  explicit FixedScript(std::vector<Request> requests) : requests_(std::move(requests)) {}
  explicit FixedScript(Request request) : requests_{std::move(request)} {}
  bool Next(const Response*, Request& request) override;

 private:
  std::vector<Request> requests_;
  std::size_t next_ = 0;
};

// One exchange after it was judged.
struct JudgedExchange {
  std::uint64_t id = 0;
  Request request;
  bool answered = false;
  int status = 0;
  Verdict verdict;
  Standing standing;
};

using ScriptResult = std::vector<JudgedExchange>;  // in the order sent

// Who sends: for the journal.
struct Origin {
  std::string suite;
  std::string test;
};

// Puts into the record what the judge says of an exchange.
void WriteVerdict(const Verdict& verdict, bool answered, ExchangeRecord& record);

class SteadyTarget;

struct SessionOptions {
  bool keep_bodies = true;  // the journal holds the bodies of conforming answers too
  int tries = 3;            // of a request that is answered 5xx, or breaks off
  // Requests in a row that broke off at every try, and tries without any answer, after which no
  // request is sent any more. The target counts as lost where nothing came.
  int lost_after = 8;
  std::chrono::milliseconds timeout{10'000};  // of the target: a shorter one says nothing of it
  // After so many no request is sent any more; what was under way is left unanswered. 0: no bound.
  std::uint64_t most_requests = 0;
  bool diagnose = true;          // name the faults that answer as the target does
  int reduction_requests = 100;  // at most, to make one finding small, or to see it again; 0: none
  bool knows_state = true;       // false: only what is wrong with any state counts
  // The session's target, where its state may move while it is asked.
  SteadyTarget* steady = nullptr;
};

// Sends what the suites ask for, has every exchange judged by the one judge, in the order of the
// scripts whatever the order of arrival, and keeps the findings. Equal targets, scripts and options
// give equal findings.
class Session {
 public:
  Session(Target& target, Judge& judge, Recorder& recorder, SessionOptions options = {});
  ~Session();

  // Runs the scripts, as many at a time as the target takes; one result a script.
  std::vector<ScriptResult> Run(const Origin& origin, std::vector<std::unique_ptr<Script>> scripts);
  // The same for a stream: `next` yields scripts until nullptr, `done` gets each result in order.
  void Run(const Origin& origin, const std::function<std::unique_ptr<Script>()>& next,
           const std::function<void(ScriptResult&&)>& done);
  // Sends and judges one request.
  JudgedExchange Send(const Origin& origin, const Request& request);

  // Adds what a suite itself found wrong with an exchange.
  void Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
              std::vector<std::uint64_t> evidence = {});

  // The same for what a suite knows to be wrong although the state moved during the test.
  void ReportOfMoment(const Origin& origin, const JudgedExchange& exchange, Difference difference,
                      std::vector<std::uint64_t> evidence);

  // Where the state may move, each test stands between these two. EndTest says whether what it
  // found stands; if not, the state moved, what that concerns is forgotten, and the test is to be
  // run again. The `last` time what could not be settled becomes inconclusive findings.
  void BeginTest();
  bool EndTest(bool last);
  // The state of the last quiet moment; null while it stays as it is known.
  std::shared_ptr<const Moment> moment() const;
  // True where every exchange after that one was of one moment.
  bool WasSteadySince(std::uint64_t exchange) const;

  // Confirms, reduces and groups what was found; to be called once, at the end.
  std::vector<Finding> Findings();

  std::uint64_t exchanges() const;
  // Violations of `must` rules seen so far (exchanges and reports).
  std::uint64_t violations() const;
  // Answers that said no more than that requests come too fast.
  std::uint64_t throttled() const;
  // All the requests that it may send were sent.
  bool spent() const;
  // Why: "5 requests were sent" where that is the bound, or what answers did.
  std::string WhySpent() const;
  // Why the session gave up on the target, or nothing.
  const std::optional<Error>& lost() const;
  Judge& judge();
  Target& target();

 private:
  bool HasMoved(bool last_look);
  void GiveUp();

  class Driver;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
