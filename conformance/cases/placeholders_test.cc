#include "conformance/cases/placeholders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/cases/bench_for_test.h"
#include "conformance/cases/case_maker.h"
#include "spec/catalogue/catalogue_for_test.h"

namespace assay {
namespace {

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// A text that a case could hold: the variables of the form filled in.
std::string Example(std::string placeholder) {
  ReplaceAll(placeholder, "FIELD", "SourceDiskId");
  ReplaceAll(placeholder, "TEXT", "Ab c");
  ReplaceAll(placeholder, ".K.", ".2.");
  ReplaceAll(placeholder, ".padded.M", ".padded.9");
  ReplaceAll(placeholder, "ids.N", "ids.3");
  ReplaceAll(placeholder, ",N)", ",3)");
  ReplaceAll(placeholder, ".CASE", ".first");
  ReplaceAll(placeholder, "HEX", "616263");
  return placeholder;
}

RuleCase CaseWith(const std::string& text) {
  RuleCase made;
  if (text == "$tags") {
    made.set = {{text, "2"}};
  } else {
    made.set = {{"X", "<" + text + ">"}};
  }
  return made;
}

Result<ConcreteCase> Make(const Dataset& dataset, const std::string& text) {
  return CaseMaker(dataset, HomeRegion(dataset), 1).Make(CaseWith(text), "a.rule", "JSON");
}

TEST(Placeholders, AreAllMadeConcreteOnTheBuiltInDataset) {
  ASSERT_GE(PlaceholderForms().size(), 40U);
  for (const std::string_view form : PlaceholderForms()) {
    const std::string text = Example(std::string(form));
    const Result<ConcreteCase> made = Make(BuiltIn(), text);
    ASSERT_TRUE(made) << text << ": " << made.error().Text();
    const std::string value(made->request.Find(text == "$tags" ? "Tag.1.Key" : "X").value_or(""));
    EXPECT_GT(value.size(), 2U) << text;
    // The answer that holds the token is only there when the case is sent.
    const bool kept = text.starts_with("$token.");
    EXPECT_EQ(value, kept ? "<" + text + ">" : value) << text;
    EXPECT_EQ(value.find('$') != std::string::npos, kept) << text << " became " << value;
  }
}

// One snapshot, one region, no tag: of most placeholders there is nothing, and each is then
// named, by itself or by the snapshot that it would speak of.
TEST(Placeholders, ThatAPoorStateCannotGiveAreNamed) {
  Dataset poor = GenerateDataset(1, 1);
  poor.regions = {poor.snapshots[0][Field::kRegionId]};
  poor.snapshots[0].tags.clear();
  poor.Index();
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::string>>{
           {"$other.SourceDiskId", "`$other.SourceDiskId`"},
           {"$region.other", "`$region.other`"},
           {"$region.empty", "`$region.empty`"},
           {"$ids.3", "`$ids.3`"},
           {"$ids.2.reversed", "`$ids.2.reversed`"},
           {"$time.middle", "`$time.middle`"},
           {"$tag.key", "with 1 tag "},
           {"$tag.2.value", "with 2 tags"},
           {"$tag.other_value", "tags of two different values"},
           {"$upper($region.other)", "`$region.other`"}}) {
    const Result<ConcreteCase> made = Make(poor, text);
    ASSERT_FALSE(made) << text;
    EXPECT_NE(made.error().what.find(words), std::string::npos) << made.error().Text();
    EXPECT_TRUE(made.error().where.starts_with("a.rule, case ")) << made.error().where;
  }
}

TEST(Placeholders, ThatThereAreNotAreNamed) {
  for (const std::string text : {"$nothing", "$hit.NoSuchField", "$time", "$no.such.thing"}) {
    const Result<ConcreteCase> made = Make(BuiltIn(), text);
    ASSERT_FALSE(made) << text << " became " << made->request.Text();
    EXPECT_NE(made.error().what.find("`" + text + "`"), std::string::npos) << made.error().what;
  }
}

// The same of the spec's own cases, of which none may stay abstract.
TEST(Placeholders, OfEveryCaseOfTheSpecAreMadeConcrete) {
  std::size_t cases = 0;
  const CaseMaker values(BuiltIn(), HomeRegion(BuiltIn()), 1);
  for (const RuleInfo& rule : AllRules()) {
    for (const RuleCase& rule_case : rule.cases) {
      const Result<ConcreteCase> made = values.Make(rule_case, std::string(Id(rule.id)), "JSON");
      ASSERT_TRUE(made) << made.error().Text();
      ++cases;
      for (const Parameter& parameter : made->request.parameters) {
        for (const std::string& left : PlaceholdersIn(parameter.value)) {
          EXPECT_TRUE(left.starts_with("$token.")) << Id(rule.id) << ": " << parameter.value;
        }
      }
      for (const auto& [field, text] : made->every) {
        EXPECT_TRUE(PlaceholdersIn(text).empty()) << Id(rule.id) << ": " << text;
      }
    }
  }
  EXPECT_GT(cases, kRuleCount);
}

}  // namespace
}  // namespace assay
