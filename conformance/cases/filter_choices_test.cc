#include "conformance/cases/filter_choices.h"

#include <gtest/gtest.h>

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

// Without one of them the list would be longer, for most of the pairs.
TEST(FilterChoices, TogetherMakeADifferenceEach) {
  const CaseMaker values(BuiltIn(), HomeRegion(BuiltIn()), 1);
  const FilterChoices choices(values);
  int pairs = 0, telling = 0;
  for (std::size_t a = 0; a < FilterChoices::Filters(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const auto both = choices.Together({b, a});
      if (both.count == 0) continue;
      ++pairs;
      EXPECT_EQ(both.count, MatchesOf(both.parameters, values.region()));
      const auto alone = [&](bool first) {
        std::vector<Parameter> one;
        const std::string family = both.parameters.front().name.substr(0, 8);
        for (const Parameter& parameter : both.parameters) {
          if ((parameter.name.substr(0, 8) == family) == first) one.push_back(parameter);
        }
        return MatchesOf(one, values.region());
      };
      telling += alone(true) > both.count && alone(false) > both.count ? 1 : 0;
    }
  }
  EXPECT_GT(pairs, 100);
  EXPECT_GT(telling, pairs * 3 / 4);
}

TEST(FilterChoices, HaveNothingToOfferInAnEmptyRegion) {
  const Dataset dataset = GenerateDataset(0, 1);
  const CaseMaker values(dataset, HomeRegion(dataset), 1);
  const FilterChoices choices(values);
  EXPECT_TRUE(choices.SelectingMoreThan(0, 4).empty());
  EXPECT_EQ(choices.Together({0, 1}).count, 0U);
}

}  // namespace
}  // namespace assay
