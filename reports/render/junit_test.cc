#include "reports/render/junit.h"

#include <gtest/gtest.h>

#include <map>
#include <pugixml.hpp>
#include <set>

#include "reports/journal/sample_run_for_test.h"
#include "reports/text/text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

class JunitTest : public testing::Test {
 protected:
  void Render(const RecordedRun& run) {
    text_ = JunitXml(run);
    const auto parsed = document_.load_buffer(text_.data(), text_.size(), pugi::parse_full);
    ASSERT_TRUE(parsed) << parsed.description() << "\n" << text_;
    suite_ = document_.child("testsuites").child("testsuite");
  }
  pugi::xml_node Case(const std::string& name) const {
    return suite_.find_child_by_attribute("testcase", "name", name.c_str());
  }

  std::string text_;
  pugi::xml_document document_;
  pugi::xml_node suite_;
};

// What the schema of Jenkins' xUnit plugin, junit-10.xsd, allows of an element that the report
// uses.
struct Element {
  std::set<std::string> attributes, needed, children;
  bool has_text = false;
};

const std::map<std::string, Element>& Schema() {
  const Element outcome{{"type", "message"}, {}, {}, true}, output{{}, {}, {}, true};
  static const std::map<std::string, Element> schema = {
      {"testsuites", {{"name", "time", "tests", "failures", "errors"}, {}, {"testsuite"}}},
      {"testsuite",
       {{"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname",
         "id", "package", "file", "log", "url"},
        {"name", "tests", "failures", "errors"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"}}},
      {"properties", {{}, {}, {"property"}}},
      {"property", {{"name", "value"}, {"name", "value"}, {}}},
      {"testcase",
       {{"name", "time", "classname", "group"},
        {"name"},
        {"skipped", "error", "failure", "system-out", "system-err"}}},
      {"failure", outcome},
      {"error", outcome},
      {"skipped", outcome},
      {"system-out", output},
      {"system-err", output}};
  return schema;
}

// What of the element and all below it the schema does not allow, a line each.
std::string Breaches(const pugi::xml_node& node) {
  const std::string name = node.name();
  const auto at = Schema().find(name);
  if (at == Schema().end()) return "an element " + name + "\n";
  const Element& allowed = at->second;
  std::string out;
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (!allowed.attributes.contains(attribute.name())) {
      out += name + " has " + attribute.name() + "\n";
    }
    const std::string value = attribute.value();
    const bool is_time = attribute.name() == std::string("time");
    if (is_time && value.find_first_not_of("0123456789.") != std::string::npos) {
      out += name + " takes " + value + "\n";
    }
  }
  for (const std::string& needed : allowed.needed) {
    if (!node.attribute(needed.c_str())) out += name + " has no " + needed + "\n";
  }
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) {
      if (!allowed.has_text) out += name + " has text\n";
    } else if (!allowed.children.contains(child.name())) {
      out += name + " holds " + child.name() + "\n";
    } else {
      out += Breaches(child);
    }
  }
  return out;
}

TEST_F(JunitTest, KeepsToTheSchemaThatReadersCheck) {
  for (const std::string& text : {std::string(), HostileText()}) {
    Render(SampleRun(text));
    EXPECT_EQ(Breaches(document_.child("testsuites")), "");
  }
  suite_.child("testcase").append_attribute("status");
  suite_.append_child("failure");
  EXPECT_EQ(Breaches(suite_), "testcase has status\ntestsuite holds failure\n");
}

TEST_F(JunitTest, ARuleIsATestcaseOfItsTopic) {
  Render(SampleRun(""));
  const pugi::xml_node quiet = Case("quiet.b.c");
  ASSERT_TRUE(quiet);
  EXPECT_STREQ(quiet.attribute("classname").value(), "quiet");
  EXPECT_TRUE(quiet.first_child().empty());
}

TEST_F(JunitTest, AViolationIsOneFailureWithAllThatIsNeeded) {
  Render(SampleRun(""));
  const pugi::xml_node violated = Case("paging.page_size.maximum");
  const pugi::xml_node failure = violated.child("failure");
  ASSERT_TRUE(failure);
  EXPECT_FALSE(failure.next_sibling("failure"));
  const std::string text = failure.text().get();
  for (const char* part : {"v-1", "v-2", "expected: 400", "actual:   101", "PageSize=101",
                           "curl --silent", "paging.page_size.unlimited"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  EXPECT_STREQ(failure.attribute("message").value(),
               "expected 400, or at most 100 snapshots; actual 101 snapshots");
}

TEST_F(JunitTest, OtherOutcomesHaveTheirElements) {
  Render(SampleRun(""));
  EXPECT_STREQ(Case("never.b.c").child("skipped").attribute("message").value(),
               "not shown: the dataset has no such snapshot");
  EXPECT_TRUE(Case("known.b.c").child("skipped"));
  EXPECT_TRUE(Case("inconclusive.b.c").child("error"));
  EXPECT_TRUE(Case("types.b.c").child("system-out"));
  EXPECT_FALSE(Case("types.b.c").child("failure"));
  EXPECT_TRUE(Case("fuzz f-1").child("failure"));
}

TEST_F(JunitTest, ARuleThatAnotherFindingExplainsPassesAndSaysSo) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.push_back({"error.code.belongs", Level::kMust, 73, 73});
  run.findings[2].also = {"error.code.belongs.a62c"};
  Render(run);
  EXPECT_STREQ(Case("error.code.belongs").child("system-out").text().get(),
               "broken only by answers that finding 2 explains: v-1");
  EXPECT_FALSE(Case("error.code.belongs").child("failure"));
  EXPECT_EQ(Breaches(document_.child("testsuites")), "");
}

TEST_F(JunitTest, TheCountsAddUp) {
  Render(SampleRun(""));
  int tests = 0;
  for (const pugi::xml_node testcase : suite_.children("testcase")) tests += testcase ? 1 : 0;
  EXPECT_EQ(suite_.attribute("tests").as_int(), tests);
  EXPECT_EQ(tests, 8);
  EXPECT_EQ(suite_.attribute("failures").as_int(), 2);
  EXPECT_EQ(suite_.attribute("errors").as_int(), 1);
  EXPECT_EQ(suite_.attribute("skipped").as_int(), 2);
}

TEST_F(JunitTest, HostileTextGivesWellFormedXmlWithoutForbiddenCharacters) {
  Render(SampleRun(HostileText()));
  EXPECT_TRUE(IsValidUtf8(text_));
  EXPECT_EQ(XmlText(text_), text_);
  for (const char* reference : {"&#01;", "&#1;", "&#27;", "&#00;", "&#0;"}) {
    EXPECT_EQ(text_.find(reference), std::string::npos) << reference;
  }
  EXPECT_EQ(text_.find("<script"), std::string::npos);
  const std::string text = Case("paging.page_size.maximum").child("failure").text().get();
  EXPECT_NE(text.find("]]>--></script><script>alert"), std::string::npos);
}

TEST_F(JunitTest, NoTwoTestcasesHaveOneName) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.push_back(run.trailer.rules[0]);
  run.findings.push_back(SampleFinding("x\x01", "other", FindingKind::kViolation, ""));
  run.findings.push_back(SampleFinding("x\x02", "other", FindingKind::kViolation, ""));
  Render(run);
  std::set<std::string> names;
  for (const pugi::xml_node testcase : suite_.children("testcase")) {
    EXPECT_TRUE(names.insert(testcase.attribute("name").value()).second);
  }
}

TEST_F(JunitTest, AKilledRunIsAnError) {
  RecordedRun run = SampleRun("");
  run.finished = false;
  run.trailer = RunTrailer{};
  run.trailer.verdict = RunVerdict::kInconclusive;
  run.trailer.reason = "killed";
  Render(run);
  EXPECT_STREQ(Case("run.verdict").child("error").attribute("message").value(),
               "INCONCLUSIVE: killed.");
}

}  // namespace
}  // namespace assay
