// A state that is not known: what the suites see with what answers show alone.
#include <gtest/gtest.h>

#include <memory>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/suite.h"
#include "conformance/run/run_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/server.h"
#include "reference/watch/inventory.h"

namespace assay {
namespace {

// What the suites make of a target of which nothing is told.
struct Discovered {
  std::string error;  // why the inventory could not be read
  std::size_t snapshots = 0;
  std::uint64_t exchanges = 0;
  std::vector<std::string> violations;
};

Discovered JudgeUnknown(Target& target, bool until_first) {
  Discovered out;
  Result<Inventory> inventory = ReadInventory(target, "cn-hangzhou");
  if (!inventory) return {.error = inventory.error().Text()};
  const Dataset dataset = std::move(inventory->dataset);
  out.snapshots = dataset.snapshots.size();
  Judge judge(dataset);
  NullRecorder recorder;
  Session session(target, judge, recorder,
                  {.keep_bodies = false, .diagnose = false, .reduction_requests = 0});
  SuiteNotes notes;
  SuiteOptions options;
  options.signs = true;
  options.strength = 1;
  options.thorough = false;
  SuiteContext context(session, dataset, options, notes);
  const Result<std::vector<SuiteTest>> tests = ConformanceTests(context);
  if (!tests) return {.error = tests.error().Text()};
  for (const SuiteTest& test : *tests) {
    for (std::string& failure : test.run(context).failures) {
      out.violations.push_back(test.suite + "." + test.name + ": " + failure);
    }
    if (until_first && !out.violations.empty()) break;
  }
  out.exchanges = session.exchanges();
  return out;
}

Discovered JudgeFault(const char* id) {
  const Fault* fault = FindFault(id);
  if (!fault) return {.error = std::string("no such fault: ") + id};
  ModelTarget target(BuiltIn(), {}, {fault});
  return JudgeUnknown(target, true);
}

// A sample over the stages; each is seen with the state known.
class DiscoverySeesFault : public testing::TestWithParam<const char*> {};

TEST_P(DiscoverySeesFault, WithTheStateWithheld) {
  const Discovered seen = JudgeFault(GetParam());
  EXPECT_EQ(seen.error, "");
  EXPECT_FALSE(seen.violations.empty());
}

constexpr const char* kSample[] = {"paging.last_page.drops_one",
                                   "paging.total.pages",
                                   "token.end.after_page_2",
                                   "filter.usage.lists_nothing",
                                   "filter.status.ignored_with_another",
                                   "filter.resource_group_id.inverted",
                                   "filter.instance_id.ignored",
                                   "filter.snapshot_type.default_user",
                                   "region.ignored",
                                   "time.value.day_only",
                                   "tag.all.ignored",
                                   "ids.order.sorted_only",
                                   "data.name.html_escaped",
                                   "shape.field.no_progress",
                                   "error.status.code",
                                   "encoding.non_ascii.first_byte"};
INSTANTIATE_TEST_SUITE_P(Sample, DiscoverySeesFault, testing::ValuesIn(kSample));

class DiscoveryRaisesNoAlarm : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DiscoveryRaisesNoAlarm, UnderAnyReading) {
  ModelTarget target(BuiltIn(), RandomReading(GetParam()));
  const Discovered seen = JudgeUnknown(target, false);
  EXPECT_EQ(seen.error, "");
  EXPECT_GT(seen.exchanges, 500U);
  EXPECT_TRUE(seen.violations.empty()) << seen.violations.front();
}

INSTANTIATE_TEST_SUITE_P(Readings, DiscoveryRaisesNoAlarm, testing::Values(0, 1, 2, 3, 4, 5));

// The states of accounts that nobody filled for the purpose.
Dataset SmallState(std::size_t count) {
  Dataset out = GenerateDataset(std::max<std::size_t>(count, 1), 7);
  out.snapshots.resize(count);
  for (Snapshot& snapshot : out.snapshots) snapshot.Set(Field::kRegionId, "cn-hangzhou");
  out.regions = {"cn-hangzhou", "cn-shanghai"};
  out.Index();
  return out;
}

TEST(Discovery, JudgesAnEmptyAccountAndOneSnapshot) {
  for (const std::size_t count : {0U, 1U}) {
    const Dataset state = SmallState(count);
    ModelTarget target(state, {});
    const Discovered seen = JudgeUnknown(target, false);
    EXPECT_EQ(seen.error, "");
    EXPECT_EQ(seen.snapshots, count);
    EXPECT_GT(seen.exchanges, 100U);
    EXPECT_TRUE(seen.violations.empty()) << count << " snapshots: " << seen.violations.front();
  }
}

TEST(Discovery, SeesFaultsInAnEmptyAccount) {
  const Dataset state = SmallState(0);
  FaultyTarget target(state);
  target.bend_answer = [](const Request&, Response& response) {
    const std::size_t at = response.body.find("\"TotalCount\":0");
    if (at != std::string::npos) response.body.replace(at, 14, "\"TotalCount\":1");
  };
  EXPECT_FALSE(JudgeUnknown(target, true).violations.empty());
}

TEST(Discovery, SaysHowTheStateWasRead) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--discover --only 'filter.*'");
  EXPECT_EQ(ended.code, 0) << ended.output << ended.errors;
  EXPECT_NE(ended.output.find("discovered ("), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("InstanceId"), std::string::npos) << ended.output;
}

TEST(Discovery, EndsWith0IfTheAccountLacksWhatARuleNeeds) {
  const Dataset state = SmallState(1);
  const auto server = Server::Start(state, Reading{}, "127.0.0.1", 0);
  ASSERT_TRUE(server);
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--discover --strength 1 --target " + (*server)->Url());
  EXPECT_EQ(ended.code, 0) << ended.output << ended.errors;
  EXPECT_NE(ended.output.find("not shown"), std::string::npos) << ended.output;
}

TEST(Discovery, ExcludesADatasetFile) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--discover --dataset x.json");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.errors.find("leave --dataset out"), std::string::npos) << ended.errors;
}

TEST(Discovery, SaysWhyThereIsNoStateToRead) {
  const TestFolder folder;
  const EndedRun ended = RunAssay(folder, "--discover --target http://127.0.0.1:1");
  EXPECT_EQ(ended.code, 3) << ended.output << ended.errors;
  EXPECT_NE(ended.output.find("connection refused"), std::string::npos) << ended.output;
}

// --max-requests.

TEST(MaxRequests, AreNeverExceededAndWhatIsLeftOutIsListed) {
  const TestFolder folder;
  for (const int most : {1, 2, 7, 40, 150}) {
    const EndedRun ended = RunAssay(folder, fmt::format("--max-requests {}", most));
    EXPECT_EQ(ended.code, 0) << most << ended.output << ended.errors;
    EXPECT_LE(ended.report["totals"]["exchanges"], most);
    EXPECT_GE(ended.report["totals"]["exchanges"],
              most - most / 5 - 1);  // one checks that the target is there
    EXPECT_NE(ReadText(folder / "report/report.json").find("left out, "), std::string::npos);
    EXPECT_NE(ReadText(folder / "report/report.json").find("tests of combinations"),
              std::string::npos);
  }
}

// Faults that the default order shows only after 160 requests and more.
TEST(MaxRequests, GoToWhatTellsMost) {
  for (const char* id : {"ids.maximum.none", "filter.kms_key_id.prefix", "dry_run.false.dry",
                         "time.year.of_epoch"}) {
    const auto server =
        Server::Start(BuiltIn(), {}, "127.0.0.1", 0, {}, {}, FindFaults({id}).value());
    const TestFolder folder;
    const EndedRun ended = RunAssay(folder, "--max-requests 150 --target " + (*server)->Url());
    EXPECT_EQ(ended.code, 1) << id << ended.output << ended.errors;
  }
}

TEST(MaxRequests, CountWhatReadsTheState) {
  const TestFolder folder;
  const EndedRun little = RunAssay(folder, "--discover --max-requests 3");
  EXPECT_EQ(little.code, 3) << little.output << little.errors;
  EXPECT_NE(little.output.find("are not enough"), std::string::npos) << little.output;
  const EndedRun enough = RunAssay(folder, "--discover --max-requests 60");
  EXPECT_EQ(enough.code, 0) << enough.output << enough.errors;
  EXPECT_LT(enough.report["totals"]["exchanges"], 55);
}

TEST(MaxRequests, StillFindWhatShowsEarly) {
  FaultyTarget model(BuiltIn());
  model.bend_answer = [](const Request&, Response& response) {
    const std::size_t at = response.body.find("\"TotalCount\":");
    if (at != std::string::npos) response.body.insert(at + 13, "1");
  };
  Judge judge(BuiltIn());
  NullRecorder recorder;
  Session session(model, judge, recorder, {.most_requests = 30});
  SuiteNotes notes;
  SuiteContext context(session, BuiltIn(), {}, notes);
  const auto tests = ConformanceTests(context);
  for (const SuiteTest& test : *tests) test.run(context);
  EXPECT_TRUE(session.spent());
  EXPECT_EQ(model.requests, 30);
  EXPECT_GT(session.violations(), 0U);
}

}  // namespace
}  // namespace assay
