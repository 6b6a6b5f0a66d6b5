#include "reference/target/foreign_protocol.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

bool Says(std::string_view bytes, std::string_view words) {
  return DescribeForeignBytes(bytes).find(words) != std::string::npos;
}

TEST(ForeignBytes, AreKnownByTheirBeginning) {
  EXPECT_TRUE(Says(std::string_view("\x15\x03\x01\x00\x02\x02\x46", 7), "write https://"));
  EXPECT_TRUE(Says(std::string_view("\0\0\x12\4\0\0\0\0\0\0", 10), "HTTP/2"));
  EXPECT_TRUE(Says("SSH-2.0-x\r\n", "SSH server"));
  EXPECT_TRUE(Says("220 mail ESMTP\r\n", "mail"));
  EXPECT_TRUE(Says(" {\"a\":1}", "HTTP/0.9"));
}

TEST(ForeignBytes, ThatNobodyKnowsAreShownAndCannotAct) {
  EXPECT_EQ(DescribeForeignBytes("\x1b[2J\xC2\x9B"), "it begins with \\x1B[2J\\xC2\\x9B");
  EXPECT_LT(DescribeForeignBytes(std::string(100000, 'a')).size(), 100U);
}

}  // namespace
}  // namespace assay
