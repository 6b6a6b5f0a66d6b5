#include "spec/text/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"page", "paging", "tag", "token"};

TEST(NearestTo, OrdersByTheNumberOfEdits) {
  EXPECT_EQ(NearestTo("pages", kWords, 2), (std::vector<std::string_view>{"page", "paging"}));
  EXPECT_EQ(NearestTo("tag", kWords, 1), std::vector<std::string_view>{"tag"});
}

TEST(NearestTo, GivesAllIfThereAreFew) {
  EXPECT_EQ(NearestTo("x", kWords, 9).size(), kWords.size());
  EXPECT_TRUE(NearestTo("x", {}, 9).empty());
}

TEST(UnknownWord, NamesTheNearestIfThereIsOne) {
  EXPECT_EQ(UnknownWord("word", "tokens", kWords), "unknown word `tokens`; did you mean `token`?");
  EXPECT_EQ(UnknownWord("word", "tokens", {}), "unknown word `tokens`");
}

}  // namespace
}  // namespace assay
