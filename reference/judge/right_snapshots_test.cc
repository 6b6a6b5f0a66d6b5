// What was seen to be right is not checked again: that must change nothing that a judge says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/findings/answer_digest.h"
#include "reference/judge/exchange.h"
#include "reference/judge/judge.h"

namespace assay {
namespace {

std::string Text(const Verdict& verdict) {
  std::string out = fmt::format("{} {} {}\n", static_cast<int>(verdict.kind), verdict.reason,
                                fmt::join(verdict.evidence, " "));
  for (const Difference& difference : verdict.differences) {
    out += fmt::format("{}: {}, {}, {}\n", Id(difference.rule), difference.expected,
                       difference.actual, difference.shape);
  }
  return out;
}

std::string Text(const Judge& judge) {
  std::string out;
  for (const RuleTally& rule : judge.Tallies()) {
    out += fmt::format("{} {} {}\n", rule.id, rule.exercised, rule.violations);
  }
  for (const LearnedAnswer& row : judge.Learned()) {
    out += fmt::format("{} {} {} {}\n", row.question, fmt::join(row.possible, " "), row.asked,
                       fmt::join(row.evidence, " "));
  }
  return out;
}

// Two judges see the same answers; for one of them each is read as if it were the first.
class Compared {
 public:
  void See(const Request& request, const Response& response) {
    ++id_;
    const Exchange exchange = reader_.Read(id_, request, response);
    for (std::size_t i = 0; i < exchange.answer.snapshot_count; ++i) {
      seen_ += exchange.answer.snapshots[i].seen ? 1 : 0;
    }
    const Verdict verdict = judge_.Examine(exchange);
    violations_ += verdict.HasViolation() ? 1 : 0;
    ExchangeReader fresh;
    const Exchange again = fresh.Read(id_, request, response);
    ASSERT_EQ(Text(verdict), Text(without_.Examine(again))) << request.Text();
    ASSERT_EQ(digester_.Of(exchange.answer, response).Whole(),
              digester_without_.Of(again.answer, response).Whole())
        << request.Text();
  }
  void ExpectSame() const { EXPECT_EQ(Text(judge_), Text(without_)); }
  std::uint64_t seen() const { return seen_; }
  std::uint64_t violations() const { return violations_; }

 private:
  Judge judge_{TestDataset()}, without_{TestDataset()};
  ExchangeReader reader_;
  AnswerDigester digester_, digester_without_;
  std::uint64_t id_ = 0, seen_ = 0, violations_ = 0;
};

void Compare(const Reading& reading, const std::vector<const Fault*>& faults, Compared& compared) {
  Service service(TestDataset(), reading, faults);
  RequestSampler sampler(1);
  std::string token;
  for (int i = 0; i < 300; ++i) {
    const Request request = sampler.Draw(token);
    const Response response = AnswerOf(service, request);
    ASSERT_NO_FATAL_FAILURE(compared.See(request, response));
    const std::string next = NextTokenOf(response);
    if (!next.empty()) token = next;
  }
  compared.ExpectSame();
}

TEST(RightSnapshots, ChangeNoVerdictOfARightTarget) {
  for (const Reading& reading : {DefaultReading(), LastReading()}) {
    Compared compared;
    Compare(reading, {}, compared);
    EXPECT_GT(compared.seen(), 300u);
    EXPECT_EQ(compared.violations(), 0u);
  }
}

TEST(RightSnapshots, ChangeNoVerdictOfAWrongTarget) {
  std::uint64_t violations = 0;
  for (std::size_t i = 0; i < Faults().size(); i += 80) {
    Compared compared;
    Compare(DefaultReading(), {&Faults()[i]}, compared);
    violations += compared.violations();
  }
  EXPECT_GT(violations, 100u);
}

TEST(RightSnapshots, AreCheckedAgainIfOneIsListedTwice) {
  Compared compared;
  Service service(TestDataset(), DefaultReading());
  const Request request = Ask({{"PageSize", "2"}});
  for (int i = 0; i < 8; ++i) compared.See(request, AnswerOf(service, request));
  Response response = AnswerOf(service, request);
  const std::size_t begin = response.body.find("{\"SnapshotId\"");
  const std::size_t second = response.body.find("{\"SnapshotId\"", begin + 1);
  ASSERT_NE(second, std::string::npos);
  response.body.insert(begin, response.body.substr(begin, second - begin));
  compared.See(request, response);
  EXPECT_EQ(compared.violations(), 1u);
}

}  // namespace
}  // namespace assay
