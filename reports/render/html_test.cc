#include "reports/render/html.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "reports/journal/sample_run_for_test.h"
#include "reports/render/html_parts.h"
#include "reports/text/text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

// The page without the elements that HTML does not close, so that an XML parser can check that
// every other element is.
bool IsBalanced(std::string page) {
  page.erase(0, page.find("<html"));
  const std::size_t script = page.find("<script>");
  page.erase(script, page.find("</script>") + 9 - script);
  for (std::size_t at; (at = page.find("<input")) != std::string::npos;) {
    page.erase(at, page.find('>', at) + 1 - at);
  }
  for (std::size_t at; (at = page.find("<meta")) != std::string::npos;) {
    page.erase(at, page.find('>', at) + 1 - at);
  }
  pugi::xml_document document;
  return static_cast<bool>(document.load_string(page.c_str()));
}

// How often a text occurs.
std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(HtmlPages, ShowFindingsRulesAndReading) {
  RecordedRun run = SampleRun("");
  run.curve = {{100, "paging.page_size.maximum"}, {400, "types.b.c"}};
  run.last_exchange = 1000;
  const std::string page = HtmlPage(run);
  for (const char* part :
       {"The target violates the document", "2 rules are broken, 3 violations.",
        "<article id=\"finding-v-1\" class=\"violation\">", "curl --silent",
        "<a class=\"cell broken\" href=\"#rule-paging.page_size.maximum\"",
        "id=\"rule-paging.page_size.maximum\"", "cell held", "cell notshown", "cell known",
        "cell unclear", "cell warning", "Not shown: the dataset has no such snapshot",
        "From exchange 7, HTTP 200",
        "2 rules broken by the end, the last one first by request 100; 1 rule warned of",
        "assay replay repro/v-1.ndjson", "Send it again and judge it, in this report's folder",
        "This fault of the catalogue gives the same answers: <code>"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_TRUE(IsBalanced(page));
}

TEST(HtmlPages, ReplayFromTheFolderThatIsKnown) {
  const std::string page = HtmlPage(SampleRun(""), "/tmp/a");
  EXPECT_NE(page.find("assay replay /tmp/a/repro/v-1.ndjson"), std::string::npos);
  EXPECT_EQ(page.find("in this report's folder"), std::string::npos);
}

TEST(HtmlPages, ShowARuleThatAnotherFindingExplainsAsNotHeld) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.push_back({"error.code.belongs", Level::kMust, 73, 73});
  run.findings[2].also = {"error.code.belongs.a62c"};
  const std::string page = HtmlPage(run);
  for (const char* part :
       {"73 answers showed it, 73 broke it; broken only by answers that finding 2 explains.",
        "<a class=\"cell explained\" href=\"#rule-error.code.belongs\"",
        "<span class=\"tag explained\">explained</span>",
        "<b class=\"\">1</b><span>explained by them</span>"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST(HtmlPages, CountNoRulesOfARunThatDidNotEnd) {
  RecordedRun run = SampleRun("");
  run.finished = false;
  run.trailer.rules.clear();
  run.trailer.not_exercised.clear();
  run.trailer.reason = "killed; `assay run --resume` goes on";
  const std::string page = HtmlPage(run);
  EXPECT_NE(page.find("rules not counted, since the run did not end</span>"), std::string::npos);
  EXPECT_NE(page.find("these are the ones that a finding names"), std::string::npos);
  EXPECT_NE(page.find("<code>assay run --resume</code> goes on"), std::string::npos);
  for (const char* part : {"rules held", "of 1 rule held", "No answer showed it"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(page.find("Every answer is one"), std::string::npos);
}

TEST(HtmlPages, LetNoOrdinaryWordBeBroken) {
  EXPECT_EQ(
      ProseMarkup("incomprehensibilities: [\"s-bp1yubfbr3h3rzlg45\"]"),
      "incomprehensibilities: <span class=\"long\">[&quot;s-bp1yubfbr3h3rzlg45&quot;]</span>");
}

TEST(HtmlPages, PutTheCellsOfARuleBeneathEachOther) {
  const std::string grid = AlignedGrid({SampleRun(""), SampleRun("")}, {"a", "b"}, "Target");
  EXPECT_NE(grid.find("<th scope=\"rowgroup\" rowspan=\"2\">quiet</th><th scope=\"row\">a</th><td>"
                      "<span class=\"unseen\">1 held</span>"),
            std::string::npos)
      << grid;
}

TEST(HtmlPages, GiveAReasonThatSeveralRulesShareOnce) {
  RecordedRun run = SampleRun("");
  run.trailer.not_exercised = {"auth.key.exists: no request is signed",
                               "auth.nonce.once: no request is signed",
                               "page.size.echo: the state lacks it"};
  for (const char* id : {"auth.key.exists", "auth.nonce.once", "page.size.echo"}) {
    run.trailer.rules.push_back({.id = id});
  }
  const std::string page = HtmlPage(run);
  EXPECT_EQ(CountOf(page, "Not shown: no request is signed"), 1U);
  EXPECT_EQ(CountOf(page, "Not shown: the state lacks it"), 1U);
  EXPECT_EQ(CountOf(page, ">Not shown.<"), 2U);
}

TEST(HtmlPages, ShowTheDifferenceOfTwoAnswers) {
  RecordedRun run = SampleRun("");
  run.findings[2].answer = {200, "application/json", R"({"TotalCount":2,"RequestId":"A"})"};
  run.findings[2].example = {200, "application/json", R"({"TotalCount":1,"RequestId":"B"})"};
  const std::string page = HtmlPage(run);
  EXPECT_NE(page.find("<mark>  &quot;TotalCount&quot;: 1,</mark>"), std::string::npos) << page;
  EXPECT_NE(page.find("<mark>  &quot;TotalCount&quot;: 2,</mark>"), std::string::npos);
  EXPECT_EQ(page.find("<mark>  &quot;RequestId"), std::string::npos);
}

TEST(HtmlPages, SayWhatMakesTheVerdictMeaningless) {
  RecordedRun run = SampleRun("");
  run.findings.clear();
  run.trailer.verdict = RunVerdict::kInconclusive;
  run.trailer.reason = "every request was answered 501";
  run.trailer.judged = 2;
  const std::string page = HtmlPage(run);
  EXPECT_NE(page.find("Every request was answered 501."), std::string::npos);
  run.trailer.reason = "http://a:1: answers with a page; is this the endpoint?";
  run.trailer.judged = 0;
  const std::string other = HtmlPage(run);
  EXPECT_NE(other.find("<p class=\"sentence\">http://a:1: answers with a page; is this the "
                       "endpoint?</p>"),
            std::string::npos);
  EXPECT_EQ(other.find("Every answer is one"), std::string::npos);
  EXPECT_NE(page.find("Only 2 of 1,000 answers could be judged."), std::string::npos);
}

TEST(HtmlPages, HostileTextNeverBecomesMarkup) {
  const std::string page = HtmlPage(SampleRun(HostileText()));
  EXPECT_TRUE(IsValidUtf8(page));
  EXPECT_EQ(CountOf(page, "<script"), 1u);
  EXPECT_EQ(CountOf(page, "</script"), 1u);
  EXPECT_EQ(page.find("<html>", 50), std::string::npos);
  EXPECT_EQ(page.find('\0'), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_TRUE(IsBalanced(page));
}

TEST(HtmlPages, LoadNothing) {
  const std::string page = HtmlPage(SampleRun(""));
  for (const char* part : {"src=", "@import", "url(", "<link", " style=", "onclick"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.find("unsafe"), std::string::npos);
}

TEST(HtmlPages, HoldNoSecret) {
  RecordedRun run = SampleRun("");
  run.header.target = "http://u:HUSH@h";
  run.header.options.push_back({"--security-token", "HUSH"});
  run.findings[0].request.parameters.push_back({"Signature", "HUSH"});
  run.evidence[0].exchange.body = "AccessKeyId=HUSH";
  EXPECT_EQ(HtmlPage(run).find("HUSH"), std::string::npos);
}

}  // namespace
}  // namespace assay
