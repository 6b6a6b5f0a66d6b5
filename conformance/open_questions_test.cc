#include "conformance/open_questions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/faulty_target_for_test.h"

namespace assay {
namespace {

TEST(OpenQuestions, HaveAProbeEach) {
  std::vector<std::string_view> probes, questions;
  for (const Probe& probe : Probes()) probes.push_back(probe.question);
  for (const QuestionInfo& question : Catalogue::Get().questions()) {
    questions.push_back(Id(question.id));
  }
  std::ranges::sort(probes);
  std::ranges::sort(questions);
  EXPECT_EQ(probes, questions);
}

TEST(OpenQuestions, AreAllAskedWhereTheyCanBe) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  for (const Probe& probe : Probes()) {
    const TestOutcome outcome = RunProbe(bench.context, probe);
    EXPECT_EQ(outcome.skipped, "") << probe.question;
  }
  for (const LearnedAnswer& answer : bench.judge.Learned()) {
    EXPECT_GT(answer.asked, 0U) << answer.question;
    EXPECT_EQ(WhyUnreachable(*FindQuestion(answer.question), bench.context), "");
  }
}

TEST(OpenQuestions, AreMostlySettledUnderEveryReading) {
  for (std::uint64_t seed = 0; seed <= 20; ++seed) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target);
    for (const Probe& probe : Probes()) {
      EXPECT_EQ(RunProbe(bench.context, probe).failures, std::vector<std::string>{})
          << probe.question << ", reading " << seed;
    }
    const std::vector<LearnedAnswer> learned = bench.judge.Learned();
    EXPECT_GT(std::ranges::count_if(learned, &LearnedAnswer::settled),
              static_cast<std::ptrdiff_t>(kQuestionCount * 8 / 10))
        << "reading " << seed;
  }
}

TEST(OpenQuestions, SendWhatTheTableSays) {
  FaultyTarget target(BuiltIn());
  std::vector<Request> seen;
  target.bend_answer = [&](const Request& request, Response&) { seen.push_back(request); };
  Bench bench(target);
  const auto run = [&](std::string_view question) {
    seen.clear();
    RunProbe(bench.context, *std::ranges::find(Probes(), question, &Probe::question));
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
  for (const Probe& probe : Probes()) {
    if (probe.question.starts_with("limit.")) RunProbe(bench.context, probe);
  }
  for (const LearnedAnswer& answer : bench.judge.Learned()) {
    const std::vector<std::string> expected{answer.question == "limit.tag" ? "thousand" : "all"};
    if (!answer.question.starts_with("limit.")) continue;
    EXPECT_EQ(answer.possible, expected);
  }
}

TEST(OpenQuestions, NoticeATargetThatChoosesBothWays) {
  FaultyTarget target(BuiltIn());
  int requests = 0;
  target.bend_request = [&](Request& request) {
    if (request.Find("PageSize") == "101" && ++requests % 2 == 0) request.Set("PageSize", "0");
  };
  Bench bench(target);
  const Probe& probe =
      *std::ranges::find(Probes(), "paging.page_size.above_maximum", &Probe::question);
  EXPECT_EQ(RunProbe(bench.context, probe).failures, std::vector<std::string>{});
  EXPECT_FALSE(RunProbe(bench.context, probe).failures.empty());
  EXPECT_TRUE(bench.Found("request.reading.consistent"));
}

}  // namespace
}  // namespace assay
