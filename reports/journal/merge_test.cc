#include "reports/journal/merge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

RecordedRun ShardRun(const std::string& shard) {
  RecordedRun run = SampleRun("");
  run.path = "shard-" + shard.substr(0, 1) + "/journal.ndjson";
  run.header.options = {{"--shard", shard}};
  return run;
}

RecordedRun Conforming(const std::string& shard) {
  RecordedRun run = ShardRun(shard);
  run.findings.clear();
  run.trailer.verdict = RunVerdict::kConforms;
  run.trailer.exit_code = 0;
  return run;
}

RecordedRun MergedFrom(std::vector<RecordedRun> runs) {
  auto merged = MergeShards(std::move(runs));
  EXPECT_TRUE(merged.has_value()) << (merged ? "" : merged.error().Text());
  EXPECT_EQ(merged->size(), 1u);
  return (*merged)[0];
}

bool HasNote(const RecordedRun& run, const std::string& part) {
  return std::any_of(run.notes.begin(), run.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

TEST(Merging, AddsTalliesAndMakesOneOfEqualFindings) {
  RecordedRun second = ShardRun("2/2");
  second.findings.resize(2);
  second.findings[1].request.parameters.resize(1);
  second.findings[1].stability = Stability::kIntermittent;
  const RecordedRun merged = MergedFrom({ShardRun("1/2"), second});
  EXPECT_EQ(merged.trailer.exchanges, 2000u);
  EXPECT_EQ(merged.trailer.judged, 1980u);
  EXPECT_EQ(merged.trailer.seconds, 4);
  EXPECT_EQ(merged.trailer.rules.size(), 6u);
  EXPECT_EQ(merged.trailer.rules[1].exercised, 80u);
  ASSERT_EQ(merged.findings.size(), 6u);
  const Finding& finding = merged.findings[1];
  EXPECT_EQ(finding.id, "v-2");
  EXPECT_EQ(finding.occurrences, 6u);
  EXPECT_EQ(finding.request.parameters.size(), 1u);
  EXPECT_EQ(finding.stability, Stability::kIntermittent);
  EXPECT_EQ(finding.evidence,
            (std::vector<std::uint64_t>{1000000007, 1000000009, 2000000007, 2000000009}));
  EXPECT_EQ(merged.evidence.size(), 2u);
  EXPECT_EQ(merged.trailer.verdict, RunVerdict::kViolations);
}

TEST(Merging, MakesOneOfFindingsWithOneCause) {
  RecordedRun first = ShardRun("1/2"), second = ShardRun("2/2");
  first.findings.resize(2);
  second.findings.resize(2);
  second.findings[1].id = "v-9";
  second.findings[1].also = {"v-10"};
  const RecordedRun merged = MergedFrom({first, second});
  ASSERT_EQ(merged.findings.size(), 2u);
  EXPECT_EQ(merged.findings[1].id, "v-2");
  EXPECT_EQ(merged.findings[1].also, (std::vector<std::string>{"v-10", "v-9"}));
  EXPECT_EQ(merged.findings[1].occurrences, 6u);
  second.findings[1].diagnosis = {"another"};
  EXPECT_EQ(MergedFrom({first, second}).findings.size(), 3u);
  second.findings[1].diagnosis.clear();
  first.findings[1].diagnosis.clear();
  EXPECT_EQ(MergedFrom({first, second}).findings.size(), 3u) << "no cause is known";
}

TEST(Merging, ShardsThatConformMakeARunThatConforms) {
  for (const auto& [first, second] : {std::pair("1/2", "2/2"), std::pair("0/2", "1/2")}) {
    const RecordedRun merged = MergedFrom({Conforming(second), Conforming(first)});
    EXPECT_EQ(merged.trailer.verdict, RunVerdict::kConforms) << merged.trailer.reason;
    EXPECT_FALSE(HasNote(merged, "missing"));
  }
}

TEST(Merging, AMissingShardIsSaidAndNothingConforms) {
  const RecordedRun merged = MergedFrom({Conforming("1/3"), Conforming("3/3")});
  EXPECT_TRUE(HasNote(merged, "Shard 2/3 is missing"));
  EXPECT_EQ(merged.trailer.verdict, RunVerdict::kInconclusive);
  EXPECT_EQ(merged.trailer.exit_code, 3);
  EXPECT_EQ(MergedFrom({Conforming("1/2")}).trailer.verdict, RunVerdict::kInconclusive);
}

TEST(Merging, AMissingShardDoesNotHideWhatTheOthersFound) {
  const RecordedRun merged = MergedFrom({ShardRun("1/3"), Conforming("3/3")});
  EXPECT_EQ(merged.trailer.exit_code, 3);
  EXPECT_EQ(merged.trailer.verdict, RunVerdict::kInconclusive);
  EXPECT_EQ(merged.trailer.reason,
            "shard 2/3 is missing; the violations that the others found are listed");
  EXPECT_EQ(std::ranges::count(merged.findings, FindingKind::kViolation, &Finding::kind), 3);
}

TEST(Merging, AShardThatIsThereTwiceCountsOnce) {
  const std::uint64_t exchanges =
      MergedFrom({Conforming("1/2"), Conforming("2/2")}).trailer.exchanges;
  RecordedRun old = ShardRun("2/2"), copy = Conforming("2/2");
  old.header.started = "2020-01-01T00:00:00Z";
  old.path = "old";
  for (const RecordedRun& again : {old, copy}) {
    const RecordedRun merged = MergedFrom({again, Conforming("1/2"), Conforming("2/2")});
    EXPECT_TRUE(HasNote(merged, "Shard 2/2 is there more than once"));
    EXPECT_EQ(merged.trailer.exchanges, exchanges);
    EXPECT_EQ(merged.trailer.verdict, RunVerdict::kConforms) << "what counts began last";
  }
  EXPECT_EQ(MergedFrom({Conforming("2/2"), Conforming("2/2")}).trailer.exit_code, 3)
      << "twice the same shard is not both";
}

TEST(Merging, AKilledShardMakesTheRunInconclusive) {
  RecordedRun killed = Conforming("2/2");
  killed.finished = false;
  killed.trailer.verdict = RunVerdict::kInconclusive;
  killed.trailer.reason = "stopped";
  const RecordedRun merged = MergedFrom({Conforming("1/2"), killed});
  EXPECT_EQ(merged.trailer.verdict, RunVerdict::kInconclusive);
  EXPECT_EQ(merged.trailer.reason, "shard 2/2: stopped");
  EXPECT_FALSE(merged.finished);
}

TEST(Merging, AShardThatFailsByNoViolationSaysWhy) {
  RecordedRun crashed = Conforming("2/2");
  crashed.trailer.verdict = RunVerdict::kViolations;
  crashed.trailer.reason = "the emulator ended the process";
  const RecordedRun merged = MergedFrom({Conforming("1/2"), crashed});
  EXPECT_EQ(merged.trailer.verdict, RunVerdict::kViolations);
  EXPECT_EQ(merged.trailer.reason, "shard 2/2: the emulator ended the process");
}

TEST(Merging, ReadingsAreIntersected) {
  RecordedRun second = Conforming("2/2");
  second.trailer.reading[1].possible = {"part"};
  const RecordedRun merged = MergedFrom({Conforming("1/2"), second});
  const LearnedAnswer& answer = merged.trailer.reading[1];
  EXPECT_EQ(answer.possible, std::vector<std::string>{"part"});
  EXPECT_TRUE(answer.settled);
  EXPECT_EQ(answer.asked, 4u);
}

TEST(Merging, ShardsThatContradictEachOtherAreAViolation) {
  RecordedRun second = Conforming("2/2");
  second.trailer.reading[0].possible = {"cut"};
  const RecordedRun merged = MergedFrom({Conforming("1/2"), second});
  EXPECT_EQ(merged.trailer.verdict, RunVerdict::kViolations);
  ASSERT_EQ(merged.findings.size(), 1u);
  EXPECT_EQ(merged.findings[0].actual, "shard 2/2 leaves cut, the shards before it refused");
}

TEST(Merging, ARuleExercisedInOneShardIsExercised) {
  RecordedRun second = Conforming("2/2");
  second.trailer.rules[5].exercised = 1;
  EXPECT_TRUE(MergedFrom({Conforming("1/2"), second}).trailer.not_exercised.empty());
  EXPECT_EQ(MergedFrom({Conforming("1/2"), Conforming("2/2")}).trailer.not_exercised.size(), 1u);
}

TEST(Merging, RunsOfOneTargetWithOtherSeedsAreRefused) {
  RecordedRun other = ShardRun("2/2");
  other.header.seed = 1;
  const auto merged = MergeShards({ShardRun("1/2"), other});
  ASSERT_FALSE(merged.has_value());
  EXPECT_EQ(merged.error().where, "shard-2/journal.ndjson");
}

TEST(Merging, ShardsOfOtherTestsAreRefused) {
  for (const auto& [other, difference] :
       {std::pair("2/3", "--shard 1/2 and 2/3"), std::pair("2/2", "--only `` and `page.*`")}) {
    RecordedRun second = ShardRun(other);
    if (std::string_view(other) == "2/2") second.header.options.emplace_back("--only", "page.*");
    const auto merged = MergeShards({ShardRun("1/2"), second});
    ASSERT_FALSE(merged.has_value()) << other;
    EXPECT_NE(merged.error().what.find(difference), std::string::npos) << merged.error().what;
  }
}

// Of a full run, in which the rule with that index was not shown.
RecordedRun WithoutRule(const std::string& shard, std::size_t index, const std::string& why) {
  RecordedRun run = Conforming(shard);
  RuleTally& rule = run.trailer.rules[index];
  rule.exercised = 0;
  rule.level = Level::kMust;
  run.trailer.not_exercised = {fmt::format("{}: {}", rule.id, why)};
  return run;
}

TEST(Merging, AMustRuleThatNoShardShowsKeepsTheRunFromConforming) {
  const std::string unshown(kNotInShard);
  const auto merged = [&](const std::string& first, const std::string& second) {
    return MergedFrom({WithoutRule("1/2", 0, first), WithoutRule("2/2", 0, second)}).trailer;
  };
  const std::string rule = Conforming("1/2").trailer.rules[0].id;
  const RunTrailer trailer = merged(unshown, unshown + ": the dataset lacks it");
  EXPECT_EQ(trailer.exit_code, 3);
  EXPECT_EQ(trailer.reason, "must rules that no answer showed: " + rule);
  const RunTrailer left_out = merged(unshown, "no signature to forge");
  EXPECT_EQ(left_out.exit_code, 0);
  EXPECT_EQ(left_out.not_exercised, std::vector{rule + ": no signature to forge"});
  EXPECT_EQ(MergedFrom({WithoutRule("1/2", 0, unshown), Conforming("2/2")}).trailer.exit_code, 0);
}

TEST(Merging, WhatARunMayViolateItsShardsMayTogether) {
  const auto merged = [](const char* flag, const char* value) {
    RecordedRun first = ShardRun("1/2"), second = ShardRun("2/2");
    for (RecordedRun* run : {&first, &second}) {
      run->header.options.emplace_back(flag, value);
      run->trailer.verdict = RunVerdict::kConforms;
    }
    return MergedFrom({first, second}).trailer.exit_code;
  };
  EXPECT_EQ(merged("--fail-on", "violation"), 1);
  EXPECT_EQ(merged("--fail-on", "none"), 0);
  EXPECT_EQ(merged("--max-violations", "1"), 1);
  EXPECT_EQ(merged("--max-violations", "100"), 0);
}

TEST(Merging, EveryTargetHasItsOwnRun) {
  RecordedRun other = SampleRun("");
  other.header.target = "http://other";
  const auto merged = MergeShards({SampleRun(""), other});
  ASSERT_TRUE(merged.has_value());
  EXPECT_EQ(merged->size(), 2u);
  EXPECT_EQ((*merged)[0].findings[0].evidence[0], 7u);
}

TEST(Merging, OfWholeRunsOfATargetBesideOthersTheLastCounts) {
  RecordedRun earlier = SampleRun("http://one"), later = earlier, other = SampleRun("http://two");
  earlier.path = "earlier";
  later.path = "later";
  later.header.started = "2027-01-01T00:00:00Z";
  later.findings.clear();
  later.trailer.verdict = RunVerdict::kConforms;
  const auto runs = MergeShards({later, other, earlier});
  ASSERT_TRUE(runs.has_value());
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ((*runs)[0].trailer.verdict, RunVerdict::kConforms);
  EXPECT_TRUE((*runs)[0].findings.empty());
  EXPECT_TRUE(HasNote((*runs)[0], "earlier is left out: later judged the same target later"));
}

TEST(Merging, AWholeRunIsNoShard) {
  RecordedRun whole = ShardRun("1/2");
  whole.header.options.clear();
  const auto runs = MergeShards({ShardRun("1/2"), whole});
  ASSERT_FALSE(runs.has_value());
  EXPECT_NE(runs.error().Text().find("all tests in"), std::string::npos) << runs.error().Text();
}

TEST(Merging, WorkersOfACampaignRanSideBySide) {
  RecordedRun first = Conforming("1/2"), second = Conforming("2/2");
  first.trailer.campaign = {.ended = "after 3 s",
                            .shown_once = 4,
                            .samples = {{1, 10, 20, 30, 0, 5}, {3, 30, 60, 50, 1, 9}}};
  second.trailer.campaign = {.ended = "after 3 s",
                             .shown_once = 3,
                             .samples = {{2, 15, 40, 35, 0, 7}, {3, 20, 50, 55, 0, 9}}};
  const auto campaign = MergedFrom({first, second}).trailer.campaign;
  ASSERT_TRUE(campaign.has_value());
  EXPECT_EQ(campaign->workers, 2);
  EXPECT_EQ(campaign->shown_once, 7U);
  ASSERT_EQ(campaign->samples.size(), 3U);
  EXPECT_EQ(campaign->samples[1].requests, 60U);  // after 2 s: 20 of the first, 40 of the second
  EXPECT_EQ(campaign->samples[2].requests, 110U);
  EXPECT_EQ(campaign->samples[2].features, 55U);
  EXPECT_EQ(campaign->samples[2].corpus, 9U);
}

TEST(Merging, AddsWhatParametersDid) {
  RecordedRun first = Conforming("1/2"), second = Conforming("2/2");
  first.trailer.parameters = {{"Status", 9, 4, 0}, {"Usage", 1, 0, 0}};
  second.trailer.parameters = {{"Usage", 2, 1, 0}, {"Status", 1, 1, 1}};
  const auto merged = MergedFrom({first, second}).trailer.parameters;
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].given, 10U);
  EXPECT_EQ(merged[0].effective, 1U);
  EXPECT_EQ(merged[1].compared, 1U);
}

}  // namespace
}  // namespace assay
