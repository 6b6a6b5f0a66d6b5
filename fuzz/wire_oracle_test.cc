#include "fuzz/wire_oracle.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using End = WireOutcome::End;
using Next = WireOutcome::Next;

const std::string kPlain = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kOdd = "GET / HTTP/1.1\r\nHost: h\r\nA b\r\n\r\n";

WireAnswer Answer(int status, std::string body = "", std::int64_t retry_after_ms = 0) {
  WireAnswer answer;
  answer.response.status = status;
  answer.response.body = std::move(body);
  answer.response.retry_after_ms = retry_after_ms;
  return answer;
}

WireOutcome Answered(const std::string& bytes, std::vector<WireAnswer> answers) {
  WireOutcome outcome;
  outcome.framing = ReadFraming(bytes);
  outcome.answers.whole = std::move(answers);
  return outcome;
}

// "violation RULE" or "warning RULE" of each fault.
std::vector<std::string> Faults(const WireOutcome& outcome, const std::string& next_wrong = "") {
  std::vector<std::string> out;
  for (const WireFault& fault : FindWireFaults(outcome, next_wrong)) {
    out.push_back((fault.is_warning ? "warning " : "violation ") +
                  std::string(Id(fault.difference.rule)));
  }
  return out;
}
using Names = std::vector<std::string>;

TEST(WireOracle, TakesEveryRefusalAndEveryEnd) {
  for (const int status : {200, 400, 408, 413, 414, 417, 426, 431, 501, 505}) {
    EXPECT_EQ(Faults(Answered(kOdd, {Answer(status)})), Names{}) << status;
    EXPECT_EQ(Faults(Answered(kPlain, {Answer(status)})), Names{}) << status;
  }
  for (const End end : {End::kClosed, End::kReset, End::kLeft, End::kUnreachable}) {
    WireOutcome outcome = Answered(kOdd, {});
    outcome.end = end;
    EXPECT_EQ(Faults(outcome), Names{});
  }
  EXPECT_EQ(Faults(Answered(kOdd, {Answer(503, "", 1000)})), Names{});
}

TEST(WireOracle, AccusesInternalErrors) {
  const Names expected = {"violation error.internal_error.unprovoked"};
  EXPECT_EQ(Faults(Answered(kOdd, {Answer(500)})), expected);
  EXPECT_EQ(Faults(Answered(kPlain, {Answer(502)})), expected);
  // Of a gateway in front of a target that closed.
  EXPECT_EQ(Faults(Answered(kOdd, {Answer(502)})),
            Names{"warning error.internal_error.unprovoked"});
  EXPECT_EQ(Faults(Answered(kOdd, {Answer(400, "x\n\tat a.b(C.java:1)")})),
            Names{"warning error.envelope.no_trace"});
}

TEST(WireOracle, AccusesWhatIsNeitherAnsweredNorClosed) {
  const Names expected = {"violation encoding.http.complete"};
  WireOutcome outcome = Answered(kOdd, {});
  outcome.end = End::kHung;
  EXPECT_EQ(Faults(outcome), expected);
  // What follows an answer may be waited for.
  outcome.answers.whole = {Answer(400)};
  EXPECT_EQ(Faults(outcome), Names{});
}

TEST(WireOracle, AccusesWhatIsNoAnswer) {
  WireOutcome outcome = Answered(kOdd, {});
  outcome.end = End::kClosed;
  outcome.answers.problem = "no HTTP";
  EXPECT_EQ(Faults(outcome), Names{"violation encoding.http.complete"});
  // Perhaps as in HTTP/0.9.
  outcome.framing = ReadFraming("GET /\r\n\r\n");
  EXPECT_EQ(Faults(outcome), Names{});
  outcome = Answered(kOdd, {});
  outcome.end = End::kClosed;
  outcome.answers.is_cut = true;
  EXPECT_EQ(Faults(outcome), Names{"violation encoding.http.complete"});
  outcome.end = End::kReset;
  EXPECT_EQ(Faults(outcome), Names{});
}

TEST(WireOracle, CountsTheAnswersToWhatIsCertain) {
  const std::vector<WireAnswer> two = {Answer(200), Answer(200)};
  EXPECT_EQ(Faults(Answered(kPlain, two)), Names{"violation encoding.http.complete"});
  EXPECT_EQ(Faults(Answered(kPlain + kPlain, two)), Names{});
  EXPECT_EQ(Faults(Answered(kOdd, two)), Names{});
  EXPECT_EQ(Faults(Answered(kPlain, {Answer(200), Answer(408)})), Names{});
}

TEST(WireOracle, JudgesTheNextRequestOnTheConnection) {
  WireOutcome outcome = Answered(kPlain, {Answer(200)});
  outcome.next = Next::kAnswered;
  outcome.next_answer = Answer(200);
  EXPECT_EQ(Faults(outcome), Names{});
  EXPECT_EQ(Faults(outcome, "400"), Names{"violation request.same.answer"});
  outcome.next = Next::kHung;
  EXPECT_EQ(Faults(outcome), Names{"violation request.same.answer"});
  outcome.next = Next::kClosed;
  EXPECT_EQ(Faults(outcome), Names{});
}

TEST(WireOracle, WarnsOfConnectionsThatShouldBeClosed) {
  const std::string lengths =
      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
  WireOutcome outcome = Answered(lengths, {Answer(200)});
  outcome.next = Next::kAnswered;
  outcome.next_answer = Answer(200);
  EXPECT_EQ(Faults(outcome), Names{"warning encoding.http.complete"});
  EXPECT_EQ(Faults(outcome, "another list"), Names{"violation request.same.answer"});
  outcome.next_answer = Answer(400);
  EXPECT_EQ(Faults(outcome, "400"), Names{"warning encoding.http.complete"});
  outcome.answers.whole = {Answer(400)};
  EXPECT_EQ(Faults(outcome, "400"), Names{});
}

}  // namespace
}  // namespace assay
