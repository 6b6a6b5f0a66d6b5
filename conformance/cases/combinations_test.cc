#include "conformance/cases/combinations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/cases/bench_for_test.h"
#include "spec/text/letters.h"

namespace assay {
namespace {

const Combinations& Pairs() {
  static const Combinations made =
      std::move(MakeCombinations(CaseMaker(BuiltIn(), "cn-hangzhou", 1), SuiteFormat::kBoth, 2, 1))
          .value();
  return made;
}

// Runs every row; the failures.
std::vector<std::string> RunAll(Bench& bench, const Combinations& combinations) {
  std::vector<std::string> out;
  for (const auto* rows : {&combinations.array.rows, &combinations.precedence}) {
    const TestOutcome outcome =
        RunRows(bench.context, combinations.model, *rows, 0, rows->size(), {"combinations", "all"});
    out.insert(out.end(), outcome.failures.begin(), outcome.failures.end());
  }
  return out;
}

std::size_t OddValuesOf(const Row& row) {
  std::size_t out = 0;
  for (std::size_t p = 0; p < row.size(); ++p) {
    out += Pairs().model.parameters()[p].values[row[p]].odd ? 1U : 0U;
  }
  return out;
}

class ListCounter : public NullRecorder {
 public:
  using NullRecorder::Add;
  void Add(const ExchangeRecord& exchange) override {
    not_judged += exchange.verdict == ExchangeVerdict::kNotJudged ? 1 : 0;
  }
  int not_judged = 0;
};

TEST(Combinations, HoldEveryPairThatCanOccur) {
  const CoveringArray& array = Pairs().array;
  EXPECT_EQ(array.covered + array.infeasible, array.tuples);
  EXPECT_GT(array.covered, 9000U);
  EXPECT_TRUE(Pairs().model.left_out().empty());
}

TEST(Combinations, HaveOneOddValueToARow) {
  for (const Row& row : Pairs().array.rows) EXPECT_LE(OddValuesOf(row), 1U);
  for (const Row& row : Pairs().precedence) EXPECT_EQ(OddValuesOf(row), 2U);
}

TEST(Combinations, AreConcreteInEveryRow) {
  for (std::size_t i = 0; i < Pairs().array.rows.size(); ++i) {
    const Request request = Pairs().model.MakeRequest(Pairs().array.rows[i], i);
    EXPECT_EQ(request.Find("Action"), "DescribeSnapshots");
    for (const Parameter& parameter : request.parameters) {
      EXPECT_FALSE(parameter.name.starts_with("@")) << parameter.name;
      // One of the snapshots is called $HOME.
      EXPECT_FALSE(parameter.value.starts_with("$") && !EqualAnyCase(parameter.value, "$HOME"))
          << parameter.value;
    }
  }
}

TEST(Combinations, OfSoundValuesMostlyListSomething) {
  FaultyTarget target(BuiltIn());
  int sound = 0, listed = 0;
  for (std::size_t i = 0; i < Pairs().array.rows.size(); ++i) {
    const Row& row = Pairs().array.rows[i];
    if (OddValuesOf(row) > 0) continue;
    ++sound;
    const Result<Response> response = Send(target, Pairs().model.MakeRequest(row, i));
    listed += response->body.find("SnapshotId") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(sound, 20);
  EXPECT_GT(listed * 2, sound) << listed << " of " << sound;
}

TEST(Combinations, AreJudgedWithoutAlarmUnderEveryReading) {
  for (std::uint64_t seed = 0; seed <= 10; ++seed) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    ListCounter recorder;
    Judge judge(BuiltIn());
    Session session(target, judge, recorder, {.reduction_requests = 0});
    SuiteNotes notes;
    SuiteContext context(session, BuiltIn(), {}, notes);
    for (const auto* rows : {&Pairs().array.rows, &Pairs().precedence}) {
      const TestOutcome outcome =
          RunRows(context, Pairs().model, *rows, 0, rows->size(), {"combinations", "all"});
      EXPECT_EQ(outcome.failures, std::vector<std::string>{}) << "reading " << seed;
    }
    EXPECT_EQ(recorder.not_judged, 0) << "reading " << seed;
  }
}

TEST(Combinations, NoticeAFilterThatIsForgottenBesideAnother) {
  FaultyTarget target(BuiltIn());
  target.bend_request = [](Request& request) {
    if (request.Find("Usage") && request.Find("SourceDiskType")) request.Unset("Usage");
  };
  Bench bench(target);
  EXPECT_FALSE(RunAll(bench, Pairs()).empty());
}

TEST(Combinations, AreTheSameForTheSameSeed) {
  const auto text = [](std::uint64_t seed) {
    const auto made =
        MakeCombinations(CaseMaker(BuiltIn(), "cn-hangzhou", seed), SuiteFormat::kBoth, 1, seed);
    return CombinationsText(*made, 1, seed);
  };
  EXPECT_EQ(text(5), text(5));
  EXPECT_NE(text(5), text(6));
}

TEST(Combinations, RefuseAStrengthThatThereIsNot) {
  const CaseMaker values(BuiltIn(), "cn-hangzhou", 1);
  EXPECT_FALSE(MakeCombinations(values, SuiteFormat::kBoth, 7, 1));
}

TEST(Combinations, ArePrintedWithTheShareThatTheyCover) {
  const auto json = nlohmann::json::parse(CombinationsJson(Pairs(), 2, 1));
  EXPECT_EQ(json["format"], "assay-cases/1");
  EXPECT_EQ(json["percent_covered"], 100.0);
  EXPECT_EQ(json["rows"].size(), Pairs().array.rows.size());
  EXPECT_EQ(json["rows"][0]["request"]["parameters"][0][0], "Action");
  const std::string text = CombinationsText(Pairs(), 2, 1);
  EXPECT_NE(text.find("(100.0 %)"), std::string::npos);
}

TEST(Combinations, LeaveOutWhatTheStateCannotGive) {
  Dataset dataset = GenerateDataset(4, 1);
  for (Snapshot& snapshot : dataset.snapshots) {
    snapshot.Set(Field::kRegionId, dataset.regions[0]);
    snapshot.tags.clear();
  }
  dataset.Index();
  const ParameterModel model(CaseMaker(dataset, dataset.regions[0], 1), SuiteFormat::kJson);
  EXPECT_FALSE(model.left_out().empty());
  for (const AbstractParameter& parameter : model.parameters()) {
    EXPECT_FALSE(parameter.values.empty()) << parameter.name;
  }
}

}  // namespace
}  // namespace assay
