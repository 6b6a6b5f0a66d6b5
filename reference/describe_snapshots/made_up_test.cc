#include "reference/describe_snapshots/made_up.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "reference/describe_snapshots/requests_for_test.h"

namespace assay {
namespace {

TEST(MadeUpValues, AreToldFromOthersInAnyLetters) {
  for (const char* prefix : {"", "i-", "9d8b7f6a-5c4e-4d3b-8a2f-"}) {
    for (std::size_t stem = 0; stem < kMadeUpStems; ++stem) {
      for (const int number : {0, 9, 123, 4567}) {
        std::string value = MadeUpValue(prefix, stem, number);
        EXPECT_TRUE(IsMadeUp(value)) << value;
        std::ranges::transform(value, value.begin(), [](char c) {
          return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        });
        EXPECT_TRUE(IsMadeUp(value)) << value;
      }
    }
  }
  for (const Snapshot& snapshot : TestDataset().snapshots) {
    for (const std::string& text : snapshot.text) EXPECT_FALSE(IsMadeUp(text)) << text;
  }
}

}  // namespace
}  // namespace assay
