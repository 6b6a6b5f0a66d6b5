#include "conformance/cases/interactions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "conformance/cases/bench_for_test.h"
#include "reference/faults/catalogue.h"
#include "reference/server/service.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

// Whether a test of the suite finds the target wrong.
bool Find(Target& target, const std::string& name) {
  Bench bench(target);
  const std::vector<SuiteTest> tests = InteractionTests({});
  const auto test = std::ranges::find(tests, name, &SuiteTest::name);
  EXPECT_NE(test, tests.end()) << name;
  return !test->run(bench.context).failures.empty();
}

bool FindFaultBy(const char* fault, const std::string& name) {
  ModelTarget target(BuiltIn(), {}, {FindFault(fault)});
  return Find(target, name);
}

TEST(Interactions, FindNothingWrongUnderAnyReading) {
  for (const std::uint64_t seed : {0U, 3U}) {
    const SuiteOptions options{.thorough = false};
    FaultyTarget target(BuiltIn(), RandomReading(seed));
    Bench bench(target, options);
    for (const SuiteTest& test : Some(InteractionTests(options))) {
      EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{})
          << test.name << ", reading " << seed;
    }
  }
}

TEST(Interactions, SeeWhatShowsInCompanyOnly) {
  EXPECT_TRUE(FindFaultBy("company.filters.third_ignored", "three_filters"));
  EXPECT_TRUE(FindFaultBy("company.ids.tag_page_2", "two_filters_number_json"));
  EXPECT_TRUE(FindFaultBy("company.tag.xml_by_token", "two_filters_token_xml"));
  EXPECT_TRUE(FindFaultBy("company.key.later_page_xml", "one_filter_number_xml"));
}

TEST(Interactions, SeeFiltersThatAWalkForgets) {
  for (const char* fault : {"token.filters.instance_forgotten", "token.filters.key_forgotten",
                            "token.filters.start_forgotten", "token.filters.tag_forgotten"}) {
    EXPECT_TRUE(FindFaultBy(fault, "one_filter_token_json")) << fault;
  }
  EXPECT_TRUE(FindFaultBy("token.filters.key_forgotten", "continuations"));
}

TEST(Interactions, SeeLettersThatCountOnSomePagesOrInSomeCompanyOnly) {
  for (const char* fault : {"tag.value.letters_by_page", "filter.category.letters_by_page",
                            "filter.source_disk_type.letters_in_company"}) {
    EXPECT_TRUE(FindFaultBy(fault, "other_letters")) << fault;
  }
}

TEST(Interactions, SeeThatAFullPageLosesItsLast) {
  EXPECT_TRUE(FindFaultBy("paging.full_page.hundred_ids", "full_pages_number_json"));
  EXPECT_TRUE(FindFaultBy("paging.full_page.by_token", "full_pages_token_json"));
}

TEST(Interactions, SeeATokenOfALaterPageThatStays) {
  EXPECT_TRUE(FindFaultBy("token.xml.third_page_stays", "one_filter_token_xml"));
}

TEST(Draws, SeeWhatShowsInTheCompanyOfFourFiltersOnly) {
  FaultyTarget target(BuiltIn());
  // Beside three other filters it forgets the category.
  target.bend_request = [](Request& request) {
    int filters = 0;
    for (const char* name : {"Status", "Usage", "SnapshotType", "Category", "Encrypted"}) {
      filters += request.Find(name) ? 1 : 0;
    }
    if (filters > 3) request.Unset("Category");
  };
  Bench bench(target);
  const std::vector<SuiteTest> tests = DrawTests({});
  ASSERT_EQ(tests.size(), 1U);
  EXPECT_FALSE(tests.front().run(bench.context).failures.empty());
}

TEST(Draws, GoOnUntilTheirTimeIsOver) {
  FaultyTarget target(BuiltIn());
  const auto sent = [&](std::chrono::seconds time) {
    const auto begun = std::chrono::steady_clock::now();
    const SuiteOptions options{.draw_until = begun + time};
    Bench bench(target, options);
    for (const SuiteTest& test : DrawTests(options)) {
      EXPECT_EQ(test.run(bench.context).failures, std::vector<std::string>{});
    }
    return bench.session.exchanges();
  };
  const std::uint64_t at_least = sent(std::chrono::seconds(0));
  EXPECT_GT(at_least, 0U);
  EXPECT_GT(sent(std::chrono::seconds(3)), at_least);
}

TEST(Draws, AreLeftOutIfRequestsAreDear) {
  EXPECT_TRUE(DrawTests({.thorough = false}).empty());
  EXPECT_TRUE(DrawTests({.few_requests = true}).empty());
}

TEST(Interactions, AreFewerIfRequestsAreDear) {
  const auto names = [](bool thorough) {
    std::set<std::string> out;
    for (const SuiteTest& test : InteractionTests({.thorough = thorough})) out.insert(test.name);
    return out;
  };
  EXPECT_TRUE(names(true).contains("three_filters"));
  EXPECT_FALSE(names(false).contains("three_filters"));
  EXPECT_TRUE(names(false).contains("two_filters"));
  EXPECT_GT(names(true).size(), names(false).size());
}

TEST(Interactions, KeepToTheFormatOfTheRun) {
  std::set<std::string> formats;
  FaultyTarget target(BuiltIn());
  target.bend_answer = [&](const Request& request, Response&) {
    formats.emplace(request.Find("Format").value_or(""));
  };
  const SuiteOptions options{.format = SuiteFormat::kXml, .thorough = false};
  Bench bench(target, options);
  for (const SuiteTest& test : Some(InteractionTests(options))) (void)test.run(bench.context);
  EXPECT_EQ(formats, std::set<std::string>{"XML"});
}

TEST(Interactions, AreSkippedIfTheRegionHoldsNothing) {
  const Dataset dataset = GenerateDataset(0, 1);
  FaultyTarget target(dataset);
  Bench bench(target, {}, dataset);
  EXPECT_EQ(InteractionTests({}).front().run(bench.context).skip, Skip::kNoValue);
}

}  // namespace
}  // namespace assay
