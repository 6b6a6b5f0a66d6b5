#include "conformance/cases/reads.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/cases/bench_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"

namespace assay {
namespace {

TEST(Reads, HaveNoEffectUnderAnyReading) {
  for (const std::uint64_t seed : {0U, 2U, 6U}) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target);
    EXPECT_EQ(ReadTests().front().run(bench.context).failures, std::vector<std::string>{}) << seed;
    EXPECT_GT(bench.notes.checked("request.read.no_effect"_rule), 0U);
  }
}

TEST(Reads, NameTheRequestThatLosesSnapshots) {
  ModelTarget target(BuiltIn(), {}, {FindFault("state.read.removes")});
  Bench bench(target, {}, BuiltIn(), true);
  EXPECT_FALSE(ReadTests().front().run(bench.context).failures.empty());
  const std::vector<Finding> findings = bench.session.Findings();
  EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& finding) {
    const auto is = [](const std::string& id) { return id.starts_with("request.read.no_effect"); };
    return is(finding.id) || std::ranges::any_of(finding.also, is);
  }));
}

// It is not the requests that change it.
TEST(Reads, AccuseNobodyWhoseStateMovesByItself) {
  FaultyTarget target(BuiltIn());
  std::size_t answered = 0;
  target.bend_answer = [&](const Request& request, Response& answer) {
    const std::string& id = BuiltIn().snapshots.front()[Field::kSnapshotId];
    if (request.Find("PageSize") != "100" || ++answered % 3 == 0) return;
    for (std::size_t at = 0; (at = answer.body.find(id, at)) != std::string::npos;) {
      answer.body[at + id.size() - 1] ^= 1;
    }
  };
  Bench bench(target);
  (void)ReadTests().front().run(bench.context);
  EXPECT_FALSE(bench.Found("request.read.no_effect"));
}

TEST(Reads, HaveNothingToTryInAnEmptyRegion) {
  const Dataset dataset = GenerateDataset(0, 1);
  FaultyTarget target(dataset);
  Bench bench(target, {}, dataset);
  EXPECT_TRUE(ReadTests().front().run(bench.context).failures.empty());
}

}  // namespace
}  // namespace assay
