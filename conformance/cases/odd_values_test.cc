#include "conformance/cases/odd_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

// Runs the test; true if the judge found something wrong.
bool SendsWhatIsWrong(FaultyTarget& target, const std::string& name,
                      const SuiteOptions& options = {}) {
  Bench bench(target, options);
  const std::vector<SuiteTest> tests = OddValueTests();
  const auto test = std::ranges::find(tests, name, &SuiteTest::name);
  EXPECT_NE(test, tests.end()) << name;
  return !test->run(bench.context).failures.empty();
}

TEST(OddValues, FindNothingWrongUnderAnyReading) {
  for (const std::uint64_t seed : {0U, 5U}) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target, {.thorough = seed == 0});
    for (const SuiteTest& test : Some(OddValueTests())) {
      EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{})
          << test.name << ", reading " << seed;
    }
  }
}

TEST(OddValues, AreSentForEveryParameterInBothPlaces) {
  std::set<std::string> names, in_forms;
  std::size_t longest_query = 0, longest_form = 0;
  FaultyTarget target(BuiltIn());
  target.bend_answer = [&](const Request& request, Response&) {
    const bool form = request.placement == Placement::kForm;
    for (const Parameter& parameter : request.parameters) {
      (form ? in_forms : names).insert(parameter.name);
      std::size_t& longest = form ? longest_form : longest_query;
      longest = std::max(longest, parameter.value.size());
    }
  };
  Bench bench(target, {.thorough = false});
  for (const SuiteTest& test : Some(OddValueTests())) (void)test.run(bench.context);
  for (const ParameterInfo& parameter : AllParameters()) {
    std::string name = parameter.name;
    if (const std::size_t n = name.find(".N."); n != std::string::npos) name[n + 1] = '1';
    EXPECT_TRUE(names.contains(name) && in_forms.contains(name)) << name;
  }
  EXPECT_GE(longest_query, 2000U);
  EXPECT_LE(longest_query, 3000U);
  EXPECT_GE(longest_form, 100'000U);
}

TEST(OddValues, SeeACrash) {
  struct Sample {
    const char* test;
    std::function<bool(const Parameter&)> crashes;
  };
  const std::vector<Sample> samples = {
      {"SnapshotName", [](const Parameter& p) { return p.value.size() > 50'000; }},
      {"SnapshotName", [](const Parameter& p) { return p.value.find('\0') != p.value.npos; }},
      {"SnapshotIds", [](const Parameter& p) { return p.value.starts_with("[[[[["); }},
      {"PageSize", [](const Parameter& p) { return p.value == "２０"; }},
      {"Filter_1_Value", [](const Parameter& p) { return p.value.starts_with("10000-"); }},
      {"Tag_N_Key", [](const Parameter& p) { return p.value == "__proto__"; }},
      {"indices", [](const Parameter& p) { return p.name == "Tag.².Key"; }},
      {"bracketed_names", [](const Parameter& p) { return p.name == "Status[]"; }},
      {"letters_of_names", [](const Parameter& p) { return p.name == "DISKID"; }},
      {"unknown_names", [](const Parameter& p) { return p.name == "Tag.1.__proto__"; }}};
  for (const Sample& sample : samples) {
    FaultyTarget target(BuiltIn());
    target.bend_answer = [&](const Request& request, Response& answer) {
      if (std::ranges::any_of(request.parameters, sample.crashes)) answer.status = 500;
    };
    EXPECT_TRUE(SendsWhatIsWrong(target, sample.test)) << sample.test;
  }
}

TEST(OddValues, AccuseNobodyWhoBoundsTheLengthOfRequestsInOtherWords) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request& request, Response& answer) {
    if (request.Text().size() < 16'000) return;
    answer = {.status = 413, .content_type = "text/html", .body = "<h1>Content Too Large</h1>"};
  };
  EXPECT_FALSE(SendsWhatIsWrong(target, "SnapshotName"));
}

TEST(OddValues, AccuseNobodyWhoRefusesWhatNoSnapshotHas) {
  FaultyTarget target(BuiltIn());
  target.bend_answer = [](const Request& request, Response& answer) {
    const std::string name(request.Find("SnapshotName").value_or(""));
    const bool control = std::ranges::any_of(name, [](char c) { return c >= 0 && c < ' '; });
    if (name.size() <= 128 && !control) return;
    answer.status = 400;
    answer.body = R"({"RequestId":")" + answer.request_id +
                  R"(","HostId":"ecs","Code":"InvalidParameter","Message":"Bad name."})";
  };
  EXPECT_FALSE(SendsWhatIsWrong(target, "SnapshotName"));
}

TEST(OddValues, LeaveFormatAloneIfTheRunHasOne) {
  FaultyTarget target(BuiltIn());
  Bench bench(target, {.format = SuiteFormat::kJson});
  const std::vector<SuiteTest> tests = OddValueTests();
  const auto format = std::ranges::find(tests, std::string("Format"), &SuiteTest::name);
  EXPECT_EQ(format->run(bench.context).skip, Skip::kLeftOut);
}

}  // namespace
}  // namespace assay
