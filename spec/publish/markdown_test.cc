#include "spec/publish/markdown.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "spec/catalogue/catalogue.h"
#include "spec/catalogue/catalogue_for_test.h"
#include "spec/catalogue/operation.h"

namespace assay {
namespace {

TEST(Markdown, NamesEveryParameterFieldErrorRuleAndQuestion) {
  const std::string page = MarkdownDocument();
  const auto has = [&](std::string_view text) { return page.find(text) != std::string::npos; };
  for (const ParameterInfo& parameter : AllParameters()) {
    EXPECT_TRUE(has("| `" + parameter.name + "` |")) << parameter.name;
  }
  for (const AnswerField& field : AllFields()) {
    EXPECT_TRUE(has("| `" + field.name + "` | " + field.in + " |")) << field.name;
  }
  for (const ErrorInfo& error : AllErrors()) {
    EXPECT_TRUE(has("| `" + error.code + "` |")) << error.code;
  }
  for (const std::string_view id : kRuleIds)
    EXPECT_TRUE(has("| `" + std::string(id) + "` |")) << id;
  for (const std::string_view id : kQuestionIds) {
    EXPECT_TRUE(has("### " + std::string(id) + "\n")) << id;
  }
}

// Rows of one table have as many cells as its head.
TEST(Markdown, TablesAreRectangular) {
  std::istringstream page(MarkdownDocument());
  std::size_t width = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("|")) {
      width = 0;
      continue;
    }
    std::size_t cells = 0;
    for (std::size_t i = 1; i < line.size(); ++i) cells += line[i] == '|' && line[i - 1] != '\\';
    if (width == 0) width = cells;
    EXPECT_EQ(cells, width) << line;
  }
}

}  // namespace
}  // namespace assay
