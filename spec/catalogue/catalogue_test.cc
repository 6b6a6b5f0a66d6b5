#include "spec/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "spec/catalogue/embedded.h"

namespace assay {
namespace {

TEST(Catalogue, IsIndexedByIds) {
  const Catalogue& catalogue = Catalogue::Get();
  EXPECT_EQ(catalogue["page.size.maximum"_rule].id, "page.size.maximum"_rule);
  EXPECT_EQ(catalogue["page.size.maximum"_rule].topic, "page");
  EXPECT_EQ(catalogue["paging.order"_question].id, "paging.order"_question);
  EXPECT_TRUE(catalogue["paging.order"_question].form());
}

TEST(Catalogue, FindsErrorsByTheirCode) {
  const ErrorInfo* error = Catalogue::Get().FindError("InvalidUsage");
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->status, 404);
  EXPECT_EQ(error->message, "The specifed Usage is not valid.");
  EXPECT_EQ(error->level, Level::kMust);
  EXPECT_EQ(Catalogue::Get().FindError("invalidusage"), nullptr);
}

TEST(Catalogue, ReservesDocumentedCodesAndFamiliesOfThem) {
  for (const char* code : {"InvalidUsage", "DryRunOperation", "InternalError", "Throttling.User",
                           "SignatureNonceUsed", "Forbidden", "Forbidden.RAM.More"}) {
    EXPECT_TRUE(Catalogue::Get().IsReserved(code)) << code;
  }
  for (const char* code : {"InvalidParameter", "InvalidUsage.More", "Forbidden.Other", ""}) {
    EXPECT_FALSE(Catalogue::Get().IsReserved(code)) << code;
  }
}

TEST(Catalogue, AsksEveryQuestionOnce) {
  std::vector<Question> asked = Catalogue::Get().asked();
  EXPECT_EQ(Id(asked.front()), "paging.page_size.above_maximum");
  std::ranges::sort(asked);
  ASSERT_EQ(asked.size(), kQuestionCount);
  EXPECT_EQ(std::ranges::unique(asked).begin(), asked.end());
}

TEST(FindRule, KnowsIdsAndNothingElse) {
  EXPECT_EQ(FindRule("page.size.maximum"), "page.size.maximum"_rule);
  EXPECT_EQ(FindRule("page.size"), std::nullopt);
  EXPECT_EQ(FindRule(""), std::nullopt);
  EXPECT_EQ(FindRule("zzz"), std::nullopt);
}

TEST(FindQuestion, KnowsIdsAndNothingElse) {
  EXPECT_EQ(FindQuestion("paging.neither"), "paging.neither"_question);
  EXPECT_EQ(FindQuestion("page.size.maximum"), std::nullopt);
}

TEST(SpecHash, IsASha256OfTheEmbeddedFiles) {
  EXPECT_TRUE(std::regex_match(SpecHash(), std::regex("[0-9a-f]{64}")));
  EXPECT_EQ(SpecHash(), SpecHash());
}

TEST(EmbeddedFiles, AreSortedAndHoldTheWholeFolder) {
  const std::vector<EmbeddedFile>& files = EmbeddedFiles();
  EXPECT_TRUE(std::ranges::is_sorted(files, {}, &EmbeddedFile::name));
  for (const char* name :
       {"errors.json", "operation.json", "parameters.json", "questions.json",
        "readings/documented.json", "readings/observed.json", "rules/page.json"}) {
    EXPECT_EQ(std::ranges::count(files, name, &EmbeddedFile::name), 1) << name;
  }
  EXPECT_TRUE(std::ranges::none_of(
      files, [](const EmbeddedFile& file) { return file.name.starts_with("schemas/"); }));
}

}  // namespace
}  // namespace assay
