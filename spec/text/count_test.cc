#include "spec/text/count.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(CountText, GroupsDigits) {
  EXPECT_EQ(Thousands(0), "0");
  EXPECT_EQ(Thousands(999), "999");
  EXPECT_EQ(Thousands(1000), "1,000");
  EXPECT_EQ(Thousands(1234567), "1,234,567");
}

TEST(CountText, AgreesWithTheNumber) {
  EXPECT_EQ(CountText(0, "finding"), "0 findings");
  EXPECT_EQ(CountText(1, "finding"), "1 finding");
  EXPECT_EQ(CountText(12345, "finding"), "12,345 findings");
  EXPECT_EQ(CountText(1, "query"), "1 query");
  EXPECT_EQ(CountText(2, "query"), "2 queries");
  EXPECT_EQ(CountText(1, "rule is broken", "rules are broken"), "1 rule is broken");
  EXPECT_EQ(CountText(2, "rule is broken", "rules are broken"), "2 rules are broken");
}

TEST(CountText, SaysNoneInASentence) {
  EXPECT_EQ(CountInWords(0, "snapshot"), "no snapshot");
  EXPECT_EQ(CountInWords(1, "snapshot"), "1 snapshot");
  EXPECT_EQ(AtMostText(0, "snapshot"), "no snapshot");
  EXPECT_EQ(AtMostText(1, "snapshot"), "at most 1 snapshot");
  EXPECT_EQ(AtMostText(2, "snapshot"), "at most 2 snapshots");
}

}  // namespace
}  // namespace assay
