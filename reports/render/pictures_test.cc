#include "reports/render/pictures.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

RecordedExchange PageOf(std::uint64_t id, const std::string& ids) {
  RecordedExchange page;
  page.exchange.id = id;
  page.exchange.status = 200;
  page.exchange.next_token = "t" + std::to_string(id);
  if (id > 1) page.exchange.request.parameters = {{"NextToken", "t" + std::to_string(id - 1)}};
  page.exchange.body = ids;
  return page;
}

TEST(WalkStrips, MarkWhatIsListedTwiceAndWhatIsLost) {
  RecordedRun run = SampleRun("");
  Finding finding = SampleFinding("w", "token.walk.unique", FindingKind::kViolation, "");
  finding.actual = "s-bp1lost00 is on no page";
  finding.evidence = {1, 2};
  run.evidence = {PageOf(1, R"([{"SnapshotId":"s-a"},{"SnapshotId":"s-b"}])"),
                  PageOf(2, R"([{"SnapshotId":"s-b"}])"), PageOf(3, R"([{"SnapshotId":"s-c"}])")};
  const std::string strip = WalkStrip(run, finding);
  EXPECT_NE(strip.find("<i class=\"once\" title=\"s-a\">"), std::string::npos) << strip;
  EXPECT_NE(strip.find("<i class=\"twice\" title=\"s-b (listed more than once)\">"),
            std::string::npos);
  EXPECT_NE(strip.find("on no page</b> <i class=\"lost\" title=\"s-bp1lost00\">"),
            std::string::npos);
  EXPECT_EQ(strip.find("s-c"), std::string::npos);  // of a page that is no evidence
  finding.rule = "filter.usage.none";
  EXPECT_EQ(WalkStrip(run, finding), "");
}

TEST(FindingsCurves, RiseWithEachRule) {
  RecordedRun run = SampleRun("");
  EXPECT_EQ(FindingsCurve(run), "");
  run.curve = {{10, "a" + HostileText()}, {20, "b"}};
  run.last_exchange = 100;
  const std::string curve = FindingsCurve(run);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(curve.c_str())) << curve;
  EXPECT_EQ(document.select_nodes("//circle").size(), 2u);
}

TEST(Badges, SayTheVerdict) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(BadgeSvg(SampleRun(HostileText())).c_str()));
  EXPECT_STREQ(document.select_node("//title").node().text().get(),
               "DescribeSnapshots: 3 violations");
}

}  // namespace
}  // namespace assay
