#include "spec/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"page", "paging", "tag", "token"};

TEST(NearestTo, OrdersByTheNumberOfEdits) {
  EXPECT_EQ(NearestTo("pages", kWords, 2), (std::vector<std::string_view>{"page", "paging"}));
  EXPECT_EQ(NearestTo("tag", kWords, 1), std::vector<std::string_view>{"tag"});
}

TEST(NearestTo, GivesAllWhereFewAreThere) {
  EXPECT_EQ(NearestTo("x", kWords, 9).size(), kWords.size());
  EXPECT_TRUE(NearestTo("x", {}, 9).empty());
}

TEST(UnknownWord, NamesTheNearestWhereThereIsOne) {
  EXPECT_EQ(UnknownWord("word", "tokens", kWords), "`tokens` is no word; the nearest is `token`");
  EXPECT_EQ(UnknownWord("word", "tokens", {}), "`tokens` is no word");
}

}  // namespace
}  // namespace assay
