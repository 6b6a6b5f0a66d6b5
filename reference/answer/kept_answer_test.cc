#include "reference/answer/kept_answer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace assay {
namespace {

Response Json(std::string body) {
  return {.status = 200, .content_type = "application/json", .body = std::move(body)};
}

TEST(KeptAnswer, OutlivesTheReaderAndTheBody) {
  std::vector<KeptAnswer> kept;
  {
    AnswerReader reader;
    kept.emplace_back(reader.Read(
        Json(R"({"RequestId":"R-1","NextToken":"a token that is long enough","TotalCount":2,)"
             R"("Snapshots":{"Snapshot":[{"SnapshotId":"s-1","Tags":{"Tag":[{"TagKey":"k",)"
             R"("TagValue":"v"}]}},{"SnapshotId":"s-2","Status":"failed"}]}})")));
    kept.emplace_back(reader.Read(Json(R"({"RequestId":"R-2"})")));
  }
  kept.reserve(kept.capacity() + 1);  // moves them
  const ObservedAnswer& first = *kept.front();
  EXPECT_EQ(first.status, 200);
  EXPECT_TRUE(first.readable && first.has_list);
  EXPECT_EQ(first.request_id.text, "R-1");
  EXPECT_EQ(first.next_token.text, "a token that is long enough");
  EXPECT_EQ(first.total_count.text, "2");
  EXPECT_EQ(first.total_count.kind, ObservedValue::Kind::kInteger);
  ASSERT_EQ(first.snapshot_count, 2u);
  EXPECT_EQ(first.snapshots[0][Field::kSnapshotId].text, "s-1");
  ASSERT_EQ(first.snapshots[0].tags.size(), 1u);
  EXPECT_EQ(first.snapshots[0].tags[0].value.text, "v");
  EXPECT_EQ(first.snapshots[1][Field::kStatus].text, "failed");
  EXPECT_EQ(kept.back()->request_id.text, "R-2");
  EXPECT_EQ(kept.back()->snapshot_count, 0u);
}

TEST(KeptAnswer, LeavesTextsInABodyThatStays) {
  AnswerReader reader;
  Response response =
      Json(R"({"RequestId":"R-1","Message":"a\u0062","TotalCount":2,"NextToken":"","Snapshots":)"
           R"({"Snapshot":[{"Available":true,"Tags":{"Tag":[{"TagKey":"k","TagValue":"\n"}]}}]}})");
  const KeptAnswer kept(reader.Read(response), response.body);
  (void)reader.Read(Json(std::string(response.body.size(), 'x')));
  const Response moved = std::move(response);
  EXPECT_EQ(kept->source.data(), moved.body.data());
  EXPECT_EQ(kept->request_id.text.data(), moved.body.data() + moved.body.find("R-1"));
  EXPECT_EQ(kept->request_id.text, "R-1");
  EXPECT_EQ(kept->message.text, "ab");
  EXPECT_EQ(kept->total_count.text, "2");
  EXPECT_EQ(kept->next_token.text, "");
  ASSERT_EQ(kept->snapshot_count, 1u);
  const ObservedSnapshot& snapshot = kept->snapshots.front();
  EXPECT_EQ(snapshot[Field::kAvailable].text, "true");
  ASSERT_EQ(snapshot.tags.size(), 1u);
  EXPECT_EQ(snapshot.tags[0].key.text, "k");
  EXPECT_EQ(snapshot.tags[0].value.text, "\n");
}

TEST(KeptAnswer, CopiesTextsOfAnXmlBody) {
  AnswerReader reader;
  const Response response = {.status = 200,
                             .content_type = "text/xml",
                             .body =
                                 "<DescribeSnapshotsResponse><RequestId>R-1</RequestId>"
                                 "</DescribeSnapshotsResponse>"};
  const KeptAnswer kept(reader.Read(response), response.body);
  (void)reader.Read(Json("{}"));
  EXPECT_EQ(kept->request_id.text, "R-1");
}

TEST(KeptAnswer, KeepsWhatIsWrong) {
  AnswerReader reader;
  const KeptAnswer kept(reader.Read(Json("{")));
  EXPECT_FALSE(kept->readable);
  ASSERT_EQ(kept->problems.size(), 1u);
  EXPECT_EQ(kept->problems[0].rule, "encoding.json.well_formed"_rule);
}

}  // namespace
}  // namespace assay
