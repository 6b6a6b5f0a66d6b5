#include "spec/text/shard.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Shard, IsReadFromItsText) {
  const std::optional<Shard> shard = ParseShard("2/5");
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->index, 2);
  EXPECT_EQ(shard->count, 5);
  EXPECT_EQ(ParseShard("0/2")->index, 0);
}

TEST(Shard, IsRefusedUnlessItIsOneOfSoMany) {
  for (const char* text : {"", "2", "/", "1/", "/2", "3/2", "-1/2", "1/0", "0/0", "1/2/3", "a/2",
                           "1/b", " 1/2", "1/2 ", "1/99999999999"}) {
    EXPECT_FALSE(ParseShard(text)) << text;
  }
}

}  // namespace
}  // namespace assay
