#include "conformance/cases/reads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "conformance/cases/bench_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"

namespace assay {
namespace {

std::optional<Finding> ChangeFound(Bench& bench) {
  const std::vector<Finding> findings = bench.session.Findings();
  const auto at = std::ranges::find(findings, "request.read.no_effect", &Finding::rule);
  return at == findings.end() ? std::nullopt : std::optional(*at);
}

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

// The request may be of any suite: here a dry run loses a snapshot each time.
TEST(Reads, NameTheRequestOfASuiteThatChangesTheList) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  const std::vector<std::uint32_t>& held = bench.context.values.placeholders().positions();
  std::size_t lost = 0;
  target.bend_answer = [&](const Request& request, Response& answer) {
    if (request.Find("DryRun") == "true" && request.method == "POST") ++lost;
    for (std::size_t i = 0; i < lost; ++i) {
      const std::string id = '"' + BuiltIn().snapshots[held[i]][Field::kSnapshotId] + '"';
      for (std::size_t at = 0; (at = answer.body.find(id, at)) != std::string::npos;) {
        answer.body[at + 1] = 'x';
      }
    }
  };
  SuiteReads reads(bench.context);
  const auto send = [&](const std::string& method, const std::string& name,
                        const std::string& value) {
    Request request = SmallestRequest(bench.context.values.region(), "JSON");
    request.method = method;
    request.Set(name, value);
    (void)bench.session.Send({"some", "test"}, request);
  };
  reads.BeginTest("some");
  for (int i = 1; i <= 20; ++i) send("GET", "PageNumber", std::to_string(i));
  send("POST", "DryRun", "true");
  for (int i = 1; i <= 20; ++i) send("GET", "PageSize", std::to_string(i));
  reads.BeginTest("");
  const std::optional<Finding> finding = ChangeFound(bench);
  ASSERT_TRUE(finding.has_value());
  EXPECT_NE(finding->expected.find("POST"), std::string::npos) << finding->expected;
  EXPECT_NE(finding->expected.find("DryRun=true"), std::string::npos) << finding->expected;
}

// Sends some requests between two looks at the list; one of them asks by SourceDiskType.
void SendSuite(Bench& bench, SuiteReads& reads) {
  reads.BeginTest("some");
  for (const char* name : {"PageNumber", "PageSize", "SourceDiskType", "MaxResults"}) {
    Request request = SmallestRequest(bench.context.values.region(), "JSON");
    request.Set(name, name == std::string("SourceDiskType") ? "data" : "10");
    (void)bench.session.Send({"some", "test"}, request);
  }
  reads.BeginTest("");
}

// What SourceDiskType shows is written in other letters.
void WriteInOtherLetters(Response& answer) {
  for (std::size_t at = 0; (at = answer.body.find("Type\":\"data\"", at)) != std::string::npos;) {
    answer.body[at + 7] = 'D';
  }
}

TEST(Reads, NameTheRequestThatChangesHowAFieldIsWritten) {
  FaultyTarget target(BuiltIn());
  std::size_t asked = 0;
  target.bend_answer = [&](const Request& request, Response& answer) {
    if (request.Find("SourceDiskType")) ++asked;
    if (asked % 2 == 1) WriteInOtherLetters(answer);
  };
  Bench bench(target);
  SuiteReads reads(bench.context);
  SendSuite(bench, reads);
  const std::optional<Finding> finding = ChangeFound(bench);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->kind, FindingKind::kViolation);
  EXPECT_NE(finding->expected.find("SourceDiskType=data"), std::string::npos) << finding->expected;
  EXPECT_NE(finding->actual.find("SourceDiskType "), std::string::npos) << finding->actual;
}

// It cannot be told which request it was.
TEST(Reads, TellOfAChangeThatHappensOnce) {
  FaultyTarget target(BuiltIn());
  bool asked = false;
  target.bend_answer = [&](const Request& request, Response& answer) {
    asked |= request.Find("SourceDiskType").has_value();
    if (asked) WriteInOtherLetters(answer);
  };
  Bench bench(target);
  SuiteReads reads(bench.context);
  SendSuite(bench, reads);
  const std::optional<Finding> finding = ChangeFound(bench);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->kind, FindingKind::kInconclusive);
  EXPECT_NE(finding->actual.find("SourceDiskType Data; none of them changes it again"),
            std::string::npos)
      << finding->actual;
}

TEST(Reads, LookOnceAfterEachSuite) {
  FaultyTarget target(BuiltIn());
  Bench bench(target);
  SuiteReads reads(bench.context);
  const auto requests = [&](const std::string& suite) {
    const std::uint64_t before = bench.session.exchanges();
    reads.BeginTest(suite);
    return bench.session.exchanges() - before;
  };
  const std::uint64_t pages = requests("one");
  EXPECT_GT(pages, 0U);
  EXPECT_EQ(requests("one"), 0U);
  EXPECT_EQ(requests("two"), pages);
  EXPECT_EQ(requests(""), pages);
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
