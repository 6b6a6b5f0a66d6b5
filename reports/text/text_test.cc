#include "reports/text/text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "spec/text/base64.h"
#include "spec/text/json_text.h"
#include "spec/text/utf8.h"

namespace assay {
namespace {

std::string JsonString(std::string_view text) {
  fmt::memory_buffer buffer;
  AppendJsonText(text, &buffer);
  return fmt::to_string(buffer);
}

TEST(JsonText, EveryAsciiCharacterAtEveryPositionOfAWordSurvives) {
  for (int c = 0; c < 128; ++c) {
    for (std::size_t position = 0; position < 20; ++position) {
      std::string text(20, 'x');
      text[position] = static_cast<char>(c);
      ASSERT_EQ(nlohmann::json::parse(JsonString(text)).get<std::string>(), text) << c;
    }
  }
}

TEST(JsonText, LongTextsFullOfQuotesSurvive) {
  std::string text;
  for (int i = 0; i < 30000; ++i) text += i % 3 == 0 ? "\"" : i % 7 == 0 ? "\x01" : "é\\";
  EXPECT_EQ(nlohmann::json::parse(JsonString(text)).get<std::string>(), text);
}

TEST(JsonText, IsOneLine) { EXPECT_EQ(JsonString("a\nb\r\x7f\"\\"), "\"a\\nb\\r\x7f\\\"\\\\\""); }

TEST(Utf8, SurrogatesOverlongAndCutSequencesAreReplaced) {
  EXPECT_EQ(ReplaceInvalidUtf8("a\xED\xA0\x80z"), "a\uFFFD\uFFFD\uFFFDz");
  EXPECT_EQ(ReplaceInvalidUtf8("\xC0\xAF"), "\uFFFD\uFFFD");
  EXPECT_EQ(ReplaceInvalidUtf8("\xE4\xBD"), "\uFFFD\uFFFD");
  EXPECT_EQ(ReplaceInvalidUtf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(ReplaceInvalidUtf8("你好 \U0001F600"), "你好 \U0001F600");
}

TEST(Utf8, ReplacedTextIsAlwaysValid) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second), 'z'};
      const std::string replaced = ReplaceInvalidUtf8(text);
      ASSERT_TRUE(IsValidUtf8(replaced));
      ASSERT_EQ(IsValidUtf8(text), replaced == text);
    }
  }
}

TEST(Utf8, ACutNeverSplitsACharacter) {
  const std::string text = "a你好";
  for (std::size_t limit = 0; limit <= text.size(); ++limit) {
    EXPECT_TRUE(IsValidUtf8(CutUtf8(text, limit))) << limit;
    EXPECT_LE(CutUtf8(text, limit).size(), limit);
  }
  EXPECT_EQ(CutUtf8("abc", 2), "ab");
}

TEST(Base64Text, RoundsTripForEveryLength) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    std::string back;
    ASSERT_TRUE(ParseBase64(ToBase64(bytes), &back));
    EXPECT_EQ(back, bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(ToBase64("foob"), "Zm9vYg==");  // RFC 4648, section 10
}

TEST(Base64Text, OtherTextIsRefused) {
  std::string bytes;
  for (const char* text : {"abc", "ab=c", "====", "a b=", "Zm9v\nYg="}) {
    EXPECT_FALSE(ParseBase64(text, &bytes)) << text;
  }
}

TEST(XmlTexts, EveryByteGivesWellFormedXml) {
  std::string text;
  for (int c = 0; c < 256; ++c) text += static_cast<char>(c);
  text += "\uFFFE\uFFFF]]>";
  const std::string clean = XmlText(text);
  EXPECT_EQ(clean.find('\x01'), std::string::npos);
  EXPECT_EQ(clean.find("\uFFFE"), std::string::npos);
  EXPECT_TRUE(IsValidUtf8(clean));
}

TEST(HtmlTexts, MarkupAndQuotesAreEscaped) {
  EXPECT_EQ(HtmlText("</script><b a='\"'>&\x1b"),
            "&lt;/script&gt;&lt;b a=&#39;&quot;&#39;&gt;&amp;\uFFFD");
}

TEST(MarkdownTexts, TablesLinksAndMarkupStayText) {
  const std::string text = MarkdownText("a|b`c`[x](http://e)\n<img>*_");
  for (const char* forbidden : {"|", "`", "[", "](", "\n", "<", "*", "_", "://"}) {
    EXPECT_EQ(text.find(forbidden), std::string::npos) << forbidden << " in " << text;
  }
}

TEST(MarkdownTexts, IdsStayReadable) {
  EXPECT_EQ(MarkdownText("paging.page_size.maximum"), "paging.page_size.maximum");
  EXPECT_EQ(MarkdownText("_a_"), "&#95;a&#95;");
}

TEST(MarkdownTexts, ABlockIsEndedByNoBacktickOfTheText) {
  EXPECT_EQ(MarkdownBlock("a\n````\nb"), "`````text\na\n````\nb\n`````\n");
}

TEST(TerminalTexts, NothingCanSteerTheTerminal) {
  EXPECT_EQ(TerminalText("a\x1b[2J\n\u202Ex\xff\u009B"), "a\\x1B[2J\\n\\u202Ex\\xFF\\x9B");
}

TEST(TerminalTexts, AShortenedTextSaysHowLongItWas) {
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdefg", 3), "abc… (cut; 7 bytes in all)");
}

}  // namespace
}  // namespace assay
