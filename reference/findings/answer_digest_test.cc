#include "reference/findings/answer_digest.h"

#include <gtest/gtest.h>

#include "reference/describe_snapshots/requests_for_test.h"
#include "reference/wire/transport_failure.h"

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
  EXPECT_EQ(DigestOf(text).Unlike(plain), AnswerDigest::Parts().set(kPageNumberKind));
  Response total = Plain();
  Replace(total, "\"TotalCount\":", "\"TotalCount\":1");
  EXPECT_EQ(DigestOf(total).Unlike(plain), AnswerDigest::Parts().set(kTotalCount));
}

// So that of two mistakes in one answer each is told by its own part.
TEST(AnswerDigest, KnowsWhichPartADifferenceShowsIn) {
  const auto parts = [](Rule rule) { return PartsOf(FormDifference(rule, "", "")); };
  const std::vector<Rule> apart = {"response.field.status"_rule, "response.field.usage"_rule,
                                   "page.number.echo"_rule, "response.total_count.type"_rule,
                                   "response.snapshots.container"_rule};
  for (std::size_t i = 0; i < apart.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const AnswerDigest::Parts shared = parts(apart[i]) & parts(apart[j]);
      EXPECT_TRUE((shared & ~AnswerDigest::Parts().set(kProblems)).none())
          << Id(apart[i]) << " and " << Id(apart[j]);
    }
  }
  EXPECT_TRUE(parts("encoding.http.complete"_rule)[kFirstField]);
}

// That the fields of other snapshots differ follows from the list.
TEST(AnswerDigest, LeavesOutWhatFollows) {
  const AnswerDigest::Parts list = DigestOf(Plain({{"PageSize", "20"}})).Unlike(DigestOf(Plain()));
  EXPECT_TRUE(list[kList] && list[kPageSize]);
  EXPECT_EQ((list >> kTags).count(), 0u);
  const AnswerDigest::Parts refused =
      DigestOf(Plain({{"Usage", "no_such_usage"}})).Unlike(DigestOf(Plain()));
  EXPECT_TRUE(refused[kOutcome]);
  EXPECT_FALSE(refused[kList]);
}

// As another list hides wrong tags, so would the right list be taken for the farther one.
TEST(AnswerDigest, OfTheRightListIsNearerHoweverMuchIsWrongInIt) {
  Response wrong_tags = Plain();
  Replace(wrong_tags, "\"TagValue\":\"", "\"TagValue\":\"other ");
  Replace(wrong_tags, "\"PageNumber\":1", "\"PageNumber\":\"1\"");
  const std::size_t right_list = Distance(DigestOf(wrong_tags).Unlike(DigestOf(Plain())));
  const std::size_t wrong_list =
      Distance(DigestOf(Plain({{"PageNumber", "2"}})).Unlike(DigestOf(wrong_tags)));
  const std::size_t refused =
      Distance(DigestOf(Plain({{"Usage", "no_such_usage"}})).Unlike(DigestOf(wrong_tags)));
  EXPECT_GT(right_list, 1u);
  EXPECT_LT(right_list, wrong_list);
  EXPECT_LT(wrong_list, refused);
  EXPECT_EQ(Distance(DigestOf(Plain()).Unlike(DigestOf(Plain()))), 0u);
}

TEST(AnswerDigest, OfABrokenAnswerSaysHowItBroke) {
  const auto broken = [](std::string_view detail) {
    return AnswerDigest::OfBroken(
        TransportError(TransportFailure::kMalformed, "127.0.0.1", detail));
  };
  EXPECT_TRUE(broken(": bad field").Unlike(DigestOf(Plain()))[kOutcome]);
  EXPECT_TRUE(broken(": bad field").Unlike(broken(": bad Content-Length"))[kOutcome]);
  EXPECT_TRUE(broken(": 7 bytes follow").Unlike(broken(": 12 bytes follow")).none());
}

}  // namespace
}  // namespace assay
