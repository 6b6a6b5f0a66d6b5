#include "conformance/cases/connections.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/cases/bench_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

TEST(Connections, FindNothingWrongUnderAnyReading) {
  for (const std::uint64_t seed : {0U, 4U, 7U}) {
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target);
    for (const SuiteTest& test : Some(ConnectionTests())) {
      EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{})
          << test.name << ", reading " << seed;
    }
  }
}

TEST(Connections, SeeWhatARequestLeavesBehind) {
  for (const auto& [fault, name] :
       {std::pair("state.dry_run.sticks", "dry_run"), std::pair("state.status.sticks", "status"),
        std::pair("state.page_size.sticks", "page_size_1")}) {
    ModelTarget target(BuiltIn(), {}, {FindFault(fault)});
    Bench bench(target, {}, BuiltIn(), true);
    const std::vector<SuiteTest> tests = ConnectionTests();
    const auto test = std::ranges::find(tests, std::string(name), &SuiteTest::name);
    ASSERT_NE(test, tests.end()) << name;
    EXPECT_FALSE(test->run(bench.context).failures.empty()) << fault;
    const std::vector<Finding> findings = bench.session.Findings();
    EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& finding) {
      const auto is = [](const std::string& id) { return id.starts_with("request.same.answer"); };
      return is(finding.id) || std::ranges::any_of(finding.also, is);
    })) << fault;
  }
}

TEST(Connections, KeepToTheFormatOfTheRun) {
  FaultyTarget target(BuiltIn());
  Bench bench(target, {.format = SuiteFormat::kJson});
  const std::vector<SuiteTest> tests = ConnectionTests();
  const auto xml = std::ranges::find(tests, std::string("xml"), &SuiteTest::name);
  EXPECT_EQ(xml->run(bench.context).skip, Skip::kLeftOut);
}

}  // namespace
}  // namespace assay
