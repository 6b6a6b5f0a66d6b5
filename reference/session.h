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
};

using ScriptResult = std::vector<JudgedExchange>;  // in the order sent

// Who sends: for the journal.
struct Origin {
  std::string suite;
  std::string test;
};

// Puts into the record what the judge says of an exchange.
void WriteVerdict(const Verdict& verdict, bool answered, ExchangeRecord& record);

struct SessionOptions {
  bool keep_bodies = true;  // the journal holds the bodies of conforming answers too
  int tries = 3;            // of a request that is answered 5xx, or breaks off
  // Requests in a row that broke off at every try, and tries without any answer, after which the
  // target counts as lost.
  int lost_after = 8;
  bool diagnose = true;         // name the faults that answer as the target does
  int reduction_requests = 60;  // at most, to make one finding small; 0: do not reduce
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

  // Confirms, reduces and groups what was found; to be called once, at the end.
  std::vector<Finding> Findings();

  std::uint64_t exchanges() const;
  // Violations of `must` rules seen so far (exchanges and reports).
  std::uint64_t violations() const;
  // Answers that said no more than that requests come too fast.
  std::uint64_t throttled() const;
  // Why the session gave up on the target, or nothing.
  const std::optional<Error>& lost() const;
  Judge& judge();
  Target& target();

 private:
  class Driver;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
