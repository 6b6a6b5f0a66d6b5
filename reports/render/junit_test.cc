#include "reports/render/junit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <regex>
#include <set>
#include <vector>

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

// What a schema allows of an element that the report uses.
struct Element {
  std::set<std::string> attributes, needed, children;
  bool has_text = false;
  std::vector<std::string> order = {};         // of the children, if there is one
  std::set<std::string> needed_children = {};  // each exactly once
  std::set<std::string> one_of = {};           // at most one of these children
};
using Schema = std::map<std::string, Element>;

// junit-10.xsd of Jenkins' xUnit plugin.
const Schema& JenkinsSchema() {
  const Element outcome{{"type", "message"}, {}, {}, true}, output{{}, {}, {}, true};
  static const Schema schema = {
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

// JUnit.xsd of github.com/windyroad/JUnit-Schema, after what Apache Ant writes.
const Schema& WindyroadSchema() {
  const Element outcome{{"type", "message"}, {"type"}, {}, true}, output{{}, {}, {}, true};
  const std::set<std::string> of_suite = {"name",   "timestamp", "hostname", "tests", "failures",
                                          "errors", "time",      "package",  "id"};
  std::set<std::string> and_skipped = of_suite;
  and_skipped.insert("skipped");
  static const Schema schema = {{"testsuites", {{}, {}, {"testsuite"}}},
                                {"testsuite",
                                 {and_skipped,
                                  of_suite,
                                  {"properties", "testcase", "system-out", "system-err"},
                                  false,
                                  {"properties", "testcase", "system-out", "system-err"},
                                  {"properties", "system-out", "system-err"}}},
                                {"properties", {{}, {}, {"property"}}},
                                {"property", {{"name", "value"}, {"name", "value"}, {}}},
                                {"testcase",
                                 {{"name", "time", "classname"},
                                  {"name", "time", "classname"},
                                  {"skipped", "error", "failure"},
                                  false,
                                  {},
                                  {},
                                  {"skipped", "error", "failure"}}},
                                {"failure", outcome},
                                {"error", outcome},
                                {"skipped", {{"type", "message"}, {}, {}, true}},
                                {"system-out", output},
                                {"system-err", output}};
  return schema;
}

// What is wrong with a value in both schemas, or "".
std::string BreachOf(const std::string& element, const pugi::xml_attribute& attribute) {
  const std::string name = attribute.name(), value = attribute.value();
  const std::map<std::string, std::string> patterns = {
      {"time", "[0-9]+(\\.[0-9]+)?"},
      {"timestamp", "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]"},
      {"tests", "[0-9]+"},
      {"id", "[0-9]+"},
      {"hostname", ".+"}};
  const auto at = patterns.find(name);
  const bool fits = at == patterns.end() || std::regex_match(value, std::regex(at->second));
  return fits ? "" : element + " has " + name + "=" + value + "\n";
}

std::string BreachesOfAttributes(const pugi::xml_node& node, const Element& allowed) {
  const std::string name = node.name();
  std::string out;
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (!allowed.attributes.contains(attribute.name())) {
      out += name + " has " + attribute.name() + "\n";
    }
    out += BreachOf(name, attribute);
  }
  for (const std::string& needed : allowed.needed) {
    if (!node.attribute(needed.c_str())) out += name + " has no " + needed + "\n";
  }
  return out;
}

std::string BreachesOfOrder(const pugi::xml_node& node, const Element& allowed) {
  const std::string name = node.name();
  std::string out;
  std::map<std::string, int> counts;
  std::size_t choices = 0;
  auto last = allowed.order.begin();
  for (const pugi::xml_node& child : node.children()) {
    ++counts[child.name()];
    if (allowed.one_of.contains(child.name()) && ++choices == 2) out += name + " holds two\n";
    if (allowed.order.empty()) continue;
    const auto at = std::find(allowed.order.begin(), allowed.order.end(), child.name());
    if (at < last) out += name + " holds " + child.name() + " too late\n";
    last = std::max(last, at);
  }
  for (const std::string& needed : allowed.needed_children) {
    if (counts[needed] != 1) out += name + " lacks one " + needed + "\n";
  }
  return out;
}

// What of the element and all below it the schema does not allow, a line each.
std::string Breaches(const pugi::xml_node& node, const Schema& schema) {
  const std::string name = node.name();
  const auto at = schema.find(name);
  if (at == schema.end()) return "an element " + name + "\n";
  const Element& allowed = at->second;
  std::string out = BreachesOfAttributes(node, allowed) + BreachesOfOrder(node, allowed);
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) {
      if (!allowed.has_text) out += name + " has text\n";
    } else if (!allowed.children.contains(child.name())) {
      out += name + " holds " + child.name() + "\n";
    } else {
      out += Breaches(child, schema);
    }
  }
  return out;
}

TEST_F(JunitTest, KeepsToBothSchemasThatReadersCheck) {
  RecordedRun bare;
  for (const RecordedRun& run : {SampleRun(""), SampleRun(HostileText()), bare}) {
    Render(run);
    EXPECT_EQ(Breaches(document_.child("testsuites"), JenkinsSchema()), "");
    EXPECT_EQ(Breaches(document_.child("testsuites"), WindyroadSchema()), "");
  }
  Render(SampleRun(""));
  suite_.child("testcase").append_attribute("status");
  suite_.append_child("failure");
  EXPECT_EQ(Breaches(suite_, JenkinsSchema()), "testcase has status\ntestsuite holds failure\n");
  suite_.remove_child("failure");
  suite_.remove_child("system-err");
  suite_.append_child("properties");
  suite_.attribute("timestamp").set_value("2026-03-01T08:00:00Z");
  EXPECT_EQ(Breaches(suite_, WindyroadSchema()),
            "testsuite has timestamp=2026-03-01T08:00:00Z\ntestsuite holds properties too late\n"
            "testsuite lacks one properties\ntestsuite lacks one system-err\n"
            "testcase has status\n");
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
  EXPECT_TRUE(Case("types.b.c").first_child().empty());
  EXPECT_NE(std::string(suite_.child("system-out").text().get()).find("types.b.c"),
            std::string::npos);
  EXPECT_TRUE(Case("fuzz").child("failure"));
}

TEST_F(JunitTest, ARuleThatAnotherFindingExplainsPassesAndSaysSo) {
  RecordedRun run = SampleRun("");
  run.trailer.rules.push_back({"error.code.belongs", Level::kMust, 73, 73});
  run.findings[2].also = {"error.code.belongs.a62c"};
  Render(run);
  EXPECT_TRUE(Case("error.code.belongs").first_child().empty());
  EXPECT_NE(std::string(suite_.child("system-out").text().get())
                .find("error.code.belongs: broken only by answers that finding 2 explains: v-1\n"),
            std::string::npos);
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
  run.tests = {{"rules.paging.page_size.maximum", {.exchanges = 2, .seconds = 0.25}},
               {"walks.by_number", {.exchanges = 1, .seconds = 0.5}}};
  Render(run);
  EXPECT_STREQ(suite_.attribute("time").value(), "0.750");
  EXPECT_STREQ(Case("run.verdict").child("error").attribute("message").value(),
               "INCONCLUSIVE: killed.");
}

TEST_F(JunitTest, ATestcaseOfAKilledRunHasTheNameThatAWholeRunGivesIt) {
  RecordedRun run = SampleRun("");
  Render(run);
  const std::string failure = Case("paging.page_size.maximum").child("failure").text().get();
  ASSERT_NE(failure, "");
  run.finished = false;
  run.trailer.rules.clear();
  run.trailer.not_exercised.clear();
  document_.reset();
  Render(run);
  EXPECT_EQ(Case("paging.page_size.maximum").child("failure").text().get(), failure);
  for (const pugi::xml_node testcase : suite_.children("testcase")) {
    EXPECT_EQ(std::string(testcase.attribute("name").value()).find(' '), std::string::npos);
  }
}

}  // namespace
}  // namespace assay
