#include "reference/findings/answer_digest.h"

#include <gtest/gtest.h>

#include "reference/describe_snapshots/requests_for_test.h"

namespace assay {
namespace {

using enum AnswerDigest::Part;

AnswerDigest DigestOf(const Response& response) {
  AnswerReader reader;
  return AnswerDigester().Of(reader.Read(response), response);
}

Response Plain(Pairs changes = {}) {
  Service service(TestDataset(), {});
  return AnswerOf(service, Ask(changes));
}

void Replace(Response& response, const std::string& from, const std::string& to) {
  const std::size_t at = response.body.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  response.body.replace(at, from.size(), to);
}

TEST(AnswerDigest, IsTheSameForAnswersThatSayTheSame) {
  Service service(TestDataset(), {});
  const Request request = Ask({{"PageSize", "20"}});
  const AnswerDigest first = DigestOf(AnswerOf(service, request));
  EXPECT_TRUE(first.Unlike(DigestOf(AnswerOf(service, request))).none());
  EXPECT_EQ(first.Whole(), DigestOf(AnswerOf(service, request)).Whole());
}

TEST(AnswerDigest, TellsWhichPartsDiffer) {
  const AnswerDigest plain = DigestOf(Plain());
  Response text = Plain();
  Replace(text, "\"PageNumber\":1", "\"PageNumber\":\"1\"");
  EXPECT_EQ(DigestOf(text).Unlike(plain), AnswerDigest::Parts().set(kKinds));
  Response total = Plain();
  Replace(total, "\"TotalCount\":", "\"TotalCount\":1");
  EXPECT_EQ(DigestOf(total).Unlike(plain), AnswerDigest::Parts().set(kNumbers));
}

// That the fields of other snapshots differ follows from the list.
TEST(AnswerDigest, LeavesOutWhatFollows) {
  const AnswerDigest::Parts list = DigestOf(Plain({{"PageSize", "20"}})).Unlike(DigestOf(Plain()));
  EXPECT_TRUE(list[kList] && list[kNumbers]);
  EXPECT_EQ((list >> kTags).count(), 0u);
  const AnswerDigest::Parts refused =
      DigestOf(Plain({{"Usage", "no_such_usage"}})).Unlike(DigestOf(Plain()));
  EXPECT_TRUE(refused[kOutcome]);
  EXPECT_FALSE(refused[kList]);
}

TEST(AnswerDigest, OfABrokenAnswerSaysHowItBroke) {
  const AnswerDigest a = AnswerDigest::OfBroken({"reset", "nothing came"});
  EXPECT_TRUE(a.Unlike(DigestOf(Plain()))[kOutcome]);
}

}  // namespace
}  // namespace assay
