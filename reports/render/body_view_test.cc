#include "reports/render/body_view.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

using Lines = std::vector<std::string>;

TEST(ReadableLines, BreakJsonAndXml) {
  EXPECT_EQ(ReadableLines(R"({"a":[1,{}],"b":"x,{"})"),
            (Lines{"{", "  \"a\": [", "    1,", "    {}", "  ],", "  \"b\": \"x,{\"", "}"}));
  EXPECT_EQ(ReadableLines("<?xml version='1.0'?><A><B>x</B><C></C><D/></A>"),
            (Lines{"<?xml version='1.0'?>", "<A>", "  <B>x</B>", "  <C></C>", "  <D/>", "</A>"}));
  EXPECT_EQ(ReadableLines("a\nb"), (Lines{"a", "b"}));
  EXPECT_EQ(ReadableLines(" "), Lines{});
  for (const char* odd : {"{", "}}}", "{\"", "<<><>", "[[[[", "<a></b>", "{\"a\\"}) {
    (void)ReadableLines(odd);
  }
  EXPECT_EQ(ReadableLines(std::string(100000, '[')).size(), 100000u);
}

TEST(CompareLines, MarkWhatDiffersAndLeaveOutTheRest) {
  Lines left, right;
  for (int i = 0; i < 30; ++i) left.push_back("line " + std::to_string(i));
  right = left;
  EXPECT_TRUE(CompareLines(left, right).empty());
  right[15] = "other";
  right.insert(right.begin() + 16, "more");
  const auto lines = CompareLines(left, right);
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0].left, "… 13 lines alike …");
  EXPECT_EQ(lines[3].kind, ComparedLine::Kind::kDifferent);
  EXPECT_EQ(lines[3].left, "line 15");
  EXPECT_EQ(lines[3].right, "other");
  EXPECT_EQ(lines[4].left, "");
  EXPECT_EQ(lines[4].right, "more");
  EXPECT_EQ(lines[7].kind, ComparedLine::Kind::kGap);
}

TEST(CompareLines, TakeWhatDiffersByChanceForEqual) {
  EXPECT_TRUE(CompareLines({"  \"RequestId\": \"A\","}, {"  \"RequestId\": \"B\""}).empty());
  EXPECT_TRUE(CompareLines({"<NextToken>a</NextToken>"}, {"<NextToken>b</NextToken>"}).empty());
  EXPECT_FALSE(CompareLines({"\"TotalCount\": 1"}, {"\"TotalCount\": 2"}).empty());
}

TEST(CompareLines, TakeOtherQuotesAndEscapesForEqual) {
  EXPECT_TRUE(CompareLines({"<?xml version='1.0'?>", "<A>\"</A>", "\"a\": \"/\""},
                           {"<?xml version=\"1.0\"?>", "<A>&quot;</A>", "\"a\": \"\\/\""})
                  .empty());
  EXPECT_FALSE(CompareLines({"<A>&quot;</A>"}, {"<A>'</A>"}).empty());
}

const char kOne[] = R"({"PageSize":2,"Snapshots":{"Snapshot":[)"
                    R"({"SnapshotId":"s-1","Usage":"none","Tags":{"Tag":[{"TagKey":"a"}]}},)"
                    R"({"SnapshotId":"s-2","Usage":"disk"}]},"TotalCount":9})";
const char kOther[] = R"({"TotalCount":9,"Snapshots":{"Snapshot":[)"
                      R"({"Usage":"disk","SnapshotId":"s-2"},)"
                      R"({"Tags":{"Tag":[{"TagKey":"b"}]},"Usage":"none","SnapshotId":"s-1"}]},)"
                      R"("PageSize":2})";

TEST(InOrderOf, PutsMembersAndSnapshotsAsInTheModel) {
  const Lines model = ReadableLines(kOther);
  const Lines lines = InOrderOf(model, ReadableLines(kOne));
  ASSERT_EQ(lines.size(), model.size());
  std::size_t unlike = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) unlike += lines[i] == model[i] ? 0 : 1;
  EXPECT_EQ(unlike, 1u);  // the tag
  EXPECT_EQ(InOrderOf(model, model), model);
  for (const char* odd :
       {"{", "}}}", "{\"", "<<><>", "[[[[", "<a></b>", "{\"a\\", "a\n  b\n c", ""}) {
    const Lines of_odd = ReadableLines(odd);
    EXPECT_EQ(InOrderOf(model, of_odd).size(), of_odd.size()) << odd;
  }
}

TEST(DifferingFields, AreThoseOfSnapshotsInBoth) {
  EXPECT_EQ(DifferingFields(ReadableLines(kOne), ReadableLines(kOther)), Lines{"Tags"});
  EXPECT_EQ(DifferingFields(ReadableLines("<A><Snapshots><Snapshot><SnapshotId>s-1</SnapshotId>"
                                          "<Usage>none</Usage></Snapshot></Snapshots></A>"),
                            ReadableLines("<A><Snapshots><Snapshot><SnapshotId>s-1</SnapshotId>"
                                          "</Snapshot></Snapshots></A>")),
            Lines{"Usage"});
}

TEST(CollapseSnapshots, PutEachOnALine) {
  const std::string json =
      R"({"Snapshots":{"Snapshot":[{"Usage":"none","SnapshotId":"s-1","Tags":{"Tag":[]}}]},"B":[{}]})";
  EXPECT_EQ(CollapseSnapshots(ReadableLines(json), {"Usage"}),
            (Lines{"{", "  \"Snapshots\": {", "    \"Snapshot\": [",
                   "      Snapshot \"s-1\", Usage \"none\"", "    ]", "  },", "  \"B\": [",
                   "    {}", "  ]", "}"}));
  const std::string xml =
      "<R><Snapshots><Snapshot><SnapshotId>s-1</SnapshotId></Snapshot></Snapshots></R>";
  EXPECT_EQ(CollapseSnapshots(ReadableLines(xml), {}),
            (Lines{"<R>", "  <Snapshots>", "    Snapshot s-1", "  </Snapshots>", "</R>"}));
}

TEST(CollapseSnapshots, GivesLongFieldsLinesOfTheirOwn) {
  const Lines lines = CollapseSnapshots(
      ReadableLines("<Snapshots><Snapshot><SnapshotId>s-1</SnapshotId><LastModifiedTime>"
                    "2026-01-02T03:04:05Z</LastModifiedTime><Usage>image_disk</Usage></Snapshot>"
                    "</Snapshots>"),
      {"LastModifiedTime", "Usage"});
  EXPECT_EQ(lines,
            (Lines{"<Snapshots>", "  Snapshot s-1", "    LastModifiedTime 2026-01-02T03:04:05Z",
                   "    Usage image_disk", "</Snapshots>"}));
}

TEST(Excerpts, BeginNearWhatTheTextNames) {
  Lines lines;
  for (int i = 0; i < 50; ++i) lines.push_back("line " + std::to_string(i));
  lines[30] = "the id s-abcdef12 is here";
  const Lines shown = Excerpt(lines, "s-abcdef12 is listed", 6);
  ASSERT_EQ(shown.size(), 8u);
  EXPECT_EQ(shown[0], "… 27 lines before …");
  EXPECT_EQ(shown[4], lines[30]);
  EXPECT_EQ(Excerpt(lines, "nothing", 2).front(), "line 0");
}

TEST(ListedIds, AreThoseOfSnapshotsAlone) {
  EXPECT_EQ(ListedIds(R"({"SnapshotId":"s-1","SourceSnapshotId":"s-2"},{"SnapshotId": "s-3"})"),
            (Lines{"s-1", "s-3"}));
  EXPECT_EQ(ListedIds("<SnapshotId>s-1</SnapshotId><SourceSnapshotId>s-2</SourceSnapshotId>"),
            Lines{"s-1"});
  EXPECT_EQ(ListedIds("\"SnapshotId"), Lines{});
  EXPECT_EQ(NamedIds("s-bp1yubfbr3 is twice, not s-1 or xs-abcdefgh; s-bp1yubfbr3"),
            Lines{"s-bp1yubfbr3"});
}

}  // namespace
}  // namespace assay
