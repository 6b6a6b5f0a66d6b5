#include "reference/session/parameter_effects.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/cases/bench_for_test.h"

namespace assay {
namespace {

using Parameters = std::vector<Parameter>;

ExchangeRecord Answered(Parameters parameters, std::uint64_t answer) {
  return {.request = {.parameters = std::move(parameters)}, .status = 200, .answer = answer};
}

ParameterTally Of(const ParameterEffects& effects, const std::string& name) {
  const auto tallies = effects.Tallies();
  const auto at = std::ranges::find(tallies, name, &ParameterTally::name);
  return at == tallies.end() ? ParameterTally{} : *at;
}

TEST(ParameterEffects, ComparesWithTheEqualRequestWithoutIt) {
  ParameterEffects effects;
  effects.Add(Answered({{"RegionId", "a"}, {"Status", "all"}}, 1));
  EXPECT_EQ(Of(effects, "Status").compared, 0U);
  effects.Add(Answered({{"RegionId", "a"}}, 1));
  EXPECT_EQ(Of(effects, "Status").compared, 1U);
  EXPECT_EQ(Of(effects, "Status").effective, 0U);
  effects.Add(Answered({{"RegionId", "a"}, {"Status", "failed"}}, 2));
  EXPECT_EQ(Of(effects, "Status").given, 2U);
  EXPECT_EQ(Of(effects, "Status").compared, 2U);
  EXPECT_EQ(Of(effects, "Status").effective, 1U);
}

TEST(ParameterEffects, WhatBelongsTogetherGoesTogether) {
  ParameterEffects effects;
  effects.Add(Answered({{"RegionId", "a"}}, 1));
  effects.Add(Answered({{"Tag.1.Key", "k"}, {"RegionId", "a"}, {"Tag.1.Value", "v"}}, 2));
  EXPECT_EQ(Of(effects, "Tag").effective, 1U);
  EXPECT_EQ(Of(effects, "Tag").given, 1U);
}

TEST(ParameterEffects, LeavesOutWhatHasNoAnswerOrIsForged) {
  ParameterEffects effects;
  effects.Add(Answered({}, 1));
  ExchangeRecord lost = Answered({{"Status", "all"}}, 2), forged = lost;
  lost.status = 0;
  forged.request.forgery = Forgery::kTime;
  effects.Add(lost);
  effects.Add(forged);
  EXPECT_EQ(Of(effects, "Status").given, 0U);
}

// The exchanges of a session, with a target that ignores Usage.
TEST(ParameterEffects, ATargetThatIgnoresAParameterShows) {
  class Watcher : public NullRecorder {
   public:
    using NullRecorder::Add;
    void Add(const ExchangeRecord& exchange) override { effects.Add(exchange); }
    ParameterEffects effects;
  };
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) { request.Unset("Usage"); };
  Judge judge(BuiltIn());
  Watcher watcher;
  Session session(target, judge, watcher);
  const std::string list = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
  for (const char* more : {"", "&Usage=none", "&Status=failed", "&PageSize=3"}) {
    session.Send({"rules", "x"}, {.parameters = ParseForm(list + more)});
  }
  EXPECT_EQ(Of(watcher.effects, "Usage").compared, 1U);
  EXPECT_EQ(Of(watcher.effects, "Usage").effective, 0U);
  EXPECT_EQ(Of(watcher.effects, "Status").effective, 1U);
  EXPECT_EQ(Of(watcher.effects, "PageSize").effective, 1U);
}

}  // namespace
}  // namespace assay
