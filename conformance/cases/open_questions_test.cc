#include "conformance/cases/open_questions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/cases/bench_for_test.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

TEST(OpenQuestions, AreAllAskedIfTheyCanBe) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  for (const QuestionInfo& question : AllQuestions()) {
    const TestOutcome outcome = RunProbes(bench.context, question);
    EXPECT_FALSE(outcome.skip) << Id(question.id) << ": " << outcome.reason;
  }
  for (const LearnedAnswer& answer : bench.judge.Learned()) {
    EXPECT_GT(answer.asked, 0U) << answer.question;
    EXPECT_EQ(WhyUnreachable(*FindQuestion(answer.question), bench.context), "");
  }
}

// How many are settled depends on the reading: one that shows no order leaves much of paging open.
TEST(OpenQuestions, AreMostlySettledUnderEveryReading) {
  std::size_t readings = 0, all_settled = 0;
  for (std::uint64_t seed = 0; seed <= 20; ++seed) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target);
    for (const Question id : Some(Catalogue::Get().asked())) {
      const TestOutcome outcome = RunProbes(bench.context, Catalogue::Get()[id]);
      EXPECT_EQ(outcome.failures, std::vector<std::string>{}) << Id(id) << ", reading " << seed;
    }
    std::string open;
    std::size_t settled = 0;
    for (const LearnedAnswer& answer : bench.judge.Learned()) {
      settled += answer.settled ? 1 : 0;
      if (!answer.settled) open += " " + answer.question;
    }
    EXPECT_GT(settled, kQuestionCount * 3 / 4) << "reading " << seed << ", open:" << open;
    all_settled += settled;
    ++readings;
  }
  EXPECT_GT(all_settled, readings * kQuestionCount * 8 / 10);
}

TEST(OpenQuestions, SendWhatTheDataSays) {
  FaultyTarget target(BuiltIn());
  std::vector<Request> seen;
  target.bend_answer = [&](const Request& request, Response&) { seen.push_back(request); };
  Bench bench(target);
  const auto run = [&](std::string_view question) {
    seen.clear();
    RunProbes(bench.context, Catalogue::Get()[*FindQuestion(question)]);
    return seen;
  };
  EXPECT_EQ(run("encoding.method.other").at(0).method, "PUT");
  EXPECT_FALSE(run("encoding.format.missing").at(0).Find("Format"));
  ASSERT_EQ(run("paging.token.reused").size(), 3U);
  EXPECT_EQ(seen[1], seen[2]);
  EXPECT_NE(seen[1].Find("NextToken").value_or(""), "");
  ASSERT_EQ(run("paging.token.cut").size(), 2U);
  EXPECT_EQ(seen[1].Find("NextToken")->size(), 16U);
}

TEST(OpenQuestions, ThatCannotBeAskedSayWhy) {
  const Dataset dataset = GenerateDataset(1'100, 1);
  FaultyTarget target(dataset);
  Bench bench(target, {}, dataset);
  EXPECT_NE(WhyUnreachable("limit.tag"_question, bench.context).find("of one tag"),
            std::string::npos);
  EXPECT_NE(WhyUnreachable("limit.resource_group"_question, bench.context).find("of one resource"),
            std::string::npos);
  EXPECT_EQ(WhyUnreachable("paging.neither"_question, bench.context), "");
}

TEST(OpenQuestions, LearnWhetherLongListsAreCutOff) {
  const Reading cut{"cut", {{"limit.tag"_question, "thousand"_option}}};
  FaultyTarget target(BuiltIn(), cut);
  Bench bench(target);
  using Options = std::vector<std::string>;
  for (const auto& [question, option] : {std::pair("limit.tag"_question, "thousand"),
                                         std::pair("limit.resource_group"_question, "all")}) {
    EXPECT_FALSE(RunProbes(bench.context, Catalogue::Get()[question]).skip) << Id(question);
    const std::vector<LearnedAnswer> learned = bench.judge.Learned();
    const auto answer = std::ranges::find(learned, Id(question), &LearnedAnswer::question);
    ASSERT_NE(answer, learned.end()) << Id(question);
    EXPECT_EQ(answer->possible, Options{option}) << Id(question);
  }
}

TEST(OpenQuestions, NoticeATargetThatChoosesBothWays) {
  FaultyTarget target(BuiltIn());
  int requests = 0;
  target.bend_request = [&](Request& request) {
    if (request.Find("PageSize") == "101" && ++requests % 2 == 0) request.Set("PageSize", "0");
  };
  Bench bench(target);
  const QuestionInfo& question = Catalogue::Get()["paging.page_size.above_maximum"_question];
  EXPECT_EQ(RunProbes(bench.context, question).failures, std::vector<std::string>{});
  EXPECT_FALSE(RunProbes(bench.context, question).failures.empty());
  EXPECT_TRUE(bench.Found("request.same.answer"));
}

}  // namespace
}  // namespace assay
