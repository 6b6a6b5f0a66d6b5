#include "reference/session/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "reference/describe_snapshots/hidden_values.h"
#include "reference/findings/set_aside.h"
#include "reference/session/exchange_record.h"
#include "reference/wire/transport_failure.h"
#include "spec/text/count.h"

namespace assay {

Session::Session(Target& target, Judge& judge, Recorder& recorder, SessionOptions options)
    : target_(target),
      judge_(judge),
      recorder_(recorder),
      options_(options),
      doubts_(options.watched, judge, findings_),
      sightings_(recorder),
      exchanges_(options.exchanges_before) {}

void Session::Run(const Origin& origin, const std::function<std::unique_ptr<Script>()>& next,
                  const std::function<void(ScriptResult&&)>& done) {
  if (!stopped()) suite_ = origin.suite;
  Driver driver(options_, target_.Concurrency(), traffic_, reader_, next,
                [&](std::vector<ScriptStep>&& steps) {
                  ScriptResult result;
                  for (ScriptStep& step : steps) result.push_back(JudgeStep(origin, step));
                  done(std::move(result));
                });
  target_.Run(driver);
}

std::vector<ScriptResult> Session::Run(const Origin& origin,
                                       std::vector<std::unique_ptr<Script>> scripts) {
  std::vector<ScriptResult> results;
  std::size_t at = 0;
  Run(
      origin, [&]() { return at < scripts.size() ? std::move(scripts[at++]) : nullptr; },
      [&](ScriptResult&& result) { results.push_back(std::move(result)); });
  results.resize(scripts.size());  // if the target is lost, the rest stays empty
  return results;
}

JudgedExchange Session::Send(const Origin& origin, const Request& request) {
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(std::make_unique<FixedScript>(request));
  ScriptResult result = std::move(Run(origin, std::move(scripts)).front());
  return result.empty() ? JudgedExchange{.request = request} : std::move(result.front());
}

JudgedExchange Session::JudgeStep(const Origin& origin, ScriptStep& step) {
  if (!step.sent) {
    JudgedExchange unsent{.request = std::move(step.request)};
    unsent.verdict.kind = Verdict::Kind::kNotJudged;
    unsent.verdict.reason = "not sent: the run was cut short";
    return unsent;
  }
  JudgedExchange out{.id = ++exchanges_,
                     .request = step.request,
                     .answered = step.response.has_value(),
                     .status = step.response ? step.response->status : 0,
                     .state = step.state};
  if (step.response) {
    const Exchange exchange = step.AsExchange(out.id);
    out.verdict = judge_.Examine(exchange);
    const bool may_be_exchanged = options_.finds_exchanged && !out.verdict.IsSound();
    if (may_be_exchanged && !out.verdict.unreadable) NoteExchanged(step, out.verdict);
    if (options_.diagnose && !doubts_.moves()) findings_.Observe(exchange, out.verdict);
  } else {
    const Error& error = step.response.error();
    out.verdict = JudgeFailure(out.id, out.request, error);
    if (options_.diagnose && out.verdict.HasViolation()) {
      findings_.Observe(out.id, out.request, error, out.verdict);
    }
  }
  // What fails in the end is judged for itself.
  const bool passed = step.response && step.response->status < 500;
  for (const PassingFailures::Failure& failure : step.failed_before) {
    if (passed) passing_.Add(failure, out.id, out.request);
  }
  violations_ += out.verdict.HasViolation() ? 1 : 0;
  if (sent_) sent_->Add(out.request);
  doubts_.Follow(out);
  Record(origin, out, step);
  if (out.verdict.differences.empty()) return out;
  Verdict news =
      options_.set_aside ? options_.set_aside->Filter(out.request, out.verdict) : out.verdict;
  sightings_.Take(out.id, out.request, news);
  doubts_.Take({out.id, origin, out.request, std::move(news)});
  return out;
}

// Notes it if the answer belongs to another request, whose answer came to this one.
void Session::NoteExchanged(const ScriptStep& step, Verdict& verdict) {
  const auto partner = exchanged_.PartnerOf(step.request, *step.response, step.state, judge_);
  if (!partner) return;
  for (Difference& difference : verdict.differences) difference.belongs_to = *partner;
}

// encoding.http.complete: an answer that broke off every time is a wrong answer.
Verdict Session::JudgeFailure(std::uint64_t id, const Request& request, const Error& error) {
  Verdict out{.kind = Verdict::Kind::kViolation};
  const auto failure = FailureOf(error);
  if (failure == TransportFailure::kStopped) {
    return {.kind = Verdict::Kind::kNotJudged, .reason = error.what};
  }
  if (IsBrokenAnswer(error) && !IsOtherMethod(request) && !traffic_.lost) {
    out.differences.push_back(FormDifference("encoding.http.complete"_rule,
                                             "a complete HTTP answer", error.what,
                                             std::string(Beginning(*failure))));
    return out;
  }
  if (failure == TransportFailure::kClosed) {
    judge_.LearnClosing(id, request);
    if (auto broken_pin = judge_.MustAnswer(request)) {
      out.differences.push_back(std::move(*broken_pin));
      return out;
    }
  }
  out.kind = Verdict::Kind::kNotJudged;
  out.reason = error.what;
  // encoding.http.in_time
  const bool late = failure == TransportFailure::kTimeout && !traffic_.lost;
  if (late && options_.timeout >= std::chrono::seconds(3)) {
    out.differences.push_back(
        FormDifference("encoding.http.in_time"_rule, "an answer within 3 s", error.what));
  }
  return out;
}

void Session::Record(const Origin& origin, const JudgedExchange& judged, ScriptStep& step) {
  ExchangeRecord record = RecordOf(origin, judged);
  if (step.response) {
    WriteAnswer(step.AsExchange(judged.id), judged.verdict, record);
    const bool plain = !judged.verdict.HasViolation() && !judged.verdict.HasWarning();
    if (!plain || options_.keep_bodies) record.body = std::move(step.response->body);
  }
  recorder_.Add(record);
}

void Session::Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
                     std::vector<std::uint64_t> evidence) {
  const bool hidden = IsHidden(exchange.state, exchange.request);
  Report(origin, exchange, std::move(difference), std::move(evidence),
         doubts_.moves() && (hidden || !doubts_.StateHeldDuringTest()));
}

void Session::ReportCertain(const Origin& origin, const JudgedExchange& exchange,
                            Difference difference, std::vector<std::uint64_t> evidence) {
  Report(origin, exchange, std::move(difference), std::move(evidence), false);
}

void Session::ReportUnsettled(const JudgedExchange& exchange, Difference difference,
                              std::string_view why) {
  if (doubts_.moves()) return;
  difference.actual += fmt::format("; {}", why);
  Verdict verdict{.evidence = {exchange.id}};
  difference.doubtful = true;
  verdict.differences.push_back(std::move(difference));
  findings_.AddDoubtful(exchange.id, exchange.request, verdict);
}

void Session::Report(const Origin& origin, const JudgedExchange& exchange, Difference difference,
                     std::vector<std::uint64_t> evidence, bool doubtful) {
  violations_ += IsMust(difference) ? 1 : 0;
  difference.doubtful = doubtful;
  Verdict verdict{.evidence = std::move(evidence)};
  verdict.differences.push_back(std::move(difference));
  sightings_.Take(exchange.id, exchange.request, verdict);
  doubts_.Take({exchange.id, origin, exchange.request, std::move(verdict), true});
}

void Session::RunTest(const std::function<void()>& test, int tries) {
  for (bool settled = false; !settled; --tries) {
    doubts_.BeginTest(exchanges_);
    test();
    settled = lost() || doubts_.EndTest(exchanges_, tries <= 1, AskAgain());
  }
}

std::vector<Request> Session::TakeSent() {
  if (!sent_) sent_.emplace();
  return sent_->Take();
}

Doubts::AskAgain Session::AskAgain() {
  return [this](const Origin& origin, const Request& request) { (void)Send(origin, request); };
}

std::vector<Finding> Session::Findings() {
  doubts_.Conclude(exchanges_, lost().has_value() || cut_short(), AskAgain());
  using enum FindingGroups::Causes;
  const std::string moved = options_.watched ? options_.watched->changes().Text() : "";
  // Findings are confirmed and reduced beyond the bound, but in proportion to it.
  const auto budget = options_.most_requests > 0
                          ? std::optional<std::uint64_t>(options_.most_requests / 10)
                          : std::nullopt;
  const bool may_ask = !lost() && !traffic_.IsTooSlow(options_) && !traffic_.IsTooLarge();
  std::vector<Finding> out = findings_.Settle({.target = may_ask ? &target_ : nullptr,
                                               .watched = options_.watched,
                                               .knows_state = options_.knows_state,
                                               .budget = options_.reduction_requests,
                                               .stop = options_.stop,
                                               .causes = !options_.diagnose ? kApart
                                                         : doubts_.moves()  ? kJoined
                                                                            : kNamed},
                                              budget, judge_, moved);
  std::ranges::move(passing_.Findings(exchanges_ - options_.exchanges_before, options_.tolerance),
                    std::back_inserter(out));
  std::ranges::sort(out, {}, &Finding::id);
  return out;
}

std::string Session::WhySpent() const {
  if (traffic_.breaks_off) return "the target kept cutting its answers short";
  if (traffic_.IsTooLarge()) {
    return fmt::format("{} had {} MiB", CountText(traffic_.sent, "answer"),
                       traffic_.received >> 20);
  }
  if (stopped()) {
    const std::string where = suite_.empty() ? "" : fmt::format(", in the suite `{}`", suite_);
    return "the run was stopped " + options_.stop->Why() + where;
  }
  if (traffic_.IsTooSlow(options_)) {
    return fmt::format("{} of {} {} not answered in time", traffic_.timed_out,
                       CountText(traffic_.sent, "request"),
                       traffic_.timed_out == 1 ? "was" : "were");
  }
  if (traffic_.IsRetriedTooOften(options_)) {
    return fmt::format("requests failed or were throttled so often that {} sent again",
                       CountText(traffic_.retried, "was", "were"));
  }
  return CountText(options_.most_requests, "request was sent", "requests were sent");
}

}  // namespace assay
