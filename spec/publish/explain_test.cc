#include "spec/publish/explain.h"

#include <gtest/gtest.h>

#include <string>

namespace assay {
namespace {

std::string Text(std::string_view id, const std::vector<Described>& more = {}) {
  const Result<std::string> text = Explain(id, more);
  return text.has_value() ? *text : "ERROR " + text.error().Text();
}

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Explain, TellsARulesLevelSourceAndCases) {
  const std::string text = Text("page.size.maximum");
  EXPECT_TRUE(text.starts_with("rule page.size.maximum (must)\n")) << text;
  EXPECT_TRUE(Has(text, "  source: describe-snapshots, Request parameters, PageSize\n")) << text;
  EXPECT_TRUE(Has(text, "\"The number of entries per page. Maximum value: 100.")) << text;
  EXPECT_TRUE(Has(text, "  case hundred: PageNumber=1, PageSize=100 -> accepted, page_size 100"))
      << text;
}

TEST(Explain, TellsAQuestionsOptions) {
  const std::string text = Text("paging.neither");
  EXPECT_TRUE(
      text.starts_with("question paging.neither (how a valid request is answered: a choice of the "
                       "target, but no refusal)\n"))
      << text;
  EXPECT_TRUE(Has(text, "  option token_mode: ")) << text;
}

TEST(Explain, TellsAnErrorsStatusTextAndRules) {
  const std::string text = Text("InvalidUsage");
  EXPECT_TRUE(text.starts_with("error InvalidUsage (404, must)\n")) << text;
  EXPECT_TRUE(Has(text, "  text: The specifed Usage is not valid.\n")) << text;
  EXPECT_TRUE(Has(text, "  rule: filter.usage.unknown\n")) << text;
}

TEST(Explain, TellsAParameterAndTheFieldOfTheSameName) {
  const std::string text = Text("Usage");
  EXPECT_TRUE(Has(text, "parameter Usage (string, must)\n")) << text;
  EXPECT_TRUE(Has(text, "field Usage (string, must)\n")) << text;
}

TEST(Explain, ListsWhatBeginsWithTheWordsGiven) {
  const std::string text = Text("page.size");
  EXPECT_TRUE(Has(text, "page.size.echo ")) << text;
  EXPECT_FALSE(Has(text, "page.number")) << text;
  EXPECT_TRUE(Has(Text("paging"), "paging.page_size.zero ")) << Text("paging");
}

TEST(Explain, AnswersAnUnknownIdWithTheNearest) {
  const Result<std::string> text = Explain("page.size.echoes");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().exit, ExitCode::kBadUsage);
  EXPECT_TRUE(Has(text.error().Text(), "page.size.echo,")) << text.error().Text();
  EXPECT_FALSE(Explain("pag").has_value());
  EXPECT_FALSE(Explain("").has_value());
}

TEST(Explain, KnowsWhatItIsGivenBesides) {
  const std::vector<Described> faults = {{"page.last.drops_one", "Drops one.", "fault text\n"}};
  EXPECT_EQ(Text("page.last.drops_one", faults), "fault text\n");
  EXPECT_TRUE(Has(Text("page.last", faults), "Drops one.")) << Text("page.last", faults);
  EXPECT_FALSE(Explain("page.last.drops_one").has_value());
}

}  // namespace
}  // namespace assay
