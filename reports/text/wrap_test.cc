#include "reports/text/wrap.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(WrapWords, BreaksBetweenWordsBehindTheLabel) {
  EXPECT_EQ(WrapWords("  rule says  Usage `none` lists what is not used.\n", 30),
            "  rule says  Usage `none`\n"
            "             lists what is not\n"
            "             used.\n");
  EXPECT_EQ(WrapWords("   1  page.size  leaves out the last one   3 answers", 40),
            "   1  page.size  leaves out the last one\n"
            "      3 answers");
}

TEST(WrapWords, LeavesWhatFitsAndWordsThatNeverDo) {
  const std::string fits = "one line\n\n  another\n";
  EXPECT_EQ(WrapWords(fits, 30), fits);
  const std::string wide = "  " + std::string(50, 'x');
  EXPECT_EQ(WrapWords(wide + " and more", 40), wide + "\n    and more");
  const std::string text = "a text that no terminal of twelve columns can show well";
  EXPECT_EQ(WrapWords(text, 12), text);
}

TEST(WrapWords, LeavesCommandsWhole) {
  const std::string command = "  try        curl --silent --show-error --include 'http://x/?a=b'";
  EXPECT_EQ(WrapWords(command, 40), command);
  EXPECT_EQ(
      WrapWords("  14 rules not shown                         assay report a --show not-shown", 60),
      "  14 rules not shown\n    assay report a --show not-shown");
}

TEST(WrapWords, CountsCharactersAndNoEscapes) {
  EXPECT_EQ(WrapWords("\x1b[31;1mVIOLATION\x1b[0m of äöüäöüäöüäöüäöü", 30),
            "\x1b[31;1mVIOLATION\x1b[0m of äöüäöüäöüäöüäöü");
}

}  // namespace
}  // namespace assay
