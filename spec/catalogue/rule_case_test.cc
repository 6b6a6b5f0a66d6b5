#include "spec/catalogue/rule_case.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "spec/catalogue/parse.h"

namespace assay {
namespace {

using Texts = std::vector<std::string>;

TEST(PlaceholdersIn, FindsThemAnywhereInAText) {
  EXPECT_EQ(PlaceholdersIn("none"), Texts{});
  EXPECT_EQ(PlaceholdersIn(R"(["$hit.SnapshotId"])"), Texts{"$hit.SnapshotId"});
  EXPECT_EQ(PlaceholdersIn("$upper($hit.Status) and $tag.2.key"),
            (Texts{"$upper", "$hit.Status", "$tag.2.key"}));
}

TEST(IsPlaceholder, KnowsTheVocabularyAndNothingElse) {
  for (const char* known : {"$hit.Status",
                            "$other.KMSKeyId",
                            "$miss.SnapshotName",
                            "$region",
                            "$region.other",
                            "$region.empty",
                            "$ids.3",
                            "$ids.3.reversed",
                            "$ids.1.twice",
                            "$ids.1.padded.101",
                            "$tag.key",
                            "$tag.2.value",
                            "$tag.other_value",
                            "$tag.miss_key",
                            "$tags",
                            "$time.before_all",
                            "$time.hit.plus_minute",
                            "$time.hit.seconds",
                            "$token.first",
                            "$token.first.cut",
                            "$elsewhere.InstanceId",
                            "$crowd.tag.region",
                            "$group.default",
                            "$octets",
                            "$upper",
                            "$escaped"}) {
    EXPECT_TRUE(IsPlaceholder(known)) << known;
  }
  for (const char* unknown :
       {"$", "$hit", "$hit.DiskId", "$hit.status", "$region.south", "$ids", "$ids.x",
        "$ids.1.padded", "$tag", "$tag.first", "$tags.3", "$time", "$time.hit.plus_hour", "$token",
        "$lowest", "$crowd.tag", "$group", "$hit.Status.cut"}) {
    EXPECT_FALSE(IsPlaceholder(unknown)) << unknown;
  }
}

TEST(OctetsOf, ReadsPairsOfCapitalHexDigits) {
  EXPECT_EQ(OctetsOf("FF00"), std::string("\xFF\0", 2));
  for (const char* wrong : {"", "F", "FFF", "ff", "0x", "F F0"}) {
    EXPECT_EQ(OctetsOf(wrong), std::nullopt) << wrong;
  }
}

// What is between backticks in the first column of a table of spec/cases.md.
std::set<std::string> FirstColumn(const std::string& title) {
  std::ifstream file(ASSAY_SOURCE_DIR "/spec/cases.md");
  std::set<std::string> out;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line == "## " + title;
    if (!inside || !line.starts_with("| `")) continue;
    const std::string cell = line.substr(2, line.find(" |", 2) - 2);
    for (std::size_t at = 0; (at = cell.find('`', at)) != std::string::npos;) {
      const std::size_t end = cell.find('`', at + 1);
      out.insert(cell.substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  return out;
}

// The keys that the reader lists when it refuses `unknown`.
std::set<std::string> KnownKeys(const std::string& text) {
  const auto rules = ParseRules(R"({"rules": [{"id": "page.size.echo", "level": "must",
                                    "statement": "S.", "source": [], "cases": [)" +
                                    text + "]}]}",
                                "rules/page.json");
  EXPECT_FALSE(rules.has_value()) << text;
  const std::string error = rules.has_value() ? "" : rules.error().Text();
  const std::size_t begin = error.find("known are ");
  EXPECT_NE(begin, std::string::npos) << error;
  std::set<std::string> out;
  std::istringstream words(begin == std::string::npos ? "" : error.substr(begin + 10));
  for (std::string word; words >> word;) out.insert(word.substr(0, word.find(',')));
  return out;
}

TEST(CasesMd, DescribesEveryKeyOfACaseAndNoOther) {
  const std::set<std::string> keys = KnownKeys(R"({"name": "a", "unknown": 1})");
  EXPECT_GE(keys.size(), 10U);
  EXPECT_EQ(FirstColumn("Keys of a case"), keys);
}

TEST(CasesMd, DescribesEveryKeyOfAnExpectationAndNoOther) {
  const std::set<std::string> keys = KnownKeys(R"({"name": "a", "expect": {"unknown": 1}})");
  EXPECT_GE(keys.size(), 13U);
  EXPECT_EQ(FirstColumn("Keys of `expect`"), keys);
}

TEST(CasesMd, DescribesEveryPlaceholderAndNoOther) {
  const auto forms = PlaceholderForms();
  EXPECT_GE(forms.size(), 40U);
  EXPECT_EQ(FirstColumn("Placeholders"), std::set<std::string>(forms.begin(), forms.end()));
}

}  // namespace
}  // namespace assay
