#include "reports/html.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "reports/sample_run_for_test.h"
#include "reports/text.h"

namespace assay {
namespace {

// The page without the elements that HTML does not close, so that an XML parser can check that
// every other element is.
bool IsBalanced(std::string page) {
  page.erase(0, page.find("<html"));
  for (std::size_t at; (at = page.find("<meta")) != std::string::npos;) {
    page.erase(at, page.find('>', at) + 1 - at);
  }
  pugi::xml_document document;
  return static_cast<bool>(document.load_string(page.c_str()));
}

TEST(HtmlPages, ShowFindingsRulesAndReading) {
  const std::string page = HtmlPage(SampleRun(""));
  for (const char* part :
       {"VIOLATIONS: 2 rules are broken", "id=\"finding-v-1\"", "href=\"#finding-v-1\"",
        "curl --silent", "href=\"#broken-rules\"",
        "<tr class=\"broken exercised\"><td><code>paging.page_size.maximum",
        "<tr class=\"unexercised\"><td><code>never.b.c", "settled", "Exchange 7: status 200"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_TRUE(IsBalanced(page));
}

TEST(HtmlPages, HostileTextNeverBecomesMarkup) {
  const std::string page = HtmlPage(SampleRun(HostileText()));
  EXPECT_TRUE(IsUtf8(page));
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("</script"), std::string::npos);
  EXPECT_EQ(page.find("<html>", 50), std::string::npos);
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_TRUE(IsBalanced(page));
}

TEST(HtmlPages, LoadNothing) {
  const std::string page = HtmlPage(SampleRun(""));
  for (const char* part : {"src=", "@import", "url(", "<link", "<script"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

TEST(HtmlPages, HoldNoSecret) {
  RecordedRun run = SampleRun("");
  run.header.target = "http://u:HUSH@h";
  run.header.options.push_back({"--security-token", "HUSH"});
  run.findings[0].parameters.push_back({"Signature", "HUSH"});
  run.evidence[0].exchange.body = "AccessKeyId=HUSH";
  EXPECT_EQ(HtmlPage(run).find("HUSH"), std::string::npos);
}

}  // namespace
}  // namespace assay
