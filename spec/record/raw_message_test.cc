#include "spec/record/raw_message.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace assay {
namespace {

using Kind = RawStep::Kind;
const RawValues kValues = {{"form", "a=b"}, {"form_length", "3"}, {"host", "h:1"}};

std::string Sent(std::string_view text) { return BytesOf(ReadRawMessage(text, kValues)); }

TEST(RawMessage, EndsOfLinesAreThoseThatAreWritten) {
  EXPECT_EQ(Sent("GET / HTTP/1.1\\r\\n\nHost: $host\\n\n\\r\n"), "GET / HTTP/1.1\r\nHost: h:1\n\r");
}

TEST(RawMessage, HoldsAnyByte) {
  EXPECT_EQ(Sent("\\x00\\xff\\xA\\t\\\\"), std::string("\0\xFF\n\t\\", 5));
}

TEST(RawMessage, WhatMeansNothingStandsForItself) {
  EXPECT_EQ(Sent("\\q\\xzz$nothing$repeat(a,b)@wait \n$repeat(3"),
            "\\q\\xzz$nothing$repeat(a,b)@wait $repeat(3");
}

TEST(RawMessage, TakesTheLongestNameOfAValue) { EXPECT_EQ(Sent("$form_length $form"), "3 a=b"); }

TEST(RawMessage, RepeatsWithinBounds) {
  EXPECT_EQ(Sent("x$repeat(3,a\\n)y"), "xa\na\na\ny");
  EXPECT_EQ(Sent("$repeat(99999999,a)").size(), 65536U);
  std::string much;
  for (int i = 0; i < 40; ++i) much += "$repeat(65536,a)";
  EXPECT_EQ(Sent(much).size(), 1U << 20);
}

TEST(RawMessage, HasMarksBetweenWhatIsSent) {
  const auto steps = ReadRawMessage("a\n@wait\nb\n@pause\nc\n@close\n", kValues);
  ASSERT_EQ(steps.size(), 6U);
  EXPECT_EQ(steps[1].kind, Kind::kWait);
  EXPECT_EQ(steps[3].kind, Kind::kPause);
  EXPECT_EQ(steps[4].bytes, "c");
  EXPECT_EQ(steps[5].kind, Kind::kClose);
}

TEST(RawMessage, AllBytesCanBeWritten) {
  std::string bytes = "@wait\n$host\\r";
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const std::string text = WriteRawMessage(bytes);
  EXPECT_EQ(Sent(text), bytes);
  EXPECT_TRUE(text.starts_with("\\x40wait\\n\n\\x24host\\\\r"));
}

TEST(RawMessage, WhatCannotBePrintedGetsEscapesThatMeanTheSame) {
  std::string text = "\\q\\";
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  text += "\\x4\x01\n@wait\n$host$repeat(3,\x02\\r)\\";
  const std::string printable = PrintableRawMessage(text);
  EXPECT_EQ(Sent(printable), Sent(text));
  EXPECT_TRUE(
      std::ranges::all_of(printable, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  EXPECT_EQ(PrintableRawMessage(printable), printable);
  EXPECT_EQ(PrintableRawMessage("\\x0$path\\x4G\\xaf\\xG"), "\\x00$path\\x04G\\xAF\\\\xG");
}

TEST(RawMessage, StandsInThePlaceOfARequest) {
  EXPECT_EQ(RawMessageOf(RequestOfRawMessage("a\\r\\n")), "a\\r\\n");
  EXPECT_EQ(RawMessageOf(Request{}), std::nullopt);
}

}  // namespace
}  // namespace assay
