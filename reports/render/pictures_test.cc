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
  EXPECT_NE(strip.find("<i class=\"once\" title=\"s-a\" aria-hidden=\"true\">"), std::string::npos)
      << strip;
  EXPECT_NE(
      strip.find("<i class=\"twice\" title=\"s-b, listed 2 times\">2×<span class=\"unseen\"> s-b "
                 "</span></i>"),
      std::string::npos);
  EXPECT_NE(strip.find("on no page</b> <i class=\"lost\">lost</i> <code>s-bp1lost00</code>"),
            std::string::npos);
  EXPECT_NE(strip.find("2×</i>listed more than once"), std::string::npos);
  EXPECT_EQ(strip.find("s-c"), std::string::npos);  // of a page that is no evidence
  finding.rule = "filter.usage.none";
  EXPECT_EQ(WalkStrip(run, finding), "");
}

// What the picture marks, as "class: title".
std::vector<std::string> DotsOf(const RecordedRun& run) {
  const std::string curve = FindingsCurve(run);
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(("<a>" + curve + "</a>").c_str())) << curve;
  std::vector<std::string> out;
  for (const pugi::xpath_node& dot : document.select_nodes("//circle")) {
    out.push_back(std::string(dot.node().attribute("class").value()) + ": " +
                  dot.node().child("title").text().get());
  }
  return out;
}

TEST(FindingsCurves, CountTheRulesThatTheVerdictCounts) {
  RecordedRun run = SampleRun("");
  run.last_exchange = 100;
  run.curve = {{2, "a.rule.of.another.cause"},
               {10, "types.b.c"},
               {20, "paging.page_size.maximum"},
               {30, "known.b.c"}};
  EXPECT_EQ(DotsOf(run),
            (std::vector<std::string>{"warned: types.b.c, request 10", "broken: fuzz, request 7",
                                      "broken: paging.page_size.maximum, request 20"}));
  EXPECT_NE(FindingsCurve(run).find("key warned"), std::string::npos);
  run.findings.clear();
  EXPECT_EQ(FindingsCurve(run), "");
}

TEST(FindingsCurves, HostileTextNeverBecomesMarkup) {
  EXPECT_EQ(DotsOf(SampleRun(HostileText())).size(), 3U);
}

TEST(Badges, SayTheVerdict) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(BadgeSvg(SampleRun(HostileText())).c_str()));
  EXPECT_STREQ(document.select_node("//title").node().text().get(),
               "DescribeSnapshots: 3 violations");
}

}  // namespace
}  // namespace assay
