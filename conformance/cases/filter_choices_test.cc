#include "conformance/cases/filter_choices.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "conformance/cases/bench_for_test.h"
#include "reference/describe_snapshots/model.h"

namespace assay {
namespace {

std::size_t MatchesOf(const std::vector<Parameter>& filters, const std::string& region) {
  Request request = SmallestRequest(region, "JSON");
  for (const Parameter& filter : filters) request.parameters.push_back(filter);
  FixedReading reading;
  return DescribeSnapshots(request, BuiltIn(), nullptr, reading).page.matches.size();
}

TEST(FilterChoices, CountWhatTheySelect) {
  const CaseMaker values(BuiltIn(), HomeRegion(BuiltIn()), 1);
  const FilterChoices choices(values);
  std::size_t long_ones = 0;
  for (const FilterChoice* choice : choices.SelectingMoreThan(10, 4)) {
    EXPECT_EQ(choice->count, MatchesOf(choice->parameters, values.region()));
    EXPECT_GT(choice->count, 10U);
    ++long_ones;
  }
  EXPECT_GT(long_ones, 20U);
}

// Without any of them the list would be longer, in one company or another; one of 315 has no values
// by which it would.
TEST(FilterChoices, TogetherMakeADifferenceEach) {
  const CaseMaker values(BuiltIn(), HomeRegion(BuiltIn()), 1);
  const FilterChoices choices(values);
  const auto name = [](const Parameter& one) { return one.name.substr(0, one.name.rfind('.')); };
  int told = 0, asked = 0;
  for (std::size_t a = 2; a < FilterChoices::Filters(); ++a) {
    for (std::size_t b = 1; b < a; ++b) {
      std::set<std::string> names, telling;
      for (const FilterChoices::Company& company : choices.Together({0, b, a})) {
        EXPECT_EQ(company.count, MatchesOf(company.parameters, values.region()));
        for (const Parameter& one : company.parameters) {
          names.insert(name(one));
          std::vector<Parameter> others = company.parameters;
          std::erase_if(others, [&](const Parameter& p) { return name(p) == name(one); });
          if (MatchesOf(others, values.region()) > company.count) telling.insert(name(one));
        }
      }
      asked += static_cast<int>(names.size());
      told += static_cast<int>(telling.size());
    }
  }
  EXPECT_GT(asked, 300);
  EXPECT_GE(told, asked - 1);
}

TEST(FilterChoices, HaveNothingToOfferInAnEmptyRegion) {
  const Dataset dataset = GenerateDataset(0, 1);
  const CaseMaker values(dataset, HomeRegion(dataset), 1);
  const FilterChoices choices(values);
  EXPECT_TRUE(choices.SelectingMoreThan(0, 4).empty());
  EXPECT_TRUE(choices.Together({0, 1}).empty());
}

}  // namespace
}  // namespace assay
