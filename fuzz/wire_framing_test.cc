#include "fuzz/wire_framing.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

const std::string kHead = "GET / HTTP/1.1\r\nHost: h\r\n";

TEST(WireFraming, ReadsWhatEveryServerReadsAlike) {
  const WireFraming framing = ReadFraming(
      kHead + "\r\nPOST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" +
      "POST / HTTP/1.1\r\nhost:h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  EXPECT_TRUE(framing.certain);
  EXPECT_TRUE(framing.keeps_alive);
  EXPECT_EQ(framing.oddity, "");
  EXPECT_EQ(framing.methods, (std::vector<std::string>{"GET", "POST", "POST"}));
}

TEST(WireFraming, KnowsTheLastRequest) {
  EXPECT_FALSE(ReadFraming(kHead + "Connection: close\r\n\r\n").keeps_alive);
  EXPECT_FALSE(ReadFraming("GET / HTTP/1.0\r\nHost: h\r\n\r\n").keeps_alive);
  EXPECT_EQ(ReadFraming(kHead + "Connection: close\r\n\r\n" + kHead + "\r\n").oddity,
            "a request after the last one");
}

TEST(WireFraming, NamesWhatIsOdd) {
  const std::string nul("\0", 1);
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "nothing at all"},
      {kHead, "a header without an end"},
      {"GET / HTTP/1.1\nHost: h\r\n\r\n", "a bare line feed after the request line"},
      {kHead + "A: b\rc\r\n\r\n", "a bare carriage return in a header"},
      {kHead + "A: b" + nul + "\r\n\r\n", "a NUL in a header"},
      {kHead + " folded\r\n\r\n", "a folded header"},
      {kHead + "A : b\r\n\r\n", "an odd name of a header"},
      {kHead + "Host: h\r\n\r\n", "more than one Host"},
      {"GET / HTTP/1.1\r\n\r\n", "no Host"},
      {"GET /\r\n\r\n", "a request line of few words"},
      {"get / HTTP/1.1\r\n\r\n", "another method"},
      {"GET * HTTP/1.1\r\n\r\n", "a target of another form"},
      {"GET / HTTP/2.0\r\n\r\n", "another version"},
      {kHead + "A: " + std::string(5000, 'a') + "\r\n\r\n", "long headers"},
      {kHead + "Content-Length: 5\r\n\r\nhell", "a body that is cut short"},
      {kHead + "Content-Length: 99999999999\r\n\r\n", "a huge length"},
      {kHead + "Transfer-Encoding: gzip, chunked\r\n\r\n", "another transfer coding"},
      {kHead + "Transfer-Encoding: chunked\r\n\r\n00000000000000005\r\nhello\r\n0\r\n\r\n",
       "a long size of a chunk"},
      {kHead + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", "a trailer"},
      {kHead + "Expect: 100-continue\r\n\r\n", "the header expect"}};
  for (const auto& [bytes, oddity] : rows) {
    EXPECT_EQ(ReadFraming(bytes).oddity, oddity);
    EXPECT_FALSE(ReadFraming(bytes).certain) << oddity;
  }
}

TEST(WireFraming, NamesAllThatIsOddInARequest) {
  EXPECT_EQ(
      ReadFraming("get /\r\nA : b\r\n\tc\r\nD: \x01\n\r\n").oddities,
      (std::set<std::string>{"a request line of few words", "an odd name of a header",
                             "a folded header", "a bare line feed after a header", "no Host"}));
  EXPECT_EQ(ReadFraming(kHead + "Content-Length: 5\r\nA : b\r\n\r\nhell").oddities,
            (std::set<std::string>{"an odd name of a header", "a body that is cut short"}));
  EXPECT_EQ(ReadFraming(kHead + "\r\n").oddities, std::set<std::string>{});
}

TEST(WireFraming, KnowsWhereTheServerHasToClose) {
  EXPECT_TRUE(
      ReadFraming(kHead + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello").has_no_length);
  EXPECT_TRUE(ReadFraming(kHead + "Content-Length: -5\r\n\r\n").has_no_length);
  EXPECT_TRUE(
      ReadFraming(kHead + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
          .has_both_lengths);
  // May be taken for one length.
  EXPECT_FALSE(ReadFraming(kHead + "Content-Length: 5, 5\r\n\r\nhello").has_no_length);
  EXPECT_FALSE(ReadFraming(kHead + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n").has_no_length);
}

}  // namespace
}  // namespace assay
