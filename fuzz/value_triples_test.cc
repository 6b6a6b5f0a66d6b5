#include "fuzz/value_triples.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fuzz/exchange_input.h"

namespace assay {
namespace {

TEST(ValueTriples, HoldEveryThreeDocumentedValues) {
  const Dataset dataset = GenerateDataset(20, 1);
  ValueTriples triples(dataset, 7);
  bool three = false, letters = false, state = false;
  std::set<std::string> inputs;
  for (std::size_t i = 0; i < triples.size(); ++i) {
    const std::string text = triples.Next();
    inputs.insert(text);
    const ExchangeInput input = ParseExchangeInput(text, "");
    if (input.requests.size() != 1) continue;  // an odd value with the end of a line in it
    const Request& request = input.requests[0];
    EXPECT_GE(request.parameters.size(), 3U);
    const bool is = request.Find("Usage") == "image" && request.Find("SnapshotType") == "auto";
    three |= is && request.Find("SourceDiskType") == "data";
    letters |= is && request.Find("SourceDiskType") == "System";
    state |= is && request.Find("DiskId").has_value();
  }
  EXPECT_TRUE(three && letters && state);
  EXPECT_GT(inputs.size(), triples.size() * 9 / 10);
  EXPECT_LT(triples.size(), 20'000U);
}

TEST(ValueTriples, ComeAgainWithOtherValuesOfTheState) {
  const Dataset dataset = GenerateDataset(20, 1);
  ValueTriples triples(dataset, 7);
  std::set<std::string> inputs;
  for (std::size_t i = 0; i < 3 * triples.size(); ++i) inputs.insert(triples.Next());
  EXPECT_GT(inputs.size(), 2 * triples.size());
}

TEST(ValueTriples, DependOnTheSeedAlone) {
  const Dataset dataset = GenerateDataset(20, 1);
  ValueTriples one(dataset, 1), same(dataset, 1), other(dataset, 2);
  EXPECT_EQ(one.Next(), same.Next());
  EXPECT_NE(one.Next(), other.Next());
}

// Selects by a key and a value that one snapshot has.
TEST(ValueTriples, GiveATagsKeyWithItsValue) {
  const Dataset dataset = GenerateDataset(20, 1);
  ValueTriples triples(dataset, 1);
  std::size_t tags = 0, matching = 0;
  for (std::size_t i = 0; i < triples.size(); ++i) {
    const Request request = ParseExchangeInput(triples.Next(), "").requests.at(0);
    const auto key = request.Find("Tag.1.Key"), value = request.Find("Tag.1.Value");
    if (!key) continue;
    ASSERT_TRUE(value);
    ++tags;
    for (const Snapshot& snapshot : dataset.snapshots) {
      bool has = false;
      for (const Tag& tag : snapshot.tags) has |= tag.key == *key && tag.value == *value;
      if (!has) continue;
      ++matching;
      break;
    }
  }
  EXPECT_GT(tags, 100U);
  EXPECT_GT(matching, tags / 2);
}

}  // namespace
}  // namespace assay
