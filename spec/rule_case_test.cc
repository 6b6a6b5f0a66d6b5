#include "spec/rule_case.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "spec/catalogue.h"

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
                            "$token.first",
                            "$upper",
                            "$escaped"}) {
    EXPECT_TRUE(IsPlaceholder(known)) << known;
  }
  for (const char* unknown : {"$", "$hit", "$hit.DiskId", "$hit.status", "$region.south", "$ids",
                              "$ids.x", "$ids.1.padded", "$tag", "$tag.first", "$tags.3", "$time",
                              "$time.hit.plus_hour", "$token", "$lowest"}) {
    EXPECT_FALSE(IsPlaceholder(unknown)) << unknown;
  }
}

TEST(RuleCases, UseOnlyWordsThatCasesMdDescribes) {
  std::ifstream in(std::string(ASSAY_SOURCE_DIR) + "/spec/cases.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const char* word :
       {"name",      "where",       "set",        "unset",        "method",  "placement",
        "format",    "encoding",    "expect",     "accepted",     "refused", "page_number",
        "page_size", "total_count", "next_token", "items",        "at_most", "empty",
        "every",     "same_as",     "subset_of",  "disjoint_from"}) {
    EXPECT_NE(page.find("`" + std::string(word) + "`"), std::string::npos) << word;
  }
  for (const char* start : {"$hit.",
                            "$other.",
                            "$miss.",
                            "$region`",
                            "$region.other",
                            "$region.empty",
                            "$ids.N`",
                            "$ids.N.reversed",
                            "$ids.N.twice",
                            "$ids.N.padded.M",
                            "$tag.key",
                            "$tag.K.key",
                            "$tag.other_value",
                            "$tag.miss_key",
                            "$tags`",
                            "$time.before_all",
                            "$time.middle",
                            "$time.hit.minus_minute",
                            "$token.CASE",
                            "$upper(",
                            "$escaped("}) {
    EXPECT_NE(page.find("`" + std::string(start)), std::string::npos) << start;
  }
}

}  // namespace
}  // namespace assay
