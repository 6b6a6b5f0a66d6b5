#include "reference/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <list>
#include <utility>

#include "reference/finding_groups.h"
#include "reference/transport_failure.h"

namespace assay {

bool FixedScript::Next(const Response*, Request& request) {
  if (next_ == requests_.size()) return false;
  request = requests_[next_++];
  return true;
}

struct Session::State {
  Target& target;
  Judge& judge;
  Recorder& recorder;
  SessionOptions options;
  FindingGroups groups;
  std::uint64_t exchanges = 0;
  std::uint64_t violations = 0;
  int broken_in_a_row = 0;
  std::uint64_t throttled = 0;
  std::optional<Error> lost;
};

namespace {

std::vector<std::pair<std::string, std::string>> Pairs(const Request& request) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Parameter& parameter : request.parameters) {
    out.emplace_back(parameter.name, parameter.value);
  }
  return out;
}

// Equal where the answers are but for request ids, tokens and the fields of snapshots.
std::uint64_t Fingerprint(const ObservedAnswer& answer, const JudgedExchange& judged) {
  std::string text =
      fmt::format("{} {} {} {} {} {}", judged.status, answer.xml, judged.verdict.code,
                  answer.total_count.text, answer.page_number.text, answer.page_size.text);
  for (const std::string& id : judged.verdict.listed) text.append(" ").append(id);
  return std::hash<std::string>{}(text);
}

bool IsRefusedMethod(const Request& request) {
  return request.method != "GET" && request.method != "POST";
}

// Failures that say something about the answer, not about the way to the target.
bool IsBrokenAnswer(const Error& error) {
  const auto failure = FailureOf(error);
  return failure == TransportFailure::kMalformed || failure == TransportFailure::kClosed ||
         failure == TransportFailure::kTooLarge;
}

// How fast requests may follow each other: as fast as the target takes them until it throttles,
// then at half that pace, and little by little faster.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  Clock::time_point not_before() const { return not_before_; }
  void Sent() {
    if (interval_ > kShortest) not_before_ = std::max(not_before_, Clock::now() + interval_);
  }
  void Passed() {
    if (interval_ > kShortest) interval_ -= interval_ / 100;
  }
  void Throttled(std::chrono::milliseconds wait) {
    const Clock::time_point now = Clock::now();
    // Requests that were on their way together complain of the same pace.
    if (now >= slowed_until_) {
      interval_ = std::clamp(2 * interval_, 2 * kShortest, kLongest);
      slowed_until_ = now + wait + 8 * interval_;
    }
    not_before_ = std::max(not_before_, now + wait);
  }

 private:
  static constexpr Clock::duration kShortest = std::chrono::microseconds(100);
  static constexpr Clock::duration kLongest = std::chrono::seconds(1);

  Clock::duration interval_ = kShortest;
  Clock::time_point not_before_{}, slowed_until_{};
};

}  // namespace

// Feeds one target with the requests of many scripts, and judges in the order of the scripts.
class Session::Driver : public RequestSource {
 public:
  Driver(State& state, const Origin& origin, const std::function<std::unique_ptr<Script>()>& next,
         const std::function<void(ScriptResult&&)>& done)
      : state_(state), origin_(origin), next_(next), done_(done) {}

  const Request* Next() override {
    if (state_.lost) return nullptr;
    while (true) {
      if (Running* running = Ready()) {
        running->waiting = true;
        pacer_.Sent();
        return &running->request;
      }
      if (!exhausted_ && running_.size() < Window()) {
        if (!Start()) exhausted_ = true;
        continue;
      }
      return nullptr;
    }
  }

  std::chrono::steady_clock::time_point NotBefore() const override { return pacer_.not_before(); }

  void Answered(const Request* request, Result<Response>& response) override {
    const auto at = std::ranges::find_if(
        running_, [&](const Running& running) { return &running.request == request; });
    Running& running = *at;
    running.waiting = false;
    if (!TryAgain(running, response)) {
      running.tries = running.throttled = 0;
      const bool answered = response.has_value();
      running.steps.push_back({running.request, std::move(response)});
      Advance(running, answered ? &*running.steps.back().response : nullptr);
    }
    Flush();
  }

 private:
  struct Step {
    Request request;
    Result<Response> response;
  };
  struct Running {
    std::unique_ptr<Script> script;
    Request request;  // the one that is to be sent or was sent
    std::vector<Step> steps;
    bool waiting = false;  // for its answer
    bool finished = false;
    int tries = 0;
    int throttled = 0;
  };

  // Scripts ahead of the slowest one wait with their answers in memory; this many at the most.
  std::size_t Window() const {
    return 4 * static_cast<std::size_t>(std::max(1, state_.target.Concurrency())) + 4;
  }

  Running* Ready() {
    const auto at = std::ranges::find_if(
        running_, [](const Running& running) { return !running.waiting && !running.finished; });
    return at == running_.end() ? nullptr : &*at;
  }

  bool Start() {
    std::unique_ptr<Script> script = next_();
    if (!script) return false;
    running_.emplace_back();
    running_.back().script = std::move(script);
    Advance(running_.back(), nullptr);
    Flush();
    return true;
  }

  static void Advance(Running& running, const Response* previous) {
    running.request = Request{};
    running.finished = !running.script->Next(previous, running.request);
  }

  // Throttling, a passing 5xx and a connection that broke are no answers yet.
  bool TryAgain(Running& running, const Result<Response>& response) {
    if (response) {
      state_.broken_in_a_row = 0;
      if (IsThrottled(*response)) return WaitForTurn(running, *response);
      pacer_.Passed();
      return response->status >= 500 && !IsRefusedMethod(running.request) &&
             ++running.tries < state_.options.tries;
    }
    if (IsRefusedMethod(running.request)) return false;
    const auto failure = FailureOf(response.error());
    const bool again = ++running.tries < state_.options.tries;
    // A target that breaks off on one request is still there; one that is silent may be gone.
    if (!again || !IsBrokenAnswer(response.error())) ++state_.broken_in_a_row;
    if (failure == TransportFailure::kRefused || failure == TransportFailure::kUnknownHost ||
        failure == TransportFailure::kTls || failure == TransportFailure::kUnreachable ||
        state_.broken_in_a_row >= state_.options.lost_after) {
      if (!state_.lost) state_.lost = response.error();
      return false;
    }
    return again;
  }

  // All requests wait, since it is their number that the target complains of.
  bool WaitForTurn(Running& running, const Response& response) {
    ++state_.throttled;
    if (++running.throttled >= kThrottledTries) return false;
    pacer_.Throttled(BackOff(response, running.throttled));
    return true;
  }

  void Flush() {
    while (!running_.empty() &&
           (running_.front().finished || (state_.lost && !running_.front().waiting))) {
      Running running = std::move(running_.front());
      running_.pop_front();
      ScriptResult result;
      for (Step& step : running.steps) result.push_back(JudgeStep(step));
      done_(std::move(result));
    }
  }

  JudgedExchange JudgeStep(Step& step) {
    JudgedExchange out{.id = ++state_.exchanges, .request = std::move(step.request)};
    if (step.response) {
      out.answered = true;
      out.status = step.response->status;
      out.verdict = state_.judge.Examine(out.id, out.request, *step.response);
      if (state_.options.diagnose) {
        state_.groups.Observe(out.id, out.request, state_.judge.last_answer(), *step.response,
                              out.verdict);
      }
    } else {
      Unanswered(step.response.error(), out);
    }
    state_.violations += out.verdict.violations.empty() ? 0 : 1;
    state_.groups.Add(out.id, out.request, out.verdict);
    Record(step, out);
    return out;
  }

  // encoding.http.complete: an answer that broke off every time is a wrong answer.
  void Unanswered(const Error& error, JudgedExchange& out) {
    if (IsBrokenAnswer(error) && !IsRefusedMethod(out.request) && !state_.lost) {
      out.verdict.kind = Verdict::Kind::kViolation;
      out.verdict.violations.push_back({"encoding.http.complete"_rule, "a complete HTTP answer",
                                        error.what, std::string(Beginning(*FailureOf(error)))});
      return;
    }
    if (FailureOf(error) == TransportFailure::kClosed) {
      state_.judge.ConnectionClosed(out.id, out.request);
    }
    out.verdict.kind = Verdict::Kind::kNotJudged;
    out.verdict.reason = error.what;
  }

  void Record(Step& step, const JudgedExchange& judged) {
    const Verdict& verdict = judged.verdict;
    const bool plain = verdict.violations.empty() && verdict.warnings.empty();
    ExchangeRecord record{.id = judged.id,
                          .suite = origin_.suite,
                          .test = origin_.test,
                          .method = judged.request.method,
                          .placement = std::string(NameOf(judged.request.placement)),
                          .encoding = std::string(NameOf(judged.request.encoding)),
                          .forgery = std::string(NameOf(judged.request.forgery)),
                          .parameters = Pairs(judged.request),
                          .status = judged.status};
    if (step.response) {
      const ObservedAnswer& answer = state_.judge.last_answer();
      record.next_token = answer.next_token.text;
      record.answer = Fingerprint(answer, judged);
      record.content_type = step.response->content_type;
      if (step.response->body.find(step.response->request_id) == std::string::npos) {
        record.request_id = step.response->request_id;
      }
      if (!plain || state_.options.keep_bodies) record.body = std::move(step.response->body);
      record.latency_us = step.response->latency_us;
    }
    WriteVerdict(verdict, judged.answered, record);
    state_.recorder.Add(record);
  }

  State& state_;
  const Origin& origin_;
  const std::function<std::unique_ptr<Script>()>& next_;
  const std::function<void(ScriptResult&&)>& done_;
  std::list<Running> running_;  // in the order of the scripts; addresses stay
  bool exhausted_ = false;
  Pacer pacer_;
};

void WriteVerdict(const Verdict& verdict, bool answered, ExchangeRecord& record) {
  record.verdict = !verdict.violations.empty()                 ? "violation"
                   : !answered                                 ? "unanswered"
                   : verdict.kind == Verdict::Kind::kNotJudged ? "not judged"
                   : !verdict.warnings.empty()                 ? "warning"
                                                               : "conforms";
  for (const Difference& d : verdict.violations) record.rules.emplace_back(Id(d.rule));
  for (const Difference& d : verdict.warnings) record.rules.emplace_back(Id(d.rule));
  if (!verdict.reason.empty()) record.rules.push_back(verdict.reason);
}

Session::Session(Target& target, Judge& judge, Recorder& recorder, SessionOptions options)
    : state_(new State{target, judge, recorder, options, FindingGroups{}}) {}
Session::~Session() = default;

void Session::Run(const Origin& origin, const std::function<std::unique_ptr<Script>()>& next,
                  const std::function<void(ScriptResult&&)>& done) {
  Driver driver(*state_, origin, next, done);
  state_->target.Run(driver);
}

std::vector<ScriptResult> Session::Run(const Origin& origin,
                                       std::vector<std::unique_ptr<Script>> scripts) {
  std::vector<ScriptResult> results;
  std::size_t at = 0;
  Run(
      origin, [&]() { return at < scripts.size() ? std::move(scripts[at++]) : nullptr; },
      [&](ScriptResult&& result) { results.push_back(std::move(result)); });
  results.resize(scripts.size());  // a lost target leaves the rest empty
  return results;
}

JudgedExchange Session::Send(const Origin& origin, const Request& request) {
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<FixedScript>(request));
  ScriptResult result = std::move(Run(origin, std::move(scripts)).front());
  return result.empty() ? JudgedExchange{.request = request} : std::move(result.front());
}

void Session::Report(const Origin&, const JudgedExchange& exchange, Difference difference,
                     std::vector<std::uint64_t> evidence) {
  Verdict verdict;
  verdict.evidence = std::move(evidence);
  const bool must = Catalogue::Get()[difference.rule].level == Level::kMust;
  state_->violations += must ? 1 : 0;
  (must ? verdict.violations : verdict.warnings).push_back(std::move(difference));
  state_->groups.AddReport(exchange.id, exchange.request, verdict);
}

std::vector<Finding> Session::Findings() {
  return state_->groups.Settle(state_->lost ? nullptr : &state_->target, state_->judge,
                               state_->options.reduction_requests, state_->options.diagnose);
}

std::uint64_t Session::exchanges() const { return state_->exchanges; }
std::uint64_t Session::throttled() const { return state_->throttled; }
std::uint64_t Session::violations() const { return state_->violations; }
const std::optional<Error>& Session::lost() const { return state_->lost; }
Judge& Session::judge() { return state_->judge; }
Target& Session::target() { return state_->target; }

}  // namespace assay
