#include "reference/answer/seen_snapshots.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reference/answer/kept_answer.h"

namespace assay {
namespace {

std::string SnapshotText(const std::string& id, const std::string& more = "") {
  return fmt::format(R"({{"SnapshotId":"{}","SnapshotName":"a \"b\" é","SourceDiskSize":40,)"
                     R"("Encrypted":false,"Tags":{{"Tag":[{{"TagKey":"k","TagValue":"\n"}}]}}{}}})",
                     id, more);
}

std::string Page(const std::vector<std::string>& snapshots) {
  return fmt::format(R"({{"RequestId":"R","Snapshots":{{"Snapshot":[{}]}},"TotalCount":2}})",
                     fmt::join(snapshots, ", "));
}

// All that an answer says, and what is wrong with it.
std::string Text(const ObservedAnswer& answer) {
  std::string out =
      fmt::format("{} {} {}\n", answer.readable, answer.snapshot_count, answer.total_count.text);
  const auto add = [&out](const ObservedValue& value) {
    out += fmt::format("{}:{},", NameOf(value.kind), value.text);
  };
  for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
    for (const ObservedValue& value : answer.snapshots[i].fields) add(value);
    out += NameOf(answer.snapshots[i].tags_kind);
    for (const ObservedTag& tag : answer.snapshots[i].tags) {
      add(tag.key);
      add(tag.value);
    }
    out += '\n';
  }
  for (const Difference& problem : answer.problems) {
    out += fmt::format("{}: {}, {}\n", Id(problem.rule), problem.expected, problem.actual);
  }
  return out;
}

class SeenSnapshotsTest : public testing::Test {
 protected:
  const ObservedAnswer& Read(const std::string& body) {
    response_.body = body;
    return reader_.Read(response_);
  }
  // The same by a reader that has seen nothing.
  static std::string ReadFreshly(const std::string& body) {
    Response response;
    response.body = body;
    return Text(AnswerReader().Read(response));
  }
  void ReadOften(const std::string& body) {
    for (int i = 0; i < 8; ++i) (void)Read(body);
  }
  std::size_t CountSeen(const std::string& body) {
    const ObservedAnswer& answer = Read(body);
    std::size_t out = 0;
    for (std::size_t i = 0; i < answer.snapshot_count; ++i) {
      out += answer.snapshots[i].seen ? 1 : 0;
    }
    return out;
  }

 private:
  Response response_;
  AnswerReader reader_;
};

const std::string kFirst = SnapshotText("s-1", std::string(300, ' '));
const std::string kSecond = SnapshotText("s-2", ",\"New\":[{}]" + std::string(300, ' '));

TEST_F(SeenSnapshotsTest, AreNotReadAgain) {
  ReadOften(Page({kFirst, kSecond}));
  EXPECT_EQ(CountSeen(Page({kFirst, kSecond})), 2u);
  EXPECT_EQ(CountSeen(Page({kSecond, kFirst, kSecond})), 3u);
  EXPECT_EQ(CountSeen(Page({SnapshotText("s-3")})), 0u);
  EXPECT_EQ(Text(Read(Page({kSecond, kFirst}))), ReadFreshly(Page({kSecond, kFirst})));
}

TEST_F(SeenSnapshotsTest, AreReadAgainIfOneByteDiffers) {
  const std::string page = Page({kFirst, kSecond});
  ReadOften(page);
  std::set<std::string> texts;
  for (std::size_t at = 0; at < page.size(); ++at) {
    for (const char c : std::string_view("\0\"{}[],:\\x0 \xFF", 13)) {
      std::string body = page;
      body[at] = c;
      const std::string text = Text(Read(body));
      ASSERT_EQ(text, ReadFreshly(body)) << body;
      texts.insert(text);
    }
  }
  EXPECT_GT(texts.size(), 300u);
}

TEST_F(SeenSnapshotsTest, AreReadAgainIfTheBodyIsCut) {
  const std::string page = Page({kFirst, kSecond});
  ReadOften(page);
  for (std::size_t size = 0; size < page.size(); ++size) {
    const std::string body = page.substr(0, size);
    ASSERT_EQ(Text(Read(body)), ReadFreshly(body)) << body;
  }
}

TEST_F(SeenSnapshotsTest, AreNotThoseWithWhatIsWrong) {
  const std::string twice = SnapshotText("s-3", ",\"SnapshotId\":\"s-4\"" + std::string(300, ' '));
  ReadOften(Page({twice, kFirst}));
  EXPECT_EQ(CountSeen(Page({twice, kFirst})), 1u);
  EXPECT_EQ(Text(Read(Page({twice, kFirst}))), ReadFreshly(Page({twice, kFirst})));
}

TEST_F(SeenSnapshotsTest, OutliveTheirReader) {
  std::vector<KeptAnswer> kept;
  const std::string page = Page({kFirst, kSecond});
  {
    AnswerReader reader;
    Response response;
    response.body = page;
    for (int i = 0; i < 8; ++i) (void)reader.Read(response);
    kept.emplace_back(reader.Read(response));
  }
  EXPECT_EQ(Text(*kept.front()), ReadFreshly(page));
}

TEST_F(SeenSnapshotsTest, AreForgottenIfThereAreTooMany) {
  for (int i = 0; i < 9000; ++i) (void)Read(Page({SnapshotText(fmt::format("s-{}", i))}));
  const std::string page = Page({kFirst, kSecond});
  ReadOften(page);
  EXPECT_EQ(Text(Read(page)), ReadFreshly(page));
}

}  // namespace
}  // namespace assay
