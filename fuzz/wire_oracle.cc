#include "fuzz/wire_oracle.h"

#include <fmt/format.h>

#include <utility>

#include "reference/answer/observed.h"
#include "reference/judge/check_fields.h"
#include "reference/target/patience.h"

namespace assay {
namespace {

constexpr std::string_view kComplete = "a well-formed HTTP answer, or the end of the connection";
constexpr std::string_view kMustClose =
    "RFC 9112, 6.3: a message whose length is invalid is answered with 400, and the connection "
    "is closed";
constexpr std::string_view kMustCloseBoth =
    "RFC 9112, 6.1: the server MUST close the connection after responding to a request with both "
    "Content-Length and Transfer-Encoding";
constexpr std::string_view kMustRead =
    "RFC 9112, 9.3: a server MUST read the entire request message body or close the connection "
    "after sending its response";

class WireOracle {
 public:
  WireOracle(const WireOutcome& outcome, const std::string& next_wrong)
      : outcome_(outcome), framing_(outcome.framing), next_wrong_(next_wrong) {}

  std::vector<WireFault> Faults() {
    LookAtEnd();
    LookAtForm();
    for (const WireAnswer& answer : outcome_.answers.whole) LookAt(answer.response);
    LookAtCount();
    LookAtNext();
    return std::move(faults_);
  }

 private:
  using End = WireOutcome::End;
  using Next = WireOutcome::Next;

  // Its shape tells what the message is like, so that findings of one kind are one.
  WireFault& Add(Rule rule, std::string_view expected, std::string actual, std::string shape) {
    const std::string odd = framing_.oddity.empty() ? "" : ", " + framing_.oddity;
    return faults_.emplace_back(WireFault{
        .difference =
            FormDifference(rule, std::string(expected), std::move(actual), "wire: " + shape + odd),
        .symptom = fmt::format("{} {}", Id(rule), shape)});
  }

  void LookAtEnd() {
    if (outcome_.end != End::kHung || (framing_.may_lack_body && outcome_.answers.is_cut)) return;
    if (!framing_.certain && !outcome_.answers.whole.empty()) return;
    Add("encoding.http.complete"_rule, kComplete,
        outcome_.half_closed ? "neither in time, though the sending side was closed"
                             : "neither in time",
        "hung");
  }

  // What answers a line that does not end as one of HTTP/1 does may be as in HTTP/0.9.
  bool IsHttpExpected() const {
    if (framing_.certain) return true;
    return framing_.has_version && !framing_.may_lack_body && outcome_.answers.whole.empty();
  }

  void LookAtForm() {
    if (!IsHttpExpected()) return;
    const WireAnswers& answers = outcome_.answers;
    if (!answers.problem.empty()) {
      Add("encoding.http.complete"_rule, kComplete, answers.problem, "no answer of HTTP");
    }
    // Who closes the sending side may be taken for gone.
    if (answers.is_cut && outcome_.end == End::kClosed && !outcome_.half_closed) {
      Add("encoding.http.complete"_rule, kComplete, "an answer that is cut short", "cut");
    }
  }

  void LookAt(const Response& answer) {
    const bool trace = LooksLikeATrace(answer.body);
    const int status = answer.status;
    if (status >= 500 && status != 501 && status != 505 && !IsThrottled(answer)) {
      WireFault& fault = Add(
          "error.internal_error.unprovoked"_rule,
          "an answer below 500, 501, 505, or the end of the connection",
          fmt::format("{}{}: {}", status, trace ? " with a stack trace" : "", Excerpt(answer.body)),
          fmt::format("{}{}", status, trace ? " with a trace" : ""));
      // A gateway in front says so if the target itself closed the connection, as it may.
      fault.is_warning = !framing_.certain && (status == 502 || status == 503 || status == 504);
      fault.answer = ShownAnswerOf(answer);
    } else if (trace) {
      WireFault& fault =
          Add("error.envelope.no_trace"_rule, "a text that says what is wrong",
              fmt::format("{} with a stack trace: {}", status, Excerpt(answer.body, 200)), "trace");
      fault.is_warning = true;
      fault.answer = ShownAnswerOf(answer);
    }
  }

  // A server may say 408 as it closes (RFC 9110, 15.5.9).
  void LookAtCount() {
    const std::size_t asked = framing_.methods.size();
    const auto& whole = outcome_.answers.whole;
    if (!framing_.certain || whole.size() <= asked || whole[asked].response.status == 408) return;
    Add("encoding.http.complete"_rule, fmt::format("{} answers, one for each request", asked),
        fmt::format("{} answers, the last of them {}", whole.size(), whole.back().response.status),
        "more answers than requests");
  }

  void LookAtNext() {
    if (framing_.certain) return LookAtNextOfCertain();
    const bool answered = outcome_.next == Next::kAnswered;
    const bool refuses = answered && outcome_.next_answer.response.status / 100 == 4;
    if (outcome_.next == Next::kNotAsked || outcome_.next == Next::kClosed) return;
    // It was refused, and what follows is refused, too: odd, but nothing comes to harm.
    if (refuses && outcome_.answers.whole.back().response.status >= 400) return;
    const std::string_view source = framing_.has_no_length ? kMustClose : kMustCloseBoth;
    if (answered && !refuses && !next_wrong_.empty()) {
      AddNext(next_wrong_, "next wrong").source = source;
      return;
    }
    const std::string_view what = refuses    ? "the next request on it is refused"
                                  : answered ? "the next request on it is answered"
                                             : "the next request on it gets no answer";
    WireFault& fault =
        Add("encoding.http.complete"_rule, "an answer, and the end of the connection",
            fmt::format("{}, and the connection stays open: {}",
                        outcome_.answers.whole.front().response.status, what),
            "connection kept");
    fault.is_warning = true;
    fault.with_next = true;
    fault.source = source;
  }

  void LookAtNextOfCertain() {
    if (outcome_.next == Next::kHung) {
      AddNext("no answer in time", "next hung").source = kMustRead;
    } else if (outcome_.next == Next::kMalformed) {
      AddNext(outcome_.why, "next malformed").source = kMustRead;
    } else if (outcome_.next == Next::kAnswered && !next_wrong_.empty()) {
      AddNext(next_wrong_, "next wrong").source = kMustRead;
    }
  }

  WireFault& AddNext(const std::string& actual, std::string shape) {
    WireFault& fault =
        Add("request.same.answer"_rule, "the next request on the connection is answered as before",
            actual + ", to the next request on the connection", std::move(shape));
    fault.with_next = true;
    if (outcome_.next == Next::kAnswered) {
      fault.answer = ShownAnswerOf(outcome_.next_answer.response);
    }
    return fault;
  }

  const WireOutcome& outcome_;
  const WireFraming& framing_;
  const std::string& next_wrong_;
  std::vector<WireFault> faults_;
};

}  // namespace

ShownAnswer ShownAnswerOf(const Response& response) {
  return {.status = response.status,
          .content_type = response.content_type,
          .body = response.body.substr(0, 4096)};
}

std::vector<WireFault> FindWireFaults(const WireOutcome& outcome, const std::string& next_wrong) {
  return WireOracle(outcome, next_wrong).Faults();
}

}  // namespace assay
