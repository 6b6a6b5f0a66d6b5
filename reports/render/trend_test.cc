#include "reports/render/trend.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "reports/journal/sample_run_for_test.h"

namespace assay {
namespace {

TEST(Trends, TellWhichFindingsCameAndWent) {
  RecordedRun before = SampleRun("");
  RecordedRun now = SampleRun("");
  before.header.options = {{"--label", "v1"}};
  now.header.options = {{"--label", "v2"}};
  std::erase_if(now.findings, [](const Finding& finding) { return finding.id != "v-1"; });
  const std::string text = TrendMarkdown({before, now});
  EXPECT_NE(text.find("| | v1 | v2 |"), std::string::npos) << text;
  EXPECT_NE(text.find("<code>v-1</code> | violation | violation |"), std::string::npos) << text;
  EXPECT_NE(text.find("<code>w-1</code> | warning |  |"), std::string::npos) << text;
  const std::string page = TrendHtml({before, now});
  EXPECT_NE(page.find("<span class=\"tag held\">not seen</span>"), std::string::npos);
  EXPECT_NE(page.find("<th scope=\"row\">v2</th><td><span class=\"unseen\">1 held</span>"),
            std::string::npos);
}

TEST(Trends, HostileTextNeverBecomesMarkup) {
  std::string page = TrendHtml({SampleRun(HostileText()), SampleRun(HostileText())});
  page.erase(0, page.find("<main>"));
  page.resize(page.find("</main>") + 7);
  pugi::xml_document document;
  EXPECT_TRUE(document.load_string(page.c_str()));
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace assay
