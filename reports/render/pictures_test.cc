#include "reports/render/pictures.h"

#include <fmt/format.h>
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

// Pages of one list by PageNumber, of snapshots of these names.
RecordedExchange NumberedPage(std::uint64_t id, const std::string& size, const std::string& number,
                              const std::vector<std::string>& names) {
  RecordedExchange page;
  page.exchange.id = id;
  page.exchange.status = 200;
  page.exchange.request.parameters = {{"PageSize", size}, {"PageNumber", number}};
  for (const std::string& name : names) {
    page.exchange.body += fmt::format(R"({{"SnapshotId":"{}"}},)", name);
  }
  return page;
}

TEST(WalkStrips, AreOfTheRequestThatIsShownOrNameTheirs) {
  RecordedRun run = SampleRun("");
  Finding finding = SampleFinding("w", "page.walk.complete", FindingKind::kViolation, "");
  finding.request.parameters = {{"PageNumber", "2"}, {"PageSize", "2"}};
  finding.actual = "1 snapshot less";
  finding.evidence = {1, 2, 3, 4, 5};
  run.evidence = {NumberedPage(1, "1", "1", {"s-a"}), NumberedPage(2, "1", "2", {"s-b"}),
                  NumberedPage(3, "1", "3", {"s-c"}), NumberedPage(4, "2", "1", {"s-a", "s-b"}),
                  NumberedPage(5, "2", "2", {"s-c"})};
  const std::string own = WalkStrip(run, finding);
  EXPECT_NE(own.find("exchange 5<"), std::string::npos) << own;
  EXPECT_EQ(own.find("exchange 3<"), std::string::npos) << own;
  EXPECT_EQ(own.find("another request"), std::string::npos) << own;
  run.evidence.resize(3);
  const std::string other = WalkStrip(run, finding);
  EXPECT_NE(other.find("Of another request that shows it: <code>GET PageSize=1</code>"),
            std::string::npos)
      << other;
}

TEST(WalkStrips, NameWhatIsLostByTheAnswerThatWouldBeRight) {
  RecordedRun run = SampleRun("");
  Finding finding = SampleFinding("w", "page.walk.complete", FindingKind::kViolation, "");
  finding.request.parameters = {{"PageNumber", "2"}, {"PageSize", "2"}};
  finding.actual = "1 snapshot";
  finding.evidence = {4, 5};
  finding.example = {.status = 200, .body = R"([{"SnapshotId":"s-c"},{"SnapshotId":"s-bp1lost"}])"};
  run.evidence = {NumberedPage(4, "2", "1", {"s-a", "s-b"}), NumberedPage(5, "2", "2", {"s-c"})};
  const std::string strip = WalkStrip(run, finding);
  EXPECT_NE(strip.find("on no page</b> <i class=\"lost\">lost</i> <code>s-bp1lost</code>"),
            std::string::npos)
      << strip;
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
