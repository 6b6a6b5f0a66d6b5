#include "spec/text/percent.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(PercentEncode, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(PercentEncode(" !'()*+&=/:"), "%20%21%27%28%29%2A%2B%26%3D%2F%3A");
}

TEST(PercentEncode, WritesEveryByteInCapitalHex) {
  EXPECT_EQ(PercentEncode("é\xff"), "%C3%A9%FF");
  EXPECT_EQ(PercentEncode(std::string_view("\0", 1)), "%00");
}

TEST(FormDecode, UndoesPercentEncodeForEveryByte) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  bool valid = true;
  EXPECT_EQ(FormDecode(PercentEncode(all), &valid), all);
  EXPECT_TRUE(valid);
}

TEST(FormDecode, ReadsAPlusAsABlankAndEitherCaseOfHex) {
  EXPECT_EQ(FormDecode("a+b%2Bc%2b%e9%E9"), "a b+c+\xe9\xe9");
}

TEST(FormDecode, KeepsABrokenTripletAndSaysSo) {
  for (const char* text : {"%", "a%2", "%zz", "%2g", "100%"}) {
    bool valid = true;
    EXPECT_EQ(FormDecode(text, &valid), text);
    EXPECT_FALSE(valid) << text;
  }
  EXPECT_EQ(FormDecode("%%41"), "%A");
}

}  // namespace
}  // namespace assay
