#include "fuzz/wire_mutator.h"

#include <gtest/gtest.h>

#include <set>

#include "reference/session/smallest_request.h"

namespace assay {
namespace {

WireClient Client() {
  return WireClient(*ParseEndpoint("http://127.0.0.1:1/base"), {},
                    SmallestRequest("cn-hangzhou", "JSON"));
}

std::string Sent(std::string_view text) { return BytesOf(ReadRawMessage(text, {{"host", "h"}})); }

TEST(WireMutator, SeedsAreWellFormed) {
  int certain = 0;
  for (const std::string& seed : RawMessageSeeds(Client())) {
    const WireFraming framing = ReadFraming(Sent(seed));
    certain += framing.certain ? 1 : 0;
    EXPECT_TRUE(AsksForNothingElse(Sent(seed)));
    EXPECT_TRUE(framing.certain || framing.oddity == "a target of another form" ||
                framing.oddity == "the header expect")
        << framing.oddity << "\n"
        << seed;
  }
  EXPECT_GE(certain, 9);
}

TEST(WireMutator, ReachesEveryKindOfOddity) {
  const std::vector<std::string> seeds = RawMessageSeeds(Client());
  std::set<std::string> oddities;
  std::string text = seeds.front();
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    text = MutateRawMessage(seed % 4 == 0 ? seeds[seed / 4 % seeds.size()] : text, seed);
    oddities.insert(ReadFraming(Sent(text)).oddity);
  }
  for (const char* oddity : {"",
                             "two lengths",
                             "a length that is none",
                             "a length beside a transfer coding",
                             "a long size of a chunk",
                             "a size of a chunk that is none",
                             "a trailer",
                             "a NUL in a header",
                             "a bare line feed after a header",
                             "a bare carriage return in a header",
                             "a folded header",
                             "an odd name of a header",
                             "no Host",
                             "more than one Host",
                             "another method",
                             "another version",
                             "a target of another form",
                             "a body that is cut short",
                             "long headers",
                             "the header upgrade",
                             "another transfer coding",
                             "a huge length"}) {
    EXPECT_TRUE(oddities.contains(oddity)) << oddity;
  }
}

TEST(WireMutator, EqualSeedsMakeEqualTexts) {
  const std::string seed = RawMessageSeeds(Client()).front();
  EXPECT_EQ(MutateRawMessage(seed, 7), MutateRawMessage(seed, 7));
  EXPECT_EQ(CrossRawMessages(seed, "a\nb\n", 7), CrossRawMessages(seed, "a\nb\n", 7));
  for (std::uint64_t i = 0; i < 200; ++i) (void)MutateRawMessage("", i);
}

TEST(AsksForNothingElse, SeesOtherOperations) {
  EXPECT_TRUE(AsksForNothingElse("GET /?Action=DescribeSnapshots&x=1"));
  EXPECT_TRUE(AsksForNothingElse("x-acs-action: DescribeSnapshots\r\n"));
  EXPECT_TRUE(AsksForNothingElse("Action=Desc\xFF&Action=&Action"));
  EXPECT_FALSE(AsksForNothingElse("GET /?Action=DeleteSnapshot"));
  EXPECT_FALSE(AsksForNothingElse("GET /?%41ction=%44eleteSnapshot"));
  EXPECT_FALSE(AsksForNothingElse("X-Acs-Action:\tDeleteSnapshot"));
}

}  // namespace
}  // namespace assay
