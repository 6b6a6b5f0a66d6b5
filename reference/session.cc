#include "reference/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <list>
#include <utility>

#include "reference/describe_snapshots/hidden_values.h"
#include "reference/finding_groups.h"
#include "reference/steady_target.h"
#include "reference/transport_failure.h"

namespace assay {

bool FixedScript::Next(const Response*, Request& request) {
  if (next_ == requests_.size()) return false;
  request = requests_[next_++];
  return true;
}

namespace {

// Something that was found and does not stand yet: perhaps the state moved.
struct Doubtful {
  std::uint64_t exchange = 0;
  Origin origin;
  Request request;
  Verdict verdict;
  bool reported = false;  // by a suite
};

// Looking again may take so much of the requests while something is wrong all the time.
constexpr std::uint64_t kRequestsALook = 20;
constexpr std::size_t kMostAskedAgain = 200;  // where motion is seen late

}  // namespace

struct Session::State {
  Target& target;
  Judge& judge;
  Recorder& recorder;
  SessionOptions options;
  FindingGroups groups{};
  std::uint64_t exchanges = 0;
  std::uint64_t violations = 0;
  std::uint64_t sent = 0;  // second tries included
  int broken_in_a_row = 0;
  std::uint64_t throttled = 0;
  std::optional<Error> lost = std::nullopt;

  bool breaks_off = false;  // one answer after the other

  bool spent() const {
    return breaks_off || (options.most_requests > 0 && sent >= options.most_requests);
  }

  // Where the state may move:
  FindingGroups unsettled{};
  std::vector<Doubtful> doubtful{};
  std::size_t of_earlier_tests = 0;      // of `doubtful`
  std::uint64_t test_begin = 0;          // the exchange before the test's first
  std::uint64_t test_moment = 0;         // Moment::number at its beginning
  std::uint64_t steady_since = 1;        // since that exchange all are of one moment …
  std::uint64_t last_moment = 0;         // … this one
  std::uint64_t looked_at_exchange = 0;  // when it was looked last
  bool looked = false;

  bool moves() const { return options.steady && options.steady->moves(); }
  void Follow(const JudgedExchange& exchange);
  void Take(Doubtful found);
  void Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
              std::vector<std::uint64_t> evidence, bool is_unsettled);
  bool IsLookDue() const;
  void Clear();
};

// Keeps account of how long the state has been the same.
void Session::State::Follow(const JudgedExchange& exchange) {
  if (!options.steady || !exchange.answered) return;
  const std::uint64_t moment = exchange.standing.number();
  if (moment != last_moment) steady_since = exchange.id;
  if (exchange.standing.moved) steady_since = exchange.id + 1;
  last_moment = moment;
}

// What was found in a quiet moment stands at once.
void Session::State::Take(Doubtful found) {
  const bool is_wrong = !found.verdict.violations.empty() || !found.verdict.warnings.empty();
  const bool stands = !options.steady || moves();
  if (is_wrong && stands && !found.reported) {
    groups.Add(found.exchange, found.request, found.verdict);
  } else if (is_wrong && stands) {
    groups.AddReport(found.exchange, found.request, found.verdict);
  }
  if ((is_wrong && !stands) || !found.verdict.unsettled.empty()) {
    doubtful.push_back(std::move(found));
  }
}

// What a suite found.
void Session::State::Report(const Origin& origin, const JudgedExchange& exchange,
                            Difference difference, std::vector<std::uint64_t> evidence,
                            bool is_unsettled) {
  Verdict verdict;
  verdict.evidence = std::move(evidence);
  const bool must = Catalogue::Get()[difference.rule].level == Level::kMust;
  violations += must ? 1 : 0;
  auto& list = is_unsettled ? verdict.unsettled : must ? verdict.violations : verdict.warnings;
  list.push_back(std::move(difference));
  Take({exchange.id, origin, exchange.request, std::move(verdict), true});
}

bool Session::State::IsLookDue() const {
  if (!looked) return true;
  const std::uint64_t regions = std::max<std::uint64_t>(1, judge.dataset().regions.size());
  return exchanges - looked_at_exchange >= kRequestsALook * regions;
}

// The state did not move: what was found stands.
void Session::State::Clear() {
  for (const Doubtful& found : doubtful) {
    if (found.reported) {
      groups.AddReport(found.exchange, found.request, found.verdict);
    } else {
      groups.Add(found.exchange, found.request, found.verdict);
    }
  }
  doubtful.clear();
  judge.Secure();
}

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
         failure == TransportFailure::kTooLarge || failure == TransportFailure::kNoHttp;
}

constexpr std::string_view kNotSent = "not sent: the run was cut short";

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
    while (!state_.spent()) {
      if (Running* running = Ready()) {
        running->waiting = true;
        ++state_.sent;
        pacer_.Sent();
        return &running->request;
      }
      if (!exhausted_ && running_.size() < Window()) {
        if (!Start()) exhausted_ = true;
        continue;
      }
      return nullptr;
    }
    CutShort();
    return nullptr;
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
      running.steps.push_back({running.request, std::move(response), StandingOfNow()});
      Advance(running, answered ? &*running.steps.back().response : nullptr);
    }
    if (state_.spent()) CutShort();
    Flush();
  }

 private:
  struct Step {
    Request request;
    Result<Response> response;
    Standing standing;
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

  Standing StandingOfNow() const {
    if (!state_.options.knows_state) return {.moved = true};
    return state_.options.steady ? state_.options.steady->delivering() : Standing{};
  }

  // Scripts ahead of the slowest one wait with their answers in memory; this many at the most.
  std::size_t Window() const {
    return 4 * static_cast<std::size_t>(std::max(1, state_.target.Concurrency())) + 4;
  }

  // What cannot be sent any more stays unanswered, so that no suite takes the rest for the whole.
  void CutShort() {
    for (Running& running : running_) {
      if (running.waiting || running.finished) continue;
      running.steps.push_back({std::move(running.request), NotSent()});
      running.finished = true;
    }
    Flush();
  }
  static Error NotSent() { return {"", std::string(kNotSent), ExitCode::kCouldNotJudge}; }
  static bool WasSent(const Step& step) {
    return step.response || step.response.error().what != kNotSent;
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

  // Throttling, a passing 5xx, a moment of slowness and a connection that broke are no answers yet.
  bool TryAgain(Running& running, const Result<Response>& response) {
    if (response) {
      state_.broken_in_a_row = 0;
      if (IsThrottled(*response)) return WaitForTurn(running, *response);
      pacer_.Passed();
      const bool again = response->status >= 500 || IsSlow(*response);
      return again && !IsRefusedMethod(running.request) && ++running.tries < state_.options.tries;
    }
    if (IsRefusedMethod(running.request)) return false;
    const auto failure = FailureOf(response.error());
    const bool again = ++running.tries < state_.options.tries;
    // A target that breaks off on one request is still there; one that is silent may be gone.
    if (!again || !IsBrokenAnswer(response.error())) ++state_.broken_in_a_row;
    if (failure == TransportFailure::kRefused || failure == TransportFailure::kUnknownHost ||
        failure == TransportFailure::kTls || failure == TransportFailure::kUnreachable ||
        state_.broken_in_a_row >= state_.options.lost_after) {
      if (BeganToAnswer(response.error())) {
        state_.breaks_off = true;
      } else if (!state_.lost) {
        state_.lost = response.error();
      }
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
    if (!WasSent(step)) {
      JudgedExchange unsent{.request = std::move(step.request)};
      unsent.verdict.kind = Verdict::Kind::kNotJudged;
      unsent.verdict.reason = kNotSent;
      return unsent;
    }
    JudgedExchange out{.id = ++state_.exchanges,
                       .request = std::move(step.request),
                       .standing = std::move(step.standing)};
    if (step.response) {
      out.answered = true;
      out.status = step.response->status;
      state_.judge.AnswersAreOf(out.standing);
      out.verdict = state_.judge.Examine(out.id, out.request, *step.response);
      if (state_.options.diagnose && !state_.moves()) {
        state_.groups.Observe(out.id, out.request, state_.judge.last_answer(), *step.response,
                              out.verdict);
      }
    } else {
      Unanswered(step.response.error(), out);
      if (state_.options.diagnose && out.verdict.kind == Verdict::Kind::kViolation) {
        state_.groups.Observe(out.id, out.request, step.response.error(), out.verdict);
      }
    }
    state_.violations += out.verdict.violations.empty() ? 0 : 1;
    state_.Follow(out);
    state_.Take({out.id, origin_, out.request, out.verdict});
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
      if (auto broken_pin = state_.judge.MustAnswer(out.request)) {
        out.verdict.kind = Verdict::Kind::kViolation;
        out.verdict.violations.push_back(std::move(*broken_pin));
        return;
      }
    }
    out.verdict.kind = Verdict::Kind::kNotJudged;
    out.verdict.reason = error.what;
    // encoding.http.in_time
    const bool late = FailureOf(error) == TransportFailure::kTimeout && !state_.lost;
    if (late && state_.options.timeout >= std::chrono::seconds(3)) {
      out.verdict.warnings.push_back(
          {"encoding.http.in_time"_rule, "an answer within 3 s", error.what, ""});
    }
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
    : state_(new State{target, judge, recorder, options}) {
  // What is confirmed at the end is judged without the session.
  if (!options.steady) return;
  options.steady->delivers = [&judge](const Standing& standing) { judge.AnswersAreOf(standing); };
}
Session::~Session() {
  if (state_->options.steady) state_->options.steady->delivers = nullptr;
}

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

void Session::Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
                     std::vector<std::uint64_t> evidence) {
  const bool steady =
      WasSteadySince(state_->test_begin) && state_->last_moment == state_->test_moment;
  const bool hidden = IsHidden(exchange.standing, exchange.request);
  state_->Report(origin, exchange, std::move(difference), std::move(evidence),
                 state_->moves() && (!steady || hidden));
}

void Session::ReportOfMoment(const Origin& origin, const JudgedExchange& exchange,
                             Difference difference, std::vector<std::uint64_t> evidence) {
  state_->Report(origin, exchange, std::move(difference), std::move(evidence), false);
}

std::shared_ptr<const Moment> Session::moment() const {
  return state_->moves() ? state_->options.steady->moment() : nullptr;
}

bool Session::WasSteadySince(std::uint64_t exchange) const {
  return state_->steady_since <= exchange + 1;
}

void Session::BeginTest() {
  if (state_->moves()) state_->options.steady->Refresh();
  state_->of_earlier_tests = state_->doubtful.size();
  state_->test_begin = state_->exchanges;
  state_->test_moment = moment() ? moment()->number : 0;
  if (state_->last_moment != state_->test_moment) state_->steady_since = state_->exchanges + 1;
  state_->last_moment = state_->test_moment;
}

bool Session::EndTest(bool last) {
  if (!state_->options.steady || state_->lost || state_->doubtful.empty()) return true;
  if (!state_->moves()) return !state_->IsLookDue() || !HasMoved(false);
  auto& doubtful = state_->doubtful;
  if (doubtful.size() == state_->of_earlier_tests) return true;
  if (last) {
    GiveUp();
    return true;
  }
  doubtful.resize(state_->of_earlier_tests);
  return false;
}

// Looks whether the state moved. If so, what was found since the last look has to be found again.
// A state that is not the known one may have moved before the first look: the next ones will show
// it.
bool Session::HasMoved(bool last_look) {
  state_->looked = true;
  state_->looked_at_exchange = state_->exchanges;
  if (!state_->options.steady->LookAgain()) {
    if (last_look || state_->options.steady->ShowsTheKnownState()) state_->Clear();
    return false;
  }
  state_->judge.Unlearn();
  std::vector<Doubtful> earlier = std::exchange(state_->doubtful, {});
  earlier.resize(std::min(state_->of_earlier_tests, earlier.size()));
  BeginTest();
  std::size_t asked = 0;
  for (Doubtful& found : earlier) {
    const bool again = !found.reported && !found.request.Find("NextToken");
    if (again && ++asked <= kMostAskedAgain) {
      (void)Send(found.origin, found.request);
      continue;
    }
    std::ranges::move(std::exchange(found.verdict.violations, {}),
                      std::back_inserter(found.verdict.unsettled));
    std::ranges::move(std::exchange(found.verdict.warnings, {}),
                      std::back_inserter(found.verdict.unsettled));
    state_->doubtful.push_back(std::move(found));
  }
  GiveUp();
  return true;
}

// What could not be settled.
void Session::GiveUp() {
  for (Doubtful& found : std::exchange(state_->doubtful, {})) {
    Verdict verdict;
    verdict.violations = std::move(found.verdict.unsettled);
    state_->unsettled.AddReport(found.exchange, found.request, verdict);
  }
  state_->of_earlier_tests = 0;
}

namespace {

bool IsPartOf(const std::vector<Finding>& findings, const std::string& id) {
  return std::ranges::any_of(findings, [&](const Finding& finding) {
    return finding.id == id || std::ranges::find(finding.also, id) != finding.also.end();
  });
}

}  // namespace

std::vector<Finding> Session::Findings() {
  // Confirming and reducing goes on beyond the bound, but in proportion to it.
  if (state_->options.most_requests > 0) {
    const std::uint64_t groups = std::max<std::uint64_t>(1, state_->groups.size());
    const std::uint64_t share = state_->options.most_requests / 10 / groups;
    state_->options.reduction_requests = std::min(
        state_->options.reduction_requests, static_cast<int>(std::min<std::uint64_t>(share, 1000)));
  }
  if (!state_->options.steady) state_->doubtful.clear();  // that may be right in some state
  if (!state_->doubtful.empty()) {
    state_->of_earlier_tests = state_->doubtful.size();
    if (state_->moves()) {
      GiveUp();
    } else if (!state_->lost) {
      (void)HasMoved(true);
    }
    if (state_->lost) state_->Clear();
  }
  using enum FindingGroups::Causes;
  const FindingGroups::Causes causes = !state_->options.diagnose ? kApart
                                       : state_->moves()         ? kJoined
                                                                 : kNamed;
  std::vector<Finding> out =
      state_->groups.Settle(state_->lost ? nullptr : &state_->target, state_->options.steady,
                            state_->judge, state_->options.reduction_requests, causes);
  std::vector<Finding> unsettled =
      state_->unsettled.Settle(nullptr, nullptr, state_->judge, 0, kApart);
  std::erase_if(unsettled, [&](const Finding& finding) { return IsPartOf(out, finding.id); });
  for (Finding& finding : unsettled) {
    finding.kind = "inconclusive";
    finding.actual +=
        fmt::format("; meanwhile the state moved ({})", state_->options.steady->motion().Text());
    out.push_back(std::move(finding));
  }
  std::ranges::sort(out, {}, &Finding::id);
  return out;
}

std::uint64_t Session::exchanges() const { return state_->exchanges; }
std::uint64_t Session::throttled() const { return state_->throttled; }
std::uint64_t Session::violations() const { return state_->violations; }
bool Session::spent() const { return state_->spent(); }
std::string Session::WhySpent() const {
  if (state_->breaks_off) return "one answer after the other broke off";
  return fmt::format("{} requests were sent", state_->options.most_requests);
}
const std::optional<Error>& Session::lost() const { return state_->lost; }
Judge& Session::judge() { return state_->judge; }
Target& Session::target() { return state_->target; }

}  // namespace assay
